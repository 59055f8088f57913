import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { uncheckedReason } from "./checkable.ts";
import { claimUnitsMax, codeUnitsMax, settledUnits, unitEnd } from "./claims.ts";
import { tokensOf } from "./tokens.ts";

function cut(text: string): string[] {
  const units: string[] = [];
  for (let from = 0; from < text.length; ) {
    const { end } = unitEnd(text, from, true) ?? assert.fail("a text that has ended is decided");
    units.push(text.slice(from, end));
    from = end;
  }
  return units;
}
const units = (text: string): string[] => cut(text).flatMap((unit) => (unit.trim() === "" ? [] : [unit.trim()]));

const cuts: readonly (readonly [name: string, text: string, units: readonly string[]])[] = [
  ["sentences", "It rained. We left! Why? Because.", ["It rained.", "We left!", "Why?", "Because."]],
  ["titles and initials", "Dr. J. Smith met Mr. Brown. He left.", ["Dr. J. Smith met Mr. Brown.", "He left."]],
  [
    "abbreviations",
    "Fruit, e.g. apples, is sold, i.e. given. Yes.",
    ["Fruit, e.g. apples, is sold, i.e. given.", "Yes."],
  ],
  ["German", "Am 3. Mai kam z.B. Herr Weiß. Dann ging er.", ["Am 3. Mai kam z.B. Herr Weiß.", "Dann ging er."]],
  ["decimals", "It cost 3.50 euros. Then 1,200.75.", ["It cost 3.50 euros.", "Then 1,200.75."]],
  ["quotes", 'He said "No." Then he left.', ['He said "No."', "Then he left."]],
  ["a list", "Facts:\n- one dog\n- two cats\n1. a third", ["Facts:", "- one dog", "- two cats", "1. a third"]],
  ["a wrapped line", "The river is\nlong and wide.", ["The river is\nlong and wide."]],
  ["a table", "| a | b |\n|---|---|\n| Rome | 3 |", ["| a | b |", "|---|---|", "| Rome | 3 |"]],
  ["code", "See:\n```js\nlet a = 1. Now\n```\nIt works.", ["See:", "```js\nlet a = 1. Now\n```", "It works."]],
  ["no spaces", "雨が降った。帰った。", ["雨が降った。", "帰った。"]],
];
for (const [name, text, wanted] of cuts) test(`cuts ${name}`, () => assert.deepEqual(units(text), wanted));

test("a unit is never longer than its bound", () => {
  for (const text of ["a".repeat(5_000), "a b ".repeat(2_000), "\ud83d\ude00".repeat(2_000)]) {
    for (const unit of cut(text)) assert.ok(unit.trimStart().length <= claimUnitsMax && unit.isWellFormed());
  }
  for (const unit of cut(`\`\`\`\n${"x = 1\n".repeat(3_000)}`)) assert.ok(unit.length <= codeUnitsMax);
});

const morsels = [
  "It rained",
  ". ",
  ".",
  "! ",
  "? ",
  "\n",
  " ",
  "Dr. ",
  "3. ",
  "Mai ",
  "```",
  "`",
  '" ',
  "e.g. ",
  "。",
  "A",
  "x".repeat(300),
  "\r\n",
  "- ",
  "|",
  "\ud83d\ude00",
  "No. ",
  "no.",
  "7",
  "in 2019",
  " J",
  "U.S. ",
  "Now ",
  "p.m.",
  ")",
  "...",
];
test("where a unit ends does not depend on what is known of the text behind it", () => {
  const texts = fc.array(fc.constantFrom(...morsels), { maxLength: 60 }).map((list) => list.join(""));
  fc.assert(
    fc.property(texts, fc.nat(), (text, at) => {
      const known = text.slice(0, at % (text.length + 1));
      for (let from = 0; ; ) {
        const early = unitEnd(known, from, false);
        if (early === null) break;
        assert.deepEqual(early, unitEnd(text, from, true));
        assert.ok(early.end > from);
        from = early.end;
      }
    }),
    { numRuns: 500 },
  );
});

test("wherever a stream was cut, and whatever spaces were let go with what stands before them, the units are the same", () => {
  const texts = fc
    .array(fc.constantFrom(...morsels, "   ", " ".repeat(700)), { maxLength: 60 })
    .map((list) => list.join(""));
  fc.assert(
    fc.property(texts, fc.nat(), (text, at) => {
      const known = text.slice(0, at % (text.length + 1));
      const settled = settledUnits(known, 0);
      const rest = cut(text.slice(settled)).map((unit) => unit.trim());
      const before = cut(text.slice(0, settled)).map((unit) => unit.trim());
      assert.deepEqual(
        [...before, ...rest].filter((unit) => unit !== ""),
        units(text),
      );
    }),
    { numRuns: 500 },
  );
});
test("a token that ends with a space goes with the sentence that it ends", () => {
  assert.equal(settledUnits("It rained. ", 0), 11);
  assert.equal(settledUnits("It rained. We", 0), 11);
  assert.equal(settledUnits("It rained.", 0), 0);
});

const decided: readonly (readonly [text: string, isOver: boolean])[] = [
  ["It rained.", false],
  ["It rained. ", true],
  ["It rained.\n", true],
  ["It rained.)", false],
  ["It rained.) ", true],
  ["What? ", true],
  ["It cost 950. I", false],
  ["It cost 950. It ", true],
  ["It was 1950. ", true],
  ["at 3 p.m. ", false],
];
for (const [text, isOver] of decided)
  test(`a sentence is over as soon as nothing that follows can change it: ${JSON.stringify(text)}`, () =>
    assert.equal(unitEnd(text, 0, false) !== null, isOver));

const reasons: readonly (readonly [text: string, reason: string | null])[] = [
  ["What is the capital of France?", "question"],
  ["Sure, happy to help!", "greeting"],
  ["Happy to help!", "greeting"],
  ["Sure, it opened in 1937.", null],
  ["I can help you with that.", "first-person"],
  ["Here are the results of the search:", "first-person"],
  ["## Summary of the year", "heading"],
  ["Note that you should ask a doctor.", "instruction"],
  ["Perhaps it will rain.", "opinion"],
  ["And so it is.", "no-content"],
  ["const total = sum(a, b);", "code"],
  ["https://example.com/a", "link"],
  ["Paris is the capital of France.", null],
  ["We propose a model of visual concepts.", null],
  ["- 40 % of the visitors came by train", null],
];
for (const [text, reason] of reasons)
  test(`${reason ?? "a claim"}: ${text}`, () => assert.equal(uncheckedReason(text, tokensOf(text)), reason));
