import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runAtOnce } from "../../stdx/paced.ts";
import { matchSteps } from "./match-steps.ts";

const expressions = [/(?<![ab])a[ab]{0,20}(?!c)/g, /a[ab]+/g, /ab{2,}c?/gi];
const run = fc
  .tuple(fc.constantFrom("a", "b", "ab", "c", "-", "B", "abba-"), fc.nat(3_000))
  .map(([part, count]) => part.repeat(count));
const texts = fc.array(run, { maxLength: 8 }).map((list) => list.join(""));

for (const expression of expressions) {
  test(`${expression.source}: block by block as at once`, () => {
    fc.assert(
      fc.property(texts, (text) => {
        const found: (readonly [number, string])[] = [];
        const matching = { expression: new RegExp(expression), reach: 32 };
        runAtOnce(matchSteps(text, matching, ([written], index) => found.push([index, written])));
        assert.deepEqual(
          found,
          Array.from(text.matchAll(expression), ({ 0: written, index }) => [index, written]),
        );
      }),
      { numRuns: 200 },
    );
  });
}
