import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { stringify } from "yaml";
import { documentDepthMax, readDocument, type SourceTree } from "./document.ts";
import { valueAt } from "./explain.ts";

function treeOf(text: string): SourceTree {
  const read = readDocument(new TextEncoder().encode(text));
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
}

test("a character inside a text is told where it stands", () => {
  const cases: readonly (readonly [string, number, readonly [number, number] | null])[] = [
    ["a: tenant == x", 7, [1, 11]],
    ["a: 'tenant == x'", 7, [1, 12]],
    ['a: "tenant == x"', 7, [1, 12]],
    ["a: |\n  first &&\n  second", 9, [3, 3]],
    ["a: |\n  first &&\n  second", 12, [3, 6]],
    ["a: |-\n    first\n\n    third\n", 7, [4, 5]],
    ["b: &t text\na: *t", 2, [1, 9]],
    ["a: 'it''s'", 3, null],
    ['a: "\\u0041b"', 1, null],
    ["a: >\n  folded\n  lines\n", 8, null],
    ["a: 5", 0, null],
    ["a: [x]", 0, null],
  ];
  for (const [text, offset, wanted] of cases) {
    const place = treeOf(text).placeInText(["a"], offset);
    assert.deepEqual(place === null ? null : [place.line, place.column], wanted, text);
  }
  assert.equal(treeOf("a: x").placeInText(["b"], 0), null);
});

test("a place is inside the file, and on the character where it is told", () => {
  const words = fc.string({ unit: fc.constantFrom("a", "b", " ", "\n", "'", '"', "\\", "é", "#", ":"), maxLength: 20 });
  fc.assert(
    fc.property(words, fc.nat(), (written, at) => {
      const text = stringify({ a: { b: written } });
      const tree = treeOf(text);
      const value = valueAt(tree.value, ["a", "b"]); // a block of white space alone comes back as another
      assert.ok(typeof value === "string");
      const offset = value.length === 0 ? 0 : at % value.length;
      const place = tree.placeInText(["a", "b"], offset);
      if (place === null) return;
      const found = text.split("\n")[place.line - 1]?.[place.column - 1] ?? "\n";
      if (value.length > 0) assert.equal(found, value[offset], JSON.stringify({ text, offset, place }));
    }),
    { numRuns: 2000 },
  );
});

test("depth is bounded by a number of our own, however much the parser bears", () => {
  const flow = (depth: number): string =>
    `# [[[ "[" is no list here\na: "[["\nb: ${"[".repeat(depth)}${"]".repeat(depth)}\n`;
  const block = (depth: number): string =>
    Array.from({ length: depth }, (_, level) => `${" ".repeat(level)}k:\n`).join("");
  const told = (text: string): string[] => {
    const read = readDocument(new TextEncoder().encode(text));
    return read.ok ? [] : read.error.map(({ line, column, message }) => `${line}:${column}: ${message}`);
  };
  const wanted = (line: number, column: number): string[] => [
    `${line}:${column}: nested more than 64 deep; write it with fewer levels`,
  ];
  assert.deepEqual(told(flow(documentDepthMax - 1)), []);
  for (const depth of [documentDepthMax, 500, 50_000]) assert.deepEqual(told(flow(depth)), wanted(3, 67));
  assert.deepEqual(told(block(documentDepthMax)), []);
  assert.deepEqual(told(block(documentDepthMax + 1)), wanted(65, 65));
});
