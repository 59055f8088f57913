import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeUtf8 } from "../json/decode.ts";
import { sse } from "./format.ts";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

test("a frame is read with all that the stream must know of it", () => {
  const read = sse.parse(encodeUtf8("event: note\nid: 555\ndata: a\ndata: b\n\n"), false);
  assert.ok(read.ok);
  const { name, data, pieces, isKeepAlive, isEnd, rewrite } = read.value;
  assert.deepEqual([name, data, isKeepAlive, isEnd], ["note", "a\nb", false, false]);
  assert.deepEqual(
    pieces.map((piece) => piece.text),
    ["555"],
  );
  const [id] = pieces;
  assert.ok(id);
  const rewritten = rewrite("c", [{ range: id.literal, text: "[X]\n\ndata: d" }]);
  assert.equal(text(rewritten), "event: note\nid: [X] data: d\ndata: c\n:\n\n");
});

test("a keep-alive is told as one", () => {
  const read = sse.parse(encodeUtf8(": ping\n\n"), false);
  assert.ok(read.ok && read.value.isKeepAlive && read.value.data === null && read.value.pieces.length === 0);
});

for (const [what, messages, wanted] of [
  ["none", [], ""],
  ["one without a name", [{ name: "", data: "[DONE]" }], "data: [DONE]\n\n"],
  ["one with a name", [{ name: "error", data: "{}" }], "event: error\ndata: {}\n\n"],
  ["several lines", [{ name: "", data: "a\r\nb\rc" }], "data: a\ndata: b\ndata: c\n\n"],
  [
    "several",
    [
      { name: "", data: "a" },
      { name: "", data: "b" },
    ],
    "data: a\n\ndata: b\n\n",
  ],
] as const) {
  test(`messages of our own: ${what}`, () => {
    for (const begun of [false, true]) assert.equal(text(sse.encode(messages, begun)), wanted);
  });
}
