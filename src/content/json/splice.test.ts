import assert from "node:assert/strict";
import { test } from "node:test";
import { InvariantError } from "../../stdx/assert.ts";
import { applyEdits, dropValue, planEdits, replaceText } from "./splice.ts";

const edit = (start: number, end: number, text: string) => ({ range: { start, end }, text });

test("without edits the body is the same", () => assert.equal(applyEdits("abc", []), "abc"));

test("edits replace their ranges and nothing else", () => {
  assert.equal(applyEdits("abcdef", [edit(0, 1, "XY"), edit(1, 1, "-"), edit(3, 5, "")]), "XY-bcf");
});

test("an empty insertion at the beginning keeps what follows", () =>
  assert.equal(applyEdits("abc", [edit(0, 0, "")]), "abc"));

for (const [what, edits] of [
  ["overlap", [edit(0, 2, ""), edit(1, 3, "")]],
  ["are not sorted", [edit(2, 3, ""), edit(0, 1, "")]],
  ["reach beyond the body", [edit(0, 4, "")]],
  ["run backwards", [edit(2, 1, "")]],
] as const) {
  test(`edits that ${what} are a bug`, () => assert.throws(() => applyEdits("abc", edits), InvariantError));
}

test("planning sorts edits and leaves out those inside a wider one", () => {
  const planned = planEdits([edit(5, 6, "c"), edit(1, 2, "a"), edit(0, 4, "null"), edit(5, 6, "c")]);
  assert.deepEqual(planned, [edit(0, 4, "null"), edit(5, 6, "c")]);
});

test("planning refuses edits that overlap by a part", () => {
  assert.throws(() => planEdits([edit(0, 3, ""), edit(2, 5, "")]), InvariantError);
});

test("a piece is written as it stands: as a JSON string, or as itself", () => {
  const literal = { start: 1, end: 4 };
  assert.equal(replaceText({ literal, writing: "json-string" }, 'a"\n').text, '"a\\"\\n"');
  assert.equal(replaceText({ literal, writing: "raw" }, 'a"\n').text, 'a"\n');
  assert.deepEqual(dropValue(literal), { range: literal, text: "null" });
});
