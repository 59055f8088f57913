// Blocks are the whole text, in order, cut between characters and before white space where there is some.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { blocksOf, blockUnits } from "./blocks.ts";

const partsOf = (text: string): readonly string[] =>
  Array.from(blocksOf(text), ({ start, end }) => text.slice(start, end));
const pieces = [
  "a",
  "word ",
  "  ",
  "\n",
  "😀",
  "𝒳".repeat(50),
  "e\u0301",
  "👩‍👩‍👧",
  "漢字",
  "x".repeat(700),
  "\u3000",
  "👍🏽",
];
const longTexts = fc
  .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 40 })
  .chain((some) => fc.integer({ min: 1, max: 60 }).map((times) => some.join("").repeat(times)));

describe("blocks", () => {
  it("are the text, none too long", () => {
    fc.assert(
      fc.property(longTexts, (text) => {
        const parts = partsOf(text);
        assert.equal(parts.join(""), text);
        for (const part of parts) assert.ok(part.length >= 1 && part.length <= blockUnits);
        // As many as it takes: each but the last is nearly full.
        for (const part of parts.slice(0, -1)) assert.ok(part.length > blockUnits - 600);
      }),
      { numRuns: 50 },
    );
  });

  it("never cut a character, its marks, or what a joiner joins", () => {
    fc.assert(
      fc.property(longTexts, (text) => {
        for (const part of partsOf(text).slice(1)) {
          assert.doesNotMatch(part, /^[\udc00-\udfff\u200d\p{M}\p{EMod}]/u);
        }
        for (const part of partsOf(text).slice(0, -1)) assert.doesNotMatch(part, /[\ud800-\udbff\u200d]$/);
      }),
      { numRuns: 50 },
    );
  });

  it("begin with the white space before a word", () => {
    const text = "some words ".repeat(1_000);
    for (const part of partsOf(text).slice(1)) assert.match(part, /^ (some|words)/);
  });

  it("end within nothing else than marks without end", () => {
    assert.deepEqual(
      partsOf("\u0301".repeat(blockUnits + 1)).map(({ length }) => length),
      [blockUnits, 1],
    );
    assert.deepEqual(
      partsOf(`${"😀".repeat(blockUnits / 2)}a`).map(({ length }) => length),
      [blockUnits, 1],
    );
    assert.deepEqual(
      partsOf(`a${"😀".repeat(blockUnits / 2)}`).map(({ length }) => length),
      [blockUnits - 1, 2],
    );
  });

  it("of nothing are none", () => assert.deepEqual(partsOf(""), []));
});
