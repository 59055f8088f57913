import assert from "node:assert/strict";
import { test } from "node:test";
import { eventMessage, headerBytes, message, rawMessage } from "../../../test/helpers/event-stream.ts";
import type { StreamEvent, StreamFormat } from "../../domain/dialect.ts";
import { bytesEventStream, eventStream } from "./format.ts";

const text = (value: string) => ({ type: 7, text: value }) as const;
const hex = (bytes: string): Buffer => Buffer.from(bytes.replaceAll(" ", ""), "hex");

function parsed(frame: Uint8Array, format: StreamFormat = eventStream): StreamEvent {
  const event = format.parse(frame, true);
  assert.ok(event.ok, event.ok ? "" : event.error);
  return event.value;
}

/** Messages that AWS publishes for tests of readers. */
for (const [what, bytes, data] of [
  ["empty", "00000010 00000000 05c248eb 7d98c8ff", null],
  ["a payload without headers", "0000001d 00000000 fd528c5a 7b27666f6f273a27626172277d c3653936", "{'foo':'bar'}"],
] as const) {
  test(`a message as others write it: ${what}`, () => {
    const event = parsed(hex(bytes));
    assert.deepEqual([event.name, event.data, event.pieces, event.isKeepAlive], ["", data, [], false]);
  });
}

for (const [what, headers, name] of [
  ["an event", { ":message-type": "event", ":event-type": "contentBlockDelta" }, "contentBlockDelta"],
  ["without a kind", { ":event-type": "chunk" }, "chunk"],
  ["an exception", { ":message-type": "exception", ":exception-type": "throttlingException" }, "throttlingException"],
  ["an error", { ":message-type": "error", ":error-code": "500", ":event-type": "x" }, "500"],
] as const) {
  test(`the name of ${what}`, () => {
    const list = Object.entries<string>(headers).map(([key, value]) => [key, text(value)] as const);
    assert.equal(parsed(message(list, "{}")).name, name);
  });
}

test("texts of headers that are no short token are judged, and edited where they stand", () => {
  const frame = message(
    [
      [":message-type", text("error")],
      [":error-message", text("call 555 now")],
      ["a b", { type: 4, bytes: Uint8Array.of(1, 2, 3, 4) }],
      ["raw", { type: 6, bytes: Buffer.from("höre 555") }],
      ["on", { type: 0, bytes: new Uint8Array() }],
    ],
    '{"a":1}',
  );
  const event = parsed(frame);
  assert.deepEqual(
    event.pieces.map((piece) => [piece.text, piece.location.place]),
    [
      ["call 555 now", "field"],
      ["a b", "field"],
      ["höre 555", "field"],
    ],
  );
  const edits = event.pieces.map((piece) => ({ range: piece.literal, text: piece.text.replace(/555| b/, "[X]") }));
  const wanted = message(
    [
      [":message-type", text("error")],
      [":error-message", text("call [X] now")],
      ["a[X]", { type: 4, bytes: Uint8Array.of(1, 2, 3, 4) }],
      ["raw", { type: 6, bytes: Buffer.from("höre [X]") }],
      ["on", { type: 0, bytes: new Uint8Array() }],
    ],
    '{"b":2}',
  );
  assert.deepEqual(Buffer.from(event.rewrite('{"b":2}', edits)), wanted);
});

test("what is written into a header ends where its length does, and not within a character", () => {
  const [piece] = parsed(message([["a", text("b c")]], "")).pieces;
  assert.ok(piece);
  const written = parsed(message([["a", text("b c")]], "")).rewrite(null, [
    { range: piece.literal, text: "é".repeat(20_000) },
  ]);
  assert.equal(parsed(written).pieces[0]?.text, "é".repeat(16_383));
});

const good = eventMessage("chunk", "{}");
const oneHeader = (bytes: Uint8Array): Buffer => rawMessage(bytes, "{}");
for (const [what, frame, error] of [
  ["nothing", Buffer.alloc(0), "malformed-frame"],
  ["a length below the least", rawMessage(Buffer.alloc(0), "", { total: 15 }), "malformed-frame"],
  ["a length that is not the frame's", rawMessage(Buffer.alloc(0), "{}", { total: 17 }), "malformed-frame"],
  ["headers longer than the frame", rawMessage(Buffer.alloc(0), "{}", { headersLength: 3 }), "malformed-frame"],
  ["a byte more", Buffer.concat([good, Buffer.alloc(1)]), "malformed-frame"],
  [
    "a wrong checksum at the end",
    Buffer.from(good.map((byte, at) => (at === good.length - 1 ? byte ^ 1 : byte))),
    "malformed-frame",
  ],
  ["a header without a name", oneHeader(headerBytes("", text("x"))), "malformed-frame"],
  ["a header of an unknown type", oneHeader(headerBytes("a", { type: 10, bytes: Buffer.alloc(0) })), "malformed-frame"],
  ["a header whose value ends too late", oneHeader(Buffer.from([1, 0x61, 7, 0, 9, 0x62])), "malformed-frame"],
  ["a header without its length", oneHeader(Buffer.from([1, 0x61, 7, 0])), "malformed-frame"],
  ["a header without its type", oneHeader(Buffer.from([1, 0x61])), "malformed-frame"],
  ["a number that ends too late", oneHeader(Buffer.from([1, 0x61, 5, 0, 0])), "malformed-frame"],
  [
    "a header that comes twice",
    oneHeader(Buffer.concat([headerBytes("a", text("b")), headerBytes("a", text("c"))])),
    "malformed-frame",
  ],
  ["a name that is no text", oneHeader(Buffer.from([1, 0xff, 0])), "not-utf8"],
  ["a value that is no text", oneHeader(Buffer.from([1, 0x61, 7, 0, 1, 0xff])), "not-utf8"],
  ["bytes that are no text", oneHeader(Buffer.from([1, 0x61, 6, 0, 1, 0xff])), "not-utf8"],
  ["a payload that is no text", rawMessage(Buffer.alloc(0), Uint8Array.of(0xff)), "not-utf8"],
] as const) {
  test(`unreadable: ${what}`, () => assert.deepEqual(eventStream.parse(frame, true), { ok: false, error }));
}

const sizes = [
  ["a frame", 16 * 1024 * 1024, "total"],
  ["headers", 128 * 1024, "headersLength"],
] as const;
for (const [what, most, key] of sizes) {
  test(`${what}: at most ${most} bytes, at and one above`, () => {
    for (const [size, failure] of [
      [most, null],
      [most + 1, "malformed-frame"],
    ] as const) {
      const prelude = rawMessage(Buffer.alloc(0), "", { total: 16 * 1024 * 1024, [key]: size }).subarray(0, 12);
      assert.equal(eventStream.openFramer(64 * 1024 * 1024).push(prelude).failure, failure);
    }
  });
}

test("a frame above the limit is told by its prelude", () => {
  for (const [limit, failure] of [
    [good.length + 1, null],
    [good.length, null],
    [good.length - 1, "event-too-large"],
  ] as const) {
    assert.equal(eventStream.openFramer(limit).push(good.subarray(0, 12)).failure, failure);
  }
});

const inner = '{"type":"content_block_delta","delta":{"text":"hé"}}';
const wrapped = (json: string, more = ""): string => `{"bytes":"${Buffer.from(json).toString("base64")}"${more}}`;

test("JSON within base64 is the payload, and its padding stays", () => {
  const frame = eventMessage("chunk", wrapped(inner, ',"p":"abcd"'));
  const event = parsed(frame, bytesEventStream);
  assert.deepEqual([event.name, event.data, event.pieces], ["chunk", inner, []]);
  assert.deepEqual(Buffer.from(event.rewrite(inner, [])), frame);
  const other = inner.replace("hé", "[X]");
  assert.deepEqual(Buffer.from(event.rewrite(other, [])), eventMessage("chunk", wrapped(other, ',"p":"abcd"')));
});

test("events of other names are read as they are", () => {
  assert.equal(parsed(eventMessage("other", '{"message":"x"}'), bytesEventStream).data, '{"message":"x"}');
  assert.equal(parsed(eventMessage("chunk", ""), bytesEventStream).data, null);
});

for (const [what, payload, error] of [
  ["no JSON", "x", "not-json"],
  ["no object", "[]", "malformed-frame"],
  ["no bytes", '{"p":"a"}', "malformed-frame"],
  ["bytes twice", '{"bytes":"","bytes":""}', "malformed-frame"],
  ["bytes in another case", '{"Bytes":""}', "malformed-frame"],
  ["bytes in two cases", '{"bytes":"","BYTES":""}', "malformed-frame"],
  ["bytes that are no text", '{"bytes":1}', "malformed-frame"],
  ["base64 without padding", '{"bytes":"e30"}', "malformed-frame"],
  ["base64 with loose bits", '{"bytes":"e31="}', "malformed-frame"],
  ["base64 of other letters", '{"bytes":"-_-_"}', "malformed-frame"],
  ["base64 in lines", '{"bytes":"e3\\n0="}', "malformed-frame"],
  ["bytes of no text", '{"bytes":"/w=="}', "not-utf8"],
  ["text beside the bytes", '{"bytes":"e30=","p":"call me now"}', "malformed-frame"],
  ["a long number beside the bytes", '{"bytes":"e30=","p":4111111111111111}', "malformed-frame"],
  ["more JSON beside the bytes", '{"bytes":"e30=","p":{}}', "malformed-frame"],
  ["a key that is a text", '{"bytes":"e30=","call me":1}', "malformed-frame"],
] as const) {
  test(`a chunk with ${what} is unreadable`, () => {
    assert.deepEqual(bytesEventStream.parse(eventMessage("chunk", payload), true), { ok: false, error });
  });
}
