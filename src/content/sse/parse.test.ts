import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeUtf8 } from "../json/decode.ts";
import { isKeepAlive } from "./keep-alive.ts";
import { parseFrame, type SseEvent } from "./parse.ts";
import { framePieces } from "./pieces.ts";

function parsed(text: string, first = false): SseEvent {
  const event = parseFrame(encodeUtf8(text), first);
  assert.ok(event.ok);
  return event.value;
}

for (const [what, frame, data, event, id] of [
  ["data", "data: a\n\n", "a", "", null],
  ["only one space is no data", "data:  a \n\n", " a ", "", null],
  ["no space", "data:a\n\n", "a", "", null],
  ["several lines", "data: a\r\ndata\rdata: b\n\n", "a\n\nb", "", null],
  ["a name and an id", "event: ping\nid: 7\ndata: {}\n\n", "{}", "ping", "7"],
  ["the last name counts", "event: a\nevent: b\ndata: x\n\n", "x", "b", null],
  ["colons in the value", "data: a: b\n\n", "a: b", "", null],
  ["a comment", ": data: x\n\n", null, "", null],
  ["another case is another field", "Data: x\n\n", null, "", null],
  ["a space before the colon", "data : x\n\n", null, "", null],
  ["a line feed of the event before", "\ndata: x\n\n", "x", "", null],
  ["no line end", "data: x", "x", "", null],
] as const) {
  test(`reading: ${what}`, () => {
    const read = parsed(frame);
    assert.deepEqual([read.data, read.event, read.id], [data, event, id]);
    const lines = read.lines.map(({ whole }) => frame.slice(whole.start, whole.end));
    assert.equal(lines.join(""), frame);
  });
}

test("a byte order mark is no text where the stream begins, and part of a name elsewhere", () => {
  assert.equal(parsed("\uFEFFdata: x\n\n", true).data, "x");
  const later = parsed("\uFEFFdata: x\n\n");
  assert.equal(later.data, null);
  assert.deepEqual(
    framePieces(later).map(({ text }) => text),
    ["\uFEFFdata", "x"],
  );
});

test("what is not UTF-8 is unreadable", () => {
  assert.deepEqual(parseFrame(Uint8Array.of(0x64, 0xff, 10, 10), false), { ok: false, error: "not-utf8" });
});

for (const frame of [
  "\n",
  ":\n\n",
  ": \n\n",
  ": ping\n\n",
  ":keep-alive\n\n",
  ": OPENROUTER PROCESSING\n\n",
  "event: ping\n\n",
  "event: ping\ndata: \n\n",
  "event: ping\ndata\n\n",
  "retry: 3000\n\n",
  "id\n\n",
  "data:\n\n",
]) {
  test(`nothing to judge: ${JSON.stringify(frame)}`, () => {
    assert.ok(isKeepAlive(parsed(frame)));
    assert.deepEqual(framePieces(parsed(frame)), []);
  });
}

for (const [frame, texts] of [
  [": ping me\n\n", ["ping me"]],
  ["event: ping\ndata: x\n\n", []],
  ["event: error 7\n\n", ["error 7"]],
  ["event: message_start\ndata: {}\n\n", []],
  ["event: response.output_text.delta\ndata: {}\n\n", []],
  ["id: 12\nretry: soon\ndata: x\n\n", ["12", "soon"]],
  ["colour: red\nbare\n\n", ["colour", "red", "bare"]],
] as const) {
  test(`to be judged: ${JSON.stringify(frame)}`, () => {
    const event = parsed(frame);
    assert.equal(isKeepAlive(event), false);
    const pieces = framePieces(event);
    assert.deepEqual(
      pieces.map(({ text }) => text),
      texts,
    );
    for (const { literal, text } of pieces) assert.equal(event.text.slice(literal.start, literal.end), text);
  });
}
