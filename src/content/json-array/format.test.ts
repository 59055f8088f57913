import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeUtf8 } from "../json/decode.ts";
import { jsonArray } from "./format.ts";

const texts = (frames: readonly Uint8Array[]): string[] => frames.map((frame) => Buffer.from(frame).toString());

for (const [what, chunks, wanted] of [
  ["objects", ['[{"a":1}\n,\r\n{"b":2}]\n'], [['[{"a":1}', '\n,\r\n{"b":2}'], ["]\n"]]],
  ["an item leaves with its last byte", ['[{"a":', '"}"}', "]"], [[], ['[{"a":"}"}'], [], ["]"]]],
  ["a number ends with what follows it", ["[1", "2", " ,", "3]"], [[], [], ["[12"], [" ,3"], ["]"]]],
  ["strings with brackets and escapes", ['["]\\",[","b"]'], [['["]\\",["', ',"b"'], ["]"]]],
  ["lists in lists", ["[[[]],[]]"], [["[[[]]", ",[]"], ["]"]]],
  ["an empty list", [" [ ", "] "], [[], [], [" [ ] "]]],
  ["an object in its place", ['{"error":', "{}} ", "\n"], [[], [], [], ['{"error":{}} \n']]],
  ["nothing", [""], [[], []]],
] as const) {
  test(`framing: ${what}`, () => {
    const framer = jsonArray.openFramer(1000);
    const given = chunks.map((chunk) => texts(framer.push(encodeUtf8(chunk)).frames));
    const last = framer.flush();
    assert.equal(last.failure, null);
    assert.deepEqual([...given, texts(last.frames)], wanted);
  });
}

for (const text of [
  "1",
  '"a"',
  "x",
  "\uFEFF[]",
  "[,1]",
  "[1,]",
  "[1 2]",
  "[:]",
  "[1:2]",
  '["a"1]',
  "[}",
  "[]]",
  "[]x",
  "{}x",
  "[1",
  "[",
  " ",
  "{",
]) {
  test(`no array: ${JSON.stringify(text)}`, () => {
    const framer = jsonArray.openFramer(1000);
    const pushed = framer.push(encodeUtf8(text)).failure;
    assert.equal(pushed ?? framer.flush().failure, "not-json");
    assert.ok(Buffer.from(text).toString().endsWith(Buffer.from(framer.rest()).toString()));
  });
}

test("the size of a frame is bounded, one below, at, and one above", () => {
  for (const [size, failure] of [
    [9, null],
    [10, null],
    [11, "event-too-large"],
  ] as const) {
    const frame = encodeUtf8(`["${"x".repeat(size - 3)}"`);
    assert.equal(jsonArray.openFramer(10).push(frame).failure, failure);
    const framer = jsonArray.openFramer(10);
    const byByte = [...frame].map((byte) => framer.push(Uint8Array.of(byte)).failure);
    assert.equal(byByte.find((each) => each !== null) ?? null, failure);
  }
});

for (const [frame, first, data, isEnd] of [
  ['[ {"a":1}', true, '{"a":1}', false],
  [',\n"x"', false, '"x"', false],
  [" ]\n", false, null, true],
  ["[ ]", true, null, true],
  ['{"error":1}\n', true, '{"error":1}', true],
] as const) {
  test(`an event: ${JSON.stringify(frame)}`, () => {
    const read = jsonArray.parse(encodeUtf8(frame), first);
    assert.ok(read.ok);
    assert.deepEqual([read.value.data, read.value.isEnd, read.value.isKeepAlive], [data, isEnd, false]);
    const written = Buffer.from(read.value.rewrite("2", [])).toString();
    assert.equal(written, data === null ? frame : frame.replace(data, "2"));
  });
}

for (const [frame, first] of [
  ["]", true],
  [",1", true],
  ["[1", false],
  ["{}", false],
  [",", false],
  ["", true],
] as const) {
  test(`no event there: ${JSON.stringify(frame)}, ${first ? "first" : "later"}`, () => {
    assert.deepEqual(jsonArray.parse(encodeUtf8(frame), first), { ok: false, error: "not-json" });
  });
}

test("what is not UTF-8 is unreadable", () => {
  assert.deepEqual(jsonArray.parse(Uint8Array.of(0x5b, 0x22, 0xff, 0x22), true), { ok: false, error: "not-utf8" });
});

for (const [messages, begun, wanted] of [
  [["{}"], false, "[{}]\n"],
  [["{}", "1"], true, ",\n{},\n1]\n"],
  [[], false, "[]\n"],
  [[], true, "]\n"],
] as const) {
  test(`messages of our own: ${messages.length}, ${begun ? "begun" : "alone"}`, () => {
    const encoded = jsonArray.encode(
      messages.map((data) => ({ name: "x", data })),
      begun,
    );
    assert.equal(Buffer.from(encoded).toString(), wanted);
  });
}
