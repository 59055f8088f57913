/** Each form of streams through an exchange: what is masked, what is cut, and that cutting the bytes anywhere changes nothing. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { anyJson } from "../../src/content/generic/index.ts";
import { bytesEventStream } from "../../src/content/event-stream/format.ts";
import { jsonArray } from "../../src/content/json-array/format.ts";
import type { Operation, StreamFormat } from "../../src/domain/dialect.ts";
import { createFormats } from "../../src/app/formats.ts";
import { cutAt, exchangeOf, planFrom, pushAll, type Released } from "../helpers/exchange.ts";
import { eventMessage } from "../helpers/event-stream.ts";
import { divide, eventsOf } from "./stream-frames.ts";

const plan = planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: masked, stage: reply, detect: { keywords: { list: [acme-internal] } }, action: redact }
  - { id: mail, stage: reply, detect: { pii: { kinds: [email] } }, action: redact }
  - { id: banned, stage: reply, detect: { keywords: { list: [forbidden] } }, action: block }
`);

type Form = {
  readonly what: string;
  readonly contentType: string;
  readonly format: StreamFormat;
  /** What the bytes of these payloads are. */
  readonly write: (payloads: readonly string[]) => Buffer;
  readonly fallback: Operation;
};

const spaced = (payload: string, position: number): string =>
  [payload, ` ${payload}`, `${payload}\t`][position % 3] ?? "";
const named = (type: keyof Operation["streams"]): StreamFormat => anyJson.streams[type] ?? assert.fail();
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const forms: readonly Form[] = [
  {
    what: "server-sent events",
    contentType: "text/event-stream",
    format: named("event-stream"),
    write: (payloads) => Buffer.from(payloads.map((payload) => `data: ${payload}\n\n`).join("")),
    fallback: anyJson,
  },
  {
    what: "JSON lines",
    contentType: "application/x-ndjson",
    format: named("json-lines"),
    write: (payloads) =>
      Buffer.from(payloads.map((each, at) => `${spaced(each, at)}${at % 2 === 0 ? "\n" : "\r\n\n"}`).join("")),
    fallback: anyJson,
  },
  {
    what: "a JSON array",
    contentType: "application/json; charset=utf-8",
    format: jsonArray,
    write: (payloads) => Buffer.from(`[${payloads.map(spaced).join("\r\n,")}]\n`),
    fallback: { ...anyJson, streams: { json: jsonArray }, streamFormat: jsonArray },
  },
  {
    what: "an AWS event stream",
    contentType: "application/vnd.amazon.eventstream",
    format: named("aws-event-stream"),
    write: (payloads) => Buffer.concat(payloads.map((payload) => eventMessage("delta", payload))),
    fallback: anyJson,
  },
  {
    what: "an AWS event stream of bytes",
    contentType: "application/vnd.amazon.eventstream",
    format: bytesEventStream,
    write: (payloads) =>
      Buffer.concat(payloads.map((payload) => eventMessage("chunk", `{"bytes":"${base64(payload)}","p":"ab"}`))),
    fallback: { ...anyJson, streams: { "aws-event-stream": bytesEventStream }, streamFormat: bytesEventStream },
  },
];

async function through(form: Form, pieces: readonly Uint8Array[], limits = {}): Promise<Released> {
  const shared = { formats: { ...createFormats(), fallback: form.fallback } };
  const exchange = exchangeOf({ plan, shared, limits });
  const opening = exchange.openReply({ status: 200, contentType: form.contentType, contentEncoding: null }, false);
  assert.ok(opening.streams);
  const released = await pushAll(opening.gate, pieces);
  exchange.close("complete");
  return released;
}

/** The text of all events, in order. */
const saidIn = ({ format }: Form, bytes: Uint8Array): string =>
  eventsOf(format, bytes)
    .flatMap(({ data }) => (data === null ? [] : [JSON.parse(data) as { text?: string; error?: object }]))
    .map(({ text, error }) => text ?? (error === undefined ? "" : "(error)"))
    .join("");

const payload = (text: string): string => JSON.stringify({ text });
const morsel = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("hello ", "acme-", "internal", " ada@exam", "ple.org ", "ok. ", "]}, ", '"'),
  },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom("for", "bidden ") },
);
const texts = fc.array(morsel, { minLength: 1, maxLength: 10 });
const cuts = fc.array(fc.nat(5000), { maxLength: 10 });

it("a last line without its end is judged to its end before it goes", async () => {
  const form = forms.find(({ what }) => what === "JSON lines") ?? assert.fail();
  const line = payload("so forbidden");
  const { bytes, cut } = await through(form, [Buffer.from(`${payload("fine. ")}\n${line}`)]);
  assert.equal(saidIn(form, Buffer.concat([bytes, cut ?? assert.fail()])), "fine. (error)");
  const masked = await through(form, [Buffer.from(payload("acme-internal"))]);
  assert.deepEqual([masked.bytes.toString(), masked.block], [payload("[KEYWORD]"), null]);
});

for (const form of forms) {
  describe(`${form.what}, through an exchange`, () => {
    it("masks what goes on from event to event, and keeps the rest", async () => {
      const bytes = form.write(["so acme-", "internal is ", "it: ada@exam", "ple.org, ", "bye"].map(payload));
      const { bytes: out, block } = await through(form, [bytes]);
      assert.equal(block, null);
      assert.equal(saidIn(form, out), "so [KEYWORD] is it: [EMAIL], bye");
      const masked = form.write(["so [KEYWORD]", " is ", "it: [EMAIL]", ", ", "bye"].map(payload));
      assert.equal(out.toString("latin1"), masked.toString("latin1"));
    });

    it("leaves as it came where nothing is masked", async () => {
      const bytes = form.write(["one ", "two ", "three"].map(payload));
      const { bytes: out, changed } = await through(form, cutAt(bytes, [3, 40, 41]));
      assert.deepEqual([out.toString("latin1"), changed], [bytes.toString("latin1"), false]);
    });

    it("is cut with an error in its own form, after what went out", async () => {
      const { bytes, block, cut } = await through(form, [
        form.write(["fine. ", "so forb", "idden ", "x"].map(payload)),
      ]);
      assert.equal(block?.kind, "rule");
      assert.ok(cut !== null);
      const said = saidIn(form, Buffer.concat([bytes, cut]));
      assert.match(said, /^fine\. (?:so )?\(error\)$/);
    });

    it("is the error alone where nothing went out", async () => {
      const { bytes, cut } = await through(form, [form.write([payload("forbidden")])]);
      assert.equal(bytes.length, 0);
      assert.equal(saidIn(form, cut ?? assert.fail()), "(error)");
    });

    it("is cut where an event is too large or no JSON", async () => {
      for (const [payloads, limits, why] of [
        [["x".repeat(2000)].map(payload), { eventBytesMax: 1000 }, "event-too-large"],
        [[payload("a"), "{a}"], {}, "not-json"],
      ] as const) {
        const { bytes, block, cut } = await through(form, [form.write(payloads)], limits);
        assert.deepEqual(block, { kind: "unreadable", why });
        assert.match(saidIn(form, Buffer.concat([bytes, cut ?? assert.fail()])), /^a?\(error\)$/);
      }
    });

    it("is the same however the bytes were cut", async () => {
      await fc.assert(
        fc.asyncProperty(texts, cuts, async (said, places) => {
          const bytes = form.write(said.map(payload));
          const whole = await through(form, [bytes]);
          const pieces = await through(form, cutAt(bytes, places));
          const all = ({ bytes: out, cut }: Released): Buffer => Buffer.concat([out, cut ?? Buffer.alloc(0)]);
          assert.equal(all(pieces).toString("latin1"), all(whole).toString("latin1"));
          assert.deepEqual(pieces.block, whole.block);
          assert.equal(divide(form.format, [all(whole)]).failure, null);
          assert.doesNotMatch(saidIn(form, all(whole)), /(?:^|\s)(?:acme-internal|forbidden)(?=\s|$)/);
        }),
        { numRuns: 60 },
      );
    });
  });
}
