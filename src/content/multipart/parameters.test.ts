import assert from "node:assert/strict";
import { test } from "node:test";
import { boundaryOf, parseValue } from "./parameters.ts";

for (const [contentType, wanted] of [
  ["multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxk", "----WebKitFormBoundary7MA4YWxk"],
  ['Multipart/Form-Data;BOUNDARY="a b"', "a b"],
  ["multipart/form-data; charset=utf-8; boundary=x ", "x"],
  [`multipart/form-data; boundary=${"x".repeat(70)}`, "x".repeat(70)],
  ['multipart/form-data; boundary="gc0p4Jq0M:2Yt08j34c0p?=/,()"', "gc0p4Jq0M:2Yt08j34c0p?=/,()"],
] as const) {
  test(`a boundary: ${contentType.slice(0, 60)}`, () => assert.equal(boundaryOf(contentType), wanted));
}

for (const contentType of [
  null,
  "",
  "multipart/form-data",
  "multipart/form-data; boundary=",
  'multipart/form-data; boundary=""',
  `multipart/form-data; boundary=${"x".repeat(71)}`,
  'multipart/form-data; boundary="x "',
  "multipart/form-data; boundary=a:b",
  "multipart/form-data; boundary=a b",
  'multipart/form-data; boundary="a\\b"',
  'multipart/form-data; boundary="a',
  "multipart/form-data; boundary=a; boundary=a",
  "multipart/form-data; boundary=a; BOUNDARY=b",
  "multipart/form-data; boundary=a; boundary*=b",
  "multipart/form-data; boundary*0=a; boundary*1=b",
  "multipart/form-data; boundary=a, application/json",
  'multipart/form-data; boundary="a", multipart/form-data; boundary=b',
  "multipart/form-data; boundary=a;",
  "multipart/form-data boundary=a",
  "multipart/form-data; boundary = a",
  "multipart/form-data; boundary=\u00e9",
  "multipart/mixed; boundary=a",
  "application/x-www-form-urlencoded; boundary=a",
  "application/json",
]) {
  test(`no boundary: ${String(contentType).slice(0, 60)}`, () => assert.equal(boundaryOf(contentType), null));
}

test("a parameter tells where it stands, with its quotes", () => {
  const text = 'form-data; name="a b";  filename=c.txt';
  const parsed = parseValue(text);
  const told = [...(parsed?.parameters ?? [])].map(([key, { value, literal }]) => [
    key,
    value,
    text.slice(literal.start, literal.end),
  ]);
  assert.deepEqual(told, [
    ["name", "a b", '"a b"'],
    ["filename", "c.txt", "c.txt"],
  ]);
  assert.equal(parsed?.essence, "form-data");
});

test("encoded words are no value that all readers read alike", () => {
  assert.equal(parseValue('form-data; name="=?utf-8?B?aWdub3Jl?="'), null);
});

test("a long value is read in linear time", () => {
  for (const blanks of [" ".repeat(2_000_000), "\t".repeat(2_000_000)]) {
    assert.equal(parseValue(`form-data${blanks}x`), null);
    assert.equal(parseValue(`form-data;${blanks}x`), null);
    assert.equal(parseValue(`form-data; name=a${blanks}x`), null);
  }
});
