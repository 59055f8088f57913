import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeUtf8 } from "../json/decode.ts";
import { replaceText } from "../json/splice.ts";
import { rewriteFrame } from "./edit.ts";
import { parseFrame, type SseEvent } from "./parse.ts";
import { framePieces } from "./pieces.ts";

function parsed(text: string): SseEvent {
  const event = parseFrame(encodeUtf8(text), false);
  assert.ok(event.ok);
  return event.value;
}

for (const [what, frame, data, wanted] of [
  ["one line", "data: a\n\n", "b", "data: b\n\n"],
  ["the same data", "data:a\r\n\r\n", "a", "data:a\r\n\r\n"],
  ["left as it is", "data:a\r\n\r\n", null, "data:a\r\n\r\n"],
  ["without a space", "data:a\r\n\r\n", "b", "data:b\r\n\r\n"],
  ["a space that belongs to the value", "data:a\n\n", " b", "data:  b\n\n"],
  ["a bare name", "data\n\n", "b", "data: b\n\n"],
  ["other lines stay", ": c\nid: 1\ndata: a\r\nevent: e\r\r", "b", ": c\nid: 1\ndata: b\r\nevent: e\r\r"],
  ["the second of two", "data:a\ndata: b\n\n", "a\nc", "data:a\ndata: c\n\n"],
  ["fewer lines", "data: a\r\ndata: b\r\nid: 1\r\n\r\n", "c", "data: c\r\n:\r\nid: 1\r\n\r\n"],
  ["fewer lines between two line ends that would join", "data: a\rdata: b\n\n", "c", "data: c\r:\n\n"],
  ["more lines", "data: a\r\nid: 1\r\n\r\n", "b\nc", "data: b\r\ndata: c\r\nid: 1\r\n\r\n"],
  ["more lines without a line end", "data: a", "b\nc", "data: b\ndata: c"],
  ["a line end that would make a field", "data: a\n\n", "b\rid: 2", "data: b\ndata: id: 2\n\n"],
  ["nothing left", "data: a\ndata: b\n\n", "", "data: \n:\n\n"],
] as const) {
  test(`new data: ${what}`, () => {
    const out = rewriteFrame(parsed(frame), data, []);
    assert.equal(out, wanted);
    if (data !== null) assert.equal(parsed(out).data, data.replaceAll("\r", "\n"));
  });
}

test("edits of other fields and of the data go together", () => {
  const event = parsed(": call 555\nid: 555\ndata: a\n\n");
  const edits = framePieces(event).map((piece) => replaceText(piece, piece.text.replace("555", "[X]")));
  assert.equal(rewriteFrame(event, "b", edits), ": call [X]\nid: [X]\ndata: b\n\n");
});
