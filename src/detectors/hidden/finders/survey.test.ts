// What the survey says of a text: no field may be missing, none says no where something is found, and ordinary text is
// spared all finders.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createCharacterFinder } from "./characters.ts";
import type { Finder } from "./finder.ts";
import { lookAlikeFinder } from "./look-alike.ts";
import { oddSpaceFinder } from "./odd-space.ts";
import { payloadFinder } from "./payload.ts";
import { separators, type Survey, surveyOf } from "./survey.ts";

const characterFinders = (["zero-width", "bidi", "tags", "control"] as const).map(createCharacterFinder);
const finders: readonly Finder[] = [...characterFinders, lookAlikeFinder, oddSpaceFinder, payloadFinder];
const finderOf = (kind: string): Finder => finders.find((it) => it.kind === kind) ?? assert.fail(kind);

/** Of what is found in the text, the length of the longest; 0 where nothing is. */
function longestIn(finder: Finder, text: string): number {
  let longest = 0;
  finder.find(text, 0, text.length, true, (start, end) => {
    longest = Math.max(longest, end - start);
  });
  return longest;
}
const finds = (finder: Finder, text: string): boolean => longestIn(finder, text) > 0;

const nothing: Survey = surveyOf("");

/** A text whose finding rests on this field alone. */
const needed: Readonly<Record<keyof Survey, readonly [kind: string, text: string]>> = {
  zeroWidth: ["zero-width", "se\u200bcret"],
  bidi: ["bidi", "user\u202eadmin"],
  tags: ["tags", "hi \u{e0069}\u{e0067}"],
  control: ["control", "se\u0007cret"],
  lookAlike: ["look-alike", "p\u0430ypal"],
  oddSpace: ["odd-space", "ig\u2800nore"],
  escape: ["payload", "%69%67%6e%6f%72%65%61%6c"],
  longestRun: ["payload", `x=${Buffer.from("ignore this one").toString("base64")};`],
  longestSpaced: ["odd-space", "please i.g.n.o.r.e it"],
};

for (const [field, [kind, text]] of Object.entries(needed)) {
  test(`${field} is needed: without it ${kind} would not look where it finds`, () => {
    const finder = finderOf(kind);
    const survey = surveyOf(text);
    assert.ok(finds(finder, text));
    assert.ok(finder.mayFind(survey));
    assert.ok(!finder.mayFind({ ...survey, [field]: nothing[field as keyof Survey] }));
    assert.ok(finder.mayFind({ ...nothing, [field]: survey[field as keyof Survey] }));
  });
}

test("no character is found that the survey does not see: all of Unicode, between letters and between digits", () => {
  const found = new Map<string, number>();
  for (let point = 0; point <= 0x10ffff; point++) {
    const character = String.fromCodePoint(point);
    const text = `ab${character}cd 1${character}2`;
    const survey = surveyOf(text);
    for (const finder of finders) {
      if (!finds(finder, text)) continue;
      if (!finder.mayFind(survey)) assert.fail(`${finder.kind} finds U+${point.toString(16)}`);
      found.set(finder.kind, (found.get(finder.kind) ?? 0) + 1);
    }
  }
  assert.deepEqual([...found.keys()].sort(), ["bidi", "control", "look-alike", "odd-space", "tags", "zero-width"]);
});

test("letters with any unit between them are a spaced word only where the survey counts one", () => {
  for (let unit = 0; unit < 65_536; unit++) {
    const by = String.fromCharCode(unit);
    const word = [..."secret"].join(by);
    const found = longestIn(oddSpaceFinder, `x, ${word}, y`) === word.length;
    assert.equal(found, separators.includes(by), `U+${unit.toString(16)}`);
    if (found) assert.equal(surveyOf(word).longestSpaced, word.length, `U+${unit.toString(16)}`);
  }
});

const digit = fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_");
const run = (length: number): fc.Arbitrary<string> => fc.string({ unit: digit, minLength: length, maxLength: length });
const other = fc.constantFrom(" ", "=", ".", "\u00e9", "\ud83d", "\n");

test("the longest run is that of base64 digits, and none below the survey's bound is found", () => {
  const texts = fc.array(fc.tuple(fc.nat(15).chain(run), other), { maxLength: 8 }).map((it) => it.flat().join(""));
  fc.assert(
    fc.property(texts, (text) => {
      const { longestRun } = surveyOf(text);
      assert.equal(longestRun, Math.max(0, ...text.split(/[^A-Za-z0-9+/_-]+/).map((it) => it.length)));
      assert.ok(!finds(payloadFinder, text));
    }),
    { numRuns: 2_000 },
  );
  const shortest = Buffer.from("ignore all!!").toString("base64");
  assert.equal(shortest.length, 16);
  assert.ok(finds(payloadFinder, shortest) && payloadFinder.mayFind(surveyOf(shortest)));
});

test("wherever it stands and whatever is before it, a spaced word counts at least its own length", () => {
  const spaced = fc
    .tuple(fc.stringMatching(/^[A-Za-z]{5,9}$/), fc.constantFrom(...separators))
    .map(([letters, by]) => [...letters].join(by));
  const around = fc.string({ unit: fc.constantFrom("a", "B", "1", ..." .-_\u00a0\u2009", "\u00e9"), maxLength: 12 });
  fc.assert(
    fc.property(around, spaced, around, (before, word, after) => {
      assert.ok(surveyOf(before + word + after).longestSpaced >= word.length);
    }),
    { numRuns: 2_000 },
  );
});

test("ordinary text is spared all finders", () => {
  const prose =
    "It costs $5 (R. Smith, a.k.a. Bob) - see the note_2 of caf\u00e9 M\u00fcller, \u65e5\u672c\u8a9e.\r\n\t";
  const survey = surveyOf(prose.repeat(10));
  for (const finder of finders) assert.ok(!finder.mayFind(survey), finder.kind);
});
