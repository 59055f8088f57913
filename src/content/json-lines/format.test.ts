import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeUtf8 } from "../json/decode.ts";
import { jsonLines } from "./format.ts";

for (const [line, data, isKeepAlive, isEnd] of [
  ['{"a":1}\n', '{"a":1}', false, false],
  [' {"a":1} \r\n', '{"a":1}', false, false],
  ['{"a":1}', '{"a":1}', false, true],
  ["\n", null, true, false],
  [" \t\r\n", null, true, false],
] as const) {
  test(`a line: ${JSON.stringify(line)}`, () => {
    const read = jsonLines.parse(encodeUtf8(line), false);
    assert.ok(read.ok);
    const { value } = read;
    assert.deepEqual([value.name, value.data, value.isKeepAlive, value.isEnd], ["", data, isKeepAlive, isEnd]);
    assert.deepEqual(value.pieces, []);
    if (data === null) return;
    assert.equal(Buffer.from(value.rewrite('"b\nc"', [])).toString(), line.replace(data, '"b c"'));
  });
}

test("what is not UTF-8 is unreadable", () => {
  assert.deepEqual(jsonLines.parse(Uint8Array.of(0xff, 0x0a), false), { ok: false, error: "not-utf8" });
});

test("the size of a line is bounded, its end included: one below, at, and one above", () => {
  for (const [size, failure] of [
    [9, null],
    [10, null],
    [11, "event-too-large"],
  ] as const) {
    const line = encodeUtf8(`${"1".repeat(size - 1)}\n`);
    const framer = jsonLines.openFramer(10);
    assert.equal(framer.push(line).failure, failure);
    assert.equal(framer.flush().failure, failure);
    assert.equal(Buffer.from(framer.rest()).toString(), failure === null ? "" : Buffer.from(line).toString());
  }
});

test("messages of our own are lines", () => {
  const messages = [
    { name: "error", data: '{"a":1}' },
    { name: "", data: "[DONE]" },
  ];
  assert.equal(Buffer.from(jsonLines.encode(messages, true)).toString(), '{"a":1}\n[DONE]\n');
});
