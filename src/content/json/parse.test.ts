import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeUtf8, encodeUtf8 } from "./decode.ts";
import { defaultJsonLimits, lastMember, parseJson } from "./parse.ts";

const failure = (text: string, limits = defaultJsonLimits) => {
  const read = parseJson(text, limits);
  return read.ok ? null : read.error;
};

for (const [what, text] of [
  ["nothing", ""],
  ["white space", " \n"],
  ["a byte order mark", "\uFEFF{}"],
  ["a comment", "{} // x"],
  ["a block comment", "/* x */ {}"],
  ["a trailing comma", "[1,]"],
  ["a trailing comma in an object", '{"a":1,}'],
  ["single quotes", "{'a':1}"],
  ["a key without quotes", "{a:1}"],
  ["an octal number", "[01]"],
  ["numbers without a comma", "[1 2]"],
  ["a lone sign in a list of numbers", "[1,-]"],
  ["NaN", "NaN"],
  ["two values", "{}{}"],
  ["an open string", '"abc'],
  ["a raw line end in a string", '"a\nb"'],
  ["a wrong escape", '"\\x41"'],
  ["a half", '{"a":'],
  ["a stray bracket", "]"],
  ["no-break space between tokens", "[1,\u00a02]"],
] as const) {
  test(`not JSON: ${what}`, () => assert.equal(failure(text), "not-json"));
}

for (const text of [
  "1",
  "-0.5e+10",
  '"a"',
  "null",
  " true ",
  "false",
  "[]",
  "{}",
  "[ ]",
  "{ }",
  '"\\ud800"',
  '"\u2028"',
  "[[],{}]",
]) {
  test(`JSON: ${JSON.stringify(text)}`, () => assert.equal(failure(text), null));
}

test("positions count UTF-16 units, quotes included", () => {
  const text = '{"😀": [ "a\\u0041", -1.5e3 ]}';
  const read = parseJson(text);
  assert.ok(read.ok && read.value.root.kind === "object");
  const [member] = read.value.root.members;
  assert.equal(member?.key, "😀");
  assert.equal(text.slice(member.keySpan.start, member.keySpan.end), '"😀"');
  assert.ok(member.value.kind === "list");
  assert.deepEqual(
    member.value.items.map((item) => text.slice(item.span.start, item.span.end)),
    ['"a\\u0041"', "-1.5e3"],
  );
  assert.deepEqual(member.value.items[0], { kind: "string", value: "aA", span: { start: 9, end: 18 } });
});

test("repeated keys are all kept, and the last one is the one that JSON.parse shows", () => {
  const read = parseJson('{"a":1,"b":2,"\\u0061":"x"}');
  assert.ok(read.ok && read.value.root.kind === "object");
  assert.deepEqual(
    read.value.root.members.map(({ key, shadowed }) => [key, shadowed]),
    [
      ["a", true],
      ["b", false],
      ["a", false],
    ],
  );
  const last = lastMember(read.value.root, "a");
  assert.ok(last?.kind === "string" && last.value === "x");
});

test("keys that objects have by themselves are plain keys", () => {
  const read = parseJson('{"__proto__":{"a":"x"},"constructor":"y"}');
  assert.ok(read.ok && read.value.root.kind === "object");
  assert.deepEqual(
    read.value.root.members.map(({ key }) => key),
    ["__proto__", "constructor"],
  );
});

test("depth is bounded, one below, at, and one above", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  assert.equal(failure(nested(127)), null);
  assert.equal(failure(nested(128)), null);
  assert.equal(failure(nested(129)), "too-deep");
  assert.equal(failure(`${'{"a":'.repeat(128)}1${"}".repeat(128)}`), null);
  assert.equal(failure(`${'{"a":'.repeat(129)}1${"}".repeat(129)}`), "too-deep");
});

test("a million open brackets end no process", () => {
  assert.equal(failure("[".repeat(1_000_000)), "too-deep");
  assert.equal(failure('{"a":'.repeat(1_000_000)), "too-deep");
});

test("brackets in strings are no depth", () => assert.equal(failure(JSON.stringify("[".repeat(1000))), null));

test("values are bounded, one below, at, and one above", () => {
  const limits = { ...defaultJsonLimits, maxValues: 7 };
  const items = (count: number) => JSON.stringify(Array.from({ length: count }, () => "x"));
  assert.equal(failure(items(5), limits), null);
  assert.equal(failure(items(6), limits), null);
  assert.equal(failure(items(7), limits), "too-many-values");
  assert.equal(failure('{"a":[[],{}],"b":{"c":null},"d":""}', limits), null);
  assert.equal(failure('{"a":[[],{}],"b":{"c":null},"d":"","e":1}', limits), "too-many-values");
  assert.equal(defaultJsonLimits.maxValues, 200_000);
});

test("a list of numbers costs as much as one of them", () => {
  const limits = { ...defaultJsonLimits, maxValues: 4 };
  assert.equal(failure("[[1, 2,3e-5 ,-4.5],5]", limits), null);
  assert.equal(failure("[[1,2],5,6]", limits), "too-many-values");
  const read = parseJson("[ 1, 2,3]");
  assert.ok(read.ok && read.value.root.kind === "list");
  assert.deepEqual(read.value.root.items, [{ kind: "number", value: 1, digits: null, span: { start: 2, end: 3 } }]);
});

test("bytes decode to the same bytes or not at all", () => {
  const text = "\uFEFFé😀";
  assert.deepEqual(decodeUtf8(encodeUtf8(text)), { ok: true, value: text });
  for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf0, 0x9f, 0x98]]) {
    assert.deepEqual(decodeUtf8(Uint8Array.from(bytes)), { ok: false, error: "not-utf8" });
  }
});

test("a long whole number keeps its digits, however it is written", () => {
  const literals: readonly (readonly [string, string | null])[] = [
    ["4111111111111111111", "4111111111111111111"],
    ["-411111111", "-411111111"],
    ["4111111111111111.00", "4111111111111111"],
    ["4.111111111111111e15", "4111111111111111"],
    ["41E8", "4100000000"],
    ["12345678", null],
    ["1.234567890123", null],
    ["123456789.5", null],
    ["1e99", null],
    ["1234567890e-2", null],
  ];
  for (const [literal, digits] of literals) {
    const read = parseJson(literal);
    assert.ok(read.ok && read.value.root.kind === "number");
    assert.equal(read.value.root.digits, digits, literal);
  }
});

test("a list of numbers is read to its end where one of them may be an account", () => {
  for (const literal of ["4111111111111111", "-411111111", "4111111111111111.0", "4.111111111111111e15", "41e+8"]) {
    const read = parseJson(`[1, 2.5, ${literal}, 3]`);
    assert.ok(read.ok && read.value.root.kind === "list");
    assert.equal(read.value.root.items.length, 4, literal);
  }
  const short = parseJson("[12345678,-0.006929283495992422,1e-9]");
  assert.ok(short.ok && short.value.root.kind === "list");
  assert.equal(short.value.root.items.length, 1);
});

test("keys are read from the text, whatever keys the engine has seen before (nodejs/node 63785)", () => {
  JSON.parse('{"h":[],"\\\\":0}'); // after this, V8's own JSON.parse may show the key of the next text as a backslash
  const root = parseJson('{"h":1,"\\"":2}');
  assert.ok(root.ok && root.value.root.kind === "object");
  assert.deepEqual(
    root.value.root.members.map(({ key }) => key),
    ["h", '"'],
  );
});

for (const [text, depth] of [
  ["1", 0],
  ['"[[["', 0],
  ["[]", 1],
  ['{"a":1,"b":"x"}', 1],
  ['{"a":[1,2,3]}', 2],
  ["[[],[[1,2]],{}]", 3],
] as const) {
  test(`depth of ${text}`, () => {
    const read = parseJson(text);
    assert.ok(read.ok);
    assert.equal(read.value.depth, depth);
  });
}
