import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type JsonValue, readJsonValue } from "./json-value.ts";

const limits = { maxDepth: 100, maxValues: 10_000 };

/** Keys as they are, objects as lists of pairs: what JSON.parse shows, but for the special key `__proto__`. */
const pairs = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(pairs);
  if (value instanceof Map) return ["{}", sorted([...value])];
  return typeof value === "object" && value !== null ? ["{}", sorted(Object.entries(value))] : value;
};
const sorted = (entries: readonly (readonly [string, unknown])[]): unknown =>
  entries
    .map(([key, member]) => [key, pairs(member)])
    .toSorted((a, b) => ((a[0] as string) < (b[0] as string) ? -1 : 1));

const read = (text: string): JsonValue => {
  const value = readJsonValue(text, limits);
  assert.ok(value.ok, value.ok ? "" : value.error);
  return value.value;
};
const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

for (const text of [
  ...["", " ", "[1,]", '{"a":1,}', "{a:1}", "'a'", "[01]", "1.", ".5", "+1", "1e", "-", "tru", "truex", "nullnull"],
  ...["{}{}", "[1 2]", '"a', '"\\x41"', '"\\u12"', '"a\nb"', '"\t"', "]", '{"a"}', '{"a":}', "{1:2}", "\uFEFF{}"],
  ...["[1,\u00a02]", "// x", "NaN", "Infinity", '"\\"', "[", "{", '{"a":1', "[,1]", '{,"a":1}', "[[]", "{}}"],
]) {
  test(`not JSON: ${JSON.stringify(text)}`, () => {
    assert.ok(!isJson(text));
    assert.deepEqual(readJsonValue(text, limits), { ok: false, error: "not-json" });
  });
}

test("any JSON reads as JSON.parse reads it, with any white space", () => {
  const key = fc.string({ unit: "binary", maxLength: 4 }).filter((name) => name !== "__proto__");
  const any = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.string({ unit: "binary", maxLength: 5 }),
      fc.double({ noNaN: true }),
      fc.integer(),
      fc.constantFrom(true, false, null),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(key, tie("value"), { maxKeys: 4 }),
    ),
  })).value;
  fc.assert(
    fc.property(any, fc.constantFrom(undefined, 1, "\t", "\r\n"), (value, space) => {
      const text = JSON.stringify(value, null, space);
      if (text.includes("\\")) assert.deepEqual(pairs(read(text)), pairs(JSON.parse(JSON.stringify(value))));
      else assert.deepEqual(pairs(read(text)), pairs(JSON.parse(text)));
    }),
    { numRuns: 500 },
  );
});

test("whether a text is JSON is what JSON.parse says, for broken text too", () => {
  const mark = fc.constantFrom(
    ...'[]{},:"\\0123456789.-+eEtrufalsn \n\tx/'.split(""),
    "\\u0041",
    "null",
    '"a"',
    "\u0000",
  );
  fc.assert(
    fc.property(fc.array(mark, { maxLength: 12 }), (marks) => {
      const text = marks.join("");
      assert.equal(readJsonValue(text, limits).ok, isJson(text));
    }),
    { numRuns: 3000 },
  );
});

test("no key is special, and of repeated ones the last counts", () => {
  const value = read('{"__proto__":1,"a":1,"constructor":2,"a":3,"\\u0061":4}');
  assert.ok(value instanceof Map);
  assert.deepEqual(
    [...value],
    [
      ["__proto__", 1],
      ["a", 4],
      ["constructor", 2],
    ],
  );
});

test("limits: one below, at, and one above", () => {
  const deep = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  assert.ok(readJsonValue(deep(5), { ...limits, maxDepth: 5 }).ok);
  assert.deepEqual(readJsonValue(deep(6), { ...limits, maxDepth: 5 }), { ok: false, error: "too-deep" });
  assert.deepEqual(readJsonValue('{"a":{"a":1}}', { ...limits, maxDepth: 1 }), { ok: false, error: "too-deep" });
  assert.ok(readJsonValue("[1,2,3]", { ...limits, maxValues: 4 }).ok);
  assert.deepEqual(readJsonValue("[1,2,3]", { ...limits, maxValues: 3 }), { ok: false, error: "too-many-values" });
});

test("hostile text ends early or in linear work", () => {
  for (const text of ["[".repeat(1e6), '{"a":'.repeat(1e5), `"${"\\".repeat(1e6)}`, "1".repeat(1e6), "-".repeat(1e6)]) {
    readJsonValue(text, limits);
  }
  assert.equal(read(`"${'\\"'.repeat(1e6)}"`), '"'.repeat(1e6));
});
