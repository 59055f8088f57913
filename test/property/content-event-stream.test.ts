/** AWS event streams cut anywhere give the same messages; lengths and checksums fit whatever is written into them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EventStreamCodec } from "@smithy/eventstream-codec";
import fc from "fast-check";
import { bytesEventStream, eventStream } from "../../src/content/event-stream/format.ts";
import { eventMessage, type HeaderValue, message } from "../helpers/event-stream.ts";
import { cuts, divide, eventsOf, growsWithItsLength, read, rewrites, sameHoweverCut } from "./stream-frames.ts";

const sizes = [0, 0, 1, 2, 4, 8, null, null, 8, 16] as const;
const value: fc.Arbitrary<HeaderValue> = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }).map((text): HeaderValue => ({ type: 7, text })),
  fc.string({ unit: "grapheme", maxLength: 12 }).map((text): HeaderValue => ({ type: 6, bytes: Buffer.from(text) })),
  fc.constantFrom(0, 1, 2, 3, 4, 5, 8, 9).chain((type) => {
    const size = sizes[type] ?? 0;
    return fc.uint8Array({ minLength: size, maxLength: size }).map((bytes): HeaderValue => ({ type, bytes }));
  }),
);
const name = fc.oneof(
  fc.constantFrom(":event-type", ":message-type", ":content-type", "x"),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }),
);
const headers = fc.uniqueArray(fc.tuple(name, value), { maxLength: 5, selector: ([key]) => key });
const frame = fc
  .tuple(headers, fc.oneof(fc.json(), fc.constant(""), fc.string({ unit: "grapheme" })))
  .map(([list, payload]) => message(list, payload));
const stream = fc.array(frame, { maxLength: 5 }).map((frames) => Buffer.concat(frames));
const chunks = fc
  .array(fc.tuple(fc.json(), fc.constantFrom("", ',"p":"abcdef"')), { maxLength: 5 })
  .map((all) =>
    Buffer.concat(
      all.map(([json, more]) => eventMessage("chunk", `{"bytes":"${Buffer.from(json).toString("base64")}"${more}}`)),
    ),
  );

const toText = (bytes: Uint8Array | string): string => Buffer.from(bytes as string).toString();
const aws = new EventStreamCodec(toText, (text) => new Uint8Array(Buffer.from(text)));

describe("an AWS event stream", () => {
  it("is read by AWS's own reader as by ours, also when it was written anew", () => {
    const list = fc.uniqueArray(fc.tuple(name, fc.string({ unit: "grapheme", maxLength: 12 })), {
      maxLength: 5,
      selector: ([key]) => key,
    });
    fc.assert(
      fc.property(list, fc.json(), fc.json(), (all, payload, other) => {
        const headers = Object.fromEntries(all.map(([key, text]) => [key, { type: "string" as const, value: text }]));
        const bytes = aws.encode({ headers, body: Buffer.from(payload) });
        const event = read(eventStream, bytes, true);
        assert.equal(event.data, payload);
        const [piece] = event.pieces;
        const written = event.rewrite(other, piece === undefined ? [] : [{ range: piece.literal, text: "x y" }]);
        const after = aws.decode(written);
        assert.equal(toText(after.body), other);
        const texts = Object.entries(after.headers).flatMap(([key, { value: text }]) => [key, String(text)]);
        const wanted = Object.entries(headers).flatMap(([key, { value: text }]) => [key, text]);
        if (piece !== undefined) wanted[wanted.indexOf(piece.text)] = "x y";
        assert.deepEqual(texts.toSorted(), wanted.toSorted());
      }),
      { numRuns: 300 },
    );
  });

  it("is the same frames however it is cut, and no byte is lost or added", () => {
    fc.assert(
      fc.property(stream, fc.constantFrom(0, 0, 1, 13), cuts, (bytes, missing, places) => {
        const { failure } = sameHoweverCut(eventStream, bytes.subarray(0, bytes.length - missing), places);
        assert.equal(failure, missing === 0 || bytes.length === 0 || bytes.length === missing ? null : "truncated");
      }),
      { numRuns: 500 },
    );
  });

  it("of any bytes, and of any limit, fails alike however it is cut", () => {
    const odd = fc.tuple(stream, fc.uint8Array({ maxLength: 20 })).map((parts) => Buffer.concat(parts));
    fc.assert(
      fc.property(odd, cuts, fc.integer({ min: 1, max: 120 }), (bytes, places, limit) => {
        sameHoweverCut(eventStream, bytes, places, limit);
      }),
      { numRuns: 500 },
    );
  });

  it("with one bit changed is not read", () => {
    fc.assert(
      fc.property(frame, fc.nat(), fc.nat(7), (bytes, at, bit) => {
        const changed = Buffer.from(bytes);
        const place = at % bytes.length;
        changed[place] = (changed[place] as number) ^ (1 << bit);
        assert.deepEqual(eventStream.parse(changed, true), { ok: false, error: "malformed-frame" });
      }),
      { numRuns: 500 },
    );
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), headers, (any, list) => {
        eventStream.parse(any, true);
        const broken = message(list, "");
        const { frames } = divide(eventStream, [broken]);
        for (const each of frames) eventStream.parse(Buffer.from(each, "hex"), true);
      }),
      { numRuns: 500 },
    );
  });

  it("gets another payload and keeps all else", () => {
    fc.assert(
      fc.property(stream, fc.json(), (bytes, other) => rewrites(eventStream, bytes, other)),
      { numRuns: 500 },
    );
  });

  it("gets another payload within base64 and keeps all else", () => {
    fc.assert(
      fc.property(chunks, fc.json(), (bytes, other) => rewrites(bytesEventStream, bytes, other)),
      { numRuns: 300 },
    );
  });

  it("gets other texts of its headers and keeps all else", () => {
    fc.assert(
      fc.property(frame, fc.string({ unit: "grapheme", maxLength: 300 }), fc.nat(10), (bytes, text, which) => {
        const event = read(eventStream, bytes, true);
        const piece = event.pieces[which % Math.max(1, event.pieces.length)];
        if (piece === undefined) return;
        const written = event.rewrite(null, [{ range: piece.literal, text }]);
        assert.deepEqual(divide(eventStream, [written]).frames, [Buffer.from(written).toString("hex")]);
        const after = eventStream.parse(written, true);
        // A name may have become one that is there already, or none.
        if (!after.ok) return assert.equal(after.error, "malformed-frame");
        assert.equal(after.value.data, event.data);
        if (text.length > 0 && Buffer.byteLength(text) <= 255 && /\s/.test(text)) {
          assert.ok(after.value.pieces.some((each) => each.text === text));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("of our own is read as it was written", () => {
    const messages = fc.array(fc.record({ name: fc.constantFrom("", "chunk", "messageStop"), data: fc.json() }));
    fc.assert(
      fc.property(messages, fc.boolean(), (all, begun) => {
        for (const format of [eventStream, bytesEventStream]) {
          const events = eventsOf(format, format.encode(all, begun));
          const unnamed = format === bytesEventStream ? "chunk" : "";
          assert.deepEqual(
            events.map((event) => ({ name: event.name, data: event.data })),
            all.map((each) => ({ ...each, name: each.name === "" ? unnamed : each.name })),
          );
          assert.ok(events.every(({ pieces }) => pieces.length === 0));
        }
      }),
      { numRuns: 200 },
    );
  });

  it("costs as much as it is long", () =>
    growsWithItsLength(eventStream, eventMessage("chunk", "x".repeat(1_000_000))));
});
