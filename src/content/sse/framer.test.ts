import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeUtf8, encodeUtf8 } from "../json/decode.ts";
import { defaultMaxFrameBytes, SseFramer } from "./framer.ts";

const texts = (frames: readonly Uint8Array[]): string[] =>
  frames.map((frame) => {
    const text = decodeUtf8(frame);
    return text.ok ? text.value : "?";
  });

/** The frames of each push, then those of the flush. */
function framed(...chunks: readonly string[]): string[][] {
  const framer = new SseFramer();
  const given = chunks.map((chunk) => texts(framer.push(encodeUtf8(chunk)).frames));
  return [...given, texts(framer.flush().frames)];
}

for (const [what, chunks, wanted] of [
  ["line feeds", ["data: a\n\ndata: b\n\n"], [["data: a\n\n", "data: b\n\n"], []]],
  ["both", ["data: a\r\n\r\ndata: b\r\n\r\n"], [["data: a\r\n\r\n", "data: b\r\n\r\n"], []]],
  ["carriage returns", ["data: a\r\rdata: b\r\r"], [["data: a\r\r", "data: b\r\r"], []]],
  ["a mixture", ["data: a\n\r\ndata: b\r\n\rdata: c\r\n\n"], [["data: a\n\r\n", "data: b\r\n\r", "data: c\r\n\n"], []]],
  ["one line end only", ["data: a\r\ndata: b\n"], [[], ["data: a\r\ndata: b\n"]]],
  ["blank lines alone", ["\n\r\n\r"], [["\n", "\r\n", "\r"], []]],
  ["a cut inside the last line end", ["data: a\r\n\r", "\ndata: b\n\n"], [["data: a\r\n\r"], ["\ndata: b\n\n"], []]],
  ["a cut inside an inner line end", ["data: a\r", "\ndata: b\r\n\r\n"], [[], ["data: a\r\ndata: b\r\n\r\n"], []]],
  ["a cut before the blank line", ["data: a\n", "\n"], [[], ["data: a\n\n"], []]],
  ["a line feed at the very end", ["data: a\r\r", "\n"], [["data: a\r\r"], [], ["\n"]]],
  ["nothing", [""], [[], []]],
] as const) {
  test(`framing: ${what}`, () => assert.deepEqual(framed(...chunks), wanted));
}

test("an event is given out with the byte that ends it", () => {
  const framer = new SseFramer();
  for (const byte of encodeUtf8("data: a\r\n")) assert.deepEqual(framer.push(Uint8Array.of(byte)).frames, []);
  assert.deepEqual(texts(framer.push(encodeUtf8("\r")).frames), ["data: a\r\n\r"]);
});

test("the size of a frame is bounded, one below, at, and one above", () => {
  for (const [size, failure] of [
    [9, null],
    [10, null],
    [11, "event-too-large"],
  ] as const) {
    const frame = encodeUtf8(`${"x".repeat(size - 2)}\n\n`);
    const whole = new SseFramer(10).push(frame);
    assert.equal(whole.failure, failure);
    assert.equal(whole.frames.length, failure === null ? 1 : 0);
    const framer = new SseFramer(10);
    const byByte = [...frame].map((byte) => framer.push(Uint8Array.of(byte)).failure);
    assert.equal(byByte.find((each) => each !== null) ?? null, failure);
    assert.equal(framer.flush().failure, failure);
  }
  assert.equal(defaultMaxFrameBytes, 1_048_576);
});

test("a line feed that may stand in either frame does not count", () => {
  const chunks = ["x\r\n\r\n", "y\r\n\r\n"];
  for (const cuts of [[chunks.join("")], [...chunks.join("")], ["x\r\n\r", "\ny\r\n\r", "\n"]]) {
    const framer = new SseFramer(4);
    for (const cut of cuts) assert.equal(framer.push(encodeUtf8(cut)).failure, null);
    const small = new SseFramer(3);
    assert.equal(
      cuts.map((cut) => small.push(encodeUtf8(cut)).failure).find((failure) => failure !== null),
      "event-too-large",
    );
  }
});

test("frames before one that is too large are given out", () => {
  const { frames, failure } = new SseFramer(10).push(encodeUtf8(`a\n\n${"x".repeat(20)}`));
  assert.deepEqual(texts(frames), ["a\n\n"]);
  assert.equal(failure, "event-too-large");
});

test("after a failure the bytes that came in no frame are at hand", () => {
  const framer = new SseFramer(10);
  framer.push(encodeUtf8("a\n\nxxxxx"));
  framer.push(encodeUtf8("yyyyyyyyy\n\n"));
  assert.deepEqual(texts([framer.rest()]), ["xxxxxyyyyyyyyy\n\n"]);
});

test("what waits for its end is kept alone, not the message that brought it", () => {
  const framer = new SseFramer();
  const piece = encodeUtf8("data: a");
  framer.push(piece);
  piece.fill(0);
  assert.deepEqual(texts(framer.push(encodeUtf8("\n\n")).frames), ["data: a\n\n"]);
});
