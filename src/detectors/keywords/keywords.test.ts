import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { boundaryAfter, boundaryBefore } from "./boundary.ts";
import { createFold } from "./fold.ts";
import { createKeywordDetector, type KeywordSettings } from "./index.ts";
import { neverBreathes } from "../../../test/helpers/pace.ts";

function spans(settings: KeywordSettings, text: string): readonly (readonly [number, number])[] {
  const detector = createKeywordDetector("id", settings);
  const detection = detector.detect(
    new AbortController().signal,
    { text, from: 0, to: text.length, ended: true },
    neverBreathes,
  );
  assert.ok(!(detection instanceof Promise) && detection.kind === "scored");
  return detection.findings.map(({ span, category }) => {
    assert.ok(span !== null && category === "keywords/keyword");
    return [span.start, span.end];
  });
}

const whole = (...list: string[]): KeywordSettings => ({ list, caseSensitive: false, wholeWords: true });
const anywhere = (...list: string[]): KeywordSettings => ({ list, caseSensitive: false, wholeWords: false });
const exact = (...list: string[]): KeywordSettings => ({ list, caseSensitive: true, wholeWords: true });

const rows: readonly (readonly [settings: KeywordSettings, text: string, ...found: string[]])[] = [
  [
    whole("acme-internal"),
    "ACME-Internal, acme-internals, xacme-internal acme-internal",
    "ACME-Internal",
    "acme-internal",
  ],
  [whole("plan", "plan b"), "plan b plan bc plan", "plan b", "plan", "plan"],
  [whole("cafe"), "cafe cafe\u0301 caf\u00e9 cafe_ 1cafe (cafe)", "cafe", "cafe"],
  [
    whole("\u043f\u043b\u0430\u043d"),
    "\u041f\u041b\u0410\u041d \u043f\u043b\u0430\u043d\u044b",
    "\u041f\u041b\u0410\u041d",
  ],
  [whole("x"), "\ud83d\ude00x\ud83d\ude00 \ud835\udc00x x\ud835\udc00", "x"],
  [whole("stra\u00dfe"), "STRA\u00dfE STRA\u1e9eE STRASSE", "STRA\u00dfE", "STRA\u1e9eE"],
  [whole("\u03c3\u03b1\u03c2"), "\u03a3\u0391\u03a3 \u03c3\u03b1\u03c3", "\u03a3\u0391\u03a3", "\u03c3\u03b1\u03c3"],
  [whole("kilo"), "\u212aILO", "\u212aILO"],
  [exact("Acme"), "Acme acme ACME", "Acme"],
  [anywhere("\u673a\u5bc6"), "\u8fd9\u662f\u673a\u5bc6\u6587\u4ef6", "\u673a\u5bc6"],
  [anywhere("ana"), "banana", "ana", "ana"],
  [anywhere("a", "ab", "abc"), "abcab", "abc", "ab"],
  [whole("secret", "email"), "SECRET [EMAIL] [EMAIL x] [email] [EMAIL", "SECRET", "EMAIL", "email", "EMAIL"],
  [anywhere("aws", "key"), "[AWS-ACCESS-KEY] aws", "aws"],
  [whole("email"), "[EMAIL:3f2a9c04d1b6] [EMAIL:3f2a9c04d1bg] [EMAIL:3f]", "EMAIL", "EMAIL"],
  [anywhere("email", "x7", "f2"), "<EMAIL_1_x7k2q9> <EMAIL_1_x7k2q> [EMAIL:3f2a9c04d1b6]", "EMAIL", "x7"],
  [anywhere("ssn", "[us"), "<US_SSN_12_x7k2q9> [US-SSN] [us-ssn]", "[us", "ssn"],
  // A word in brackets is not a placeholder unless its kind is ours.
  [anywhere("acme"), "[ACME] <ACME_1_x7k2q9> [ACME:3f2a9c04d1b6]", "ACME", "ACME", "ACME"],
];

for (const [settings, text, ...wanted] of rows) {
  test(`${settings.list.join(",")} in ${text}`, () => {
    assert.deepEqual(
      spans(settings, text).map(([start, end]) => text.slice(start, end)),
      wanted,
    );
  });
}

test("finds what a search at every start would find", () => {
  const letters = fc.constantFrom("a", "b", "B", " ", "-", "\u00e9", "\ud83d\ude00", "\u0301", "_");
  const folds = { exact: createFold(true), loose: createFold(false) };
  const word = fc.string({ unit: letters, minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      fc.boolean(),
      fc.string({ unit: letters, maxLength: 120, size: "max" }),
      (list, caseSensitive, wholeWords, text) => {
        const fold = caseSensitive ? folds.exact : folds.loose;
        const same = (a: string, b: string): boolean =>
          a.length === b.length &&
          [...Array(a.length).keys()].every((at) => fold[a.charCodeAt(at)] === fold[b.charCodeAt(at)]);
        const wanted: [number, number][] = [];
        for (let start = 0; start < text.length; start++) {
          const ends = list
            .map((entry) => start + entry.length)
            .filter((end, n) => end <= text.length && same(text.slice(start, end), list[n] as string))
            .filter((end) => !wholeWords || (boundaryBefore(text, start) && boundaryAfter(text, end)));
          if (ends.length > 0) wanted.push([start, Math.max(...ends)]);
        }
        assert.deepEqual(spans({ list, caseSensitive, wholeWords }, text), wanted);
      },
    ),
    { numRuns: 500 },
  );
});

const held: readonly (readonly [settings: KeywordSettings, text: string, held: string])[] = [
  [whole("acme-internal"), "see acme-int", "acme-int"],
  [whole("acme-internal"), "see xacme-int", ""],
  [whole("acme"), "acme", "acme"],
  [whole("acme"), "acme ", ""],
  [whole("acme"), "acme\ud835", "acme\ud835"],
  [anywhere("acme"), "xacme", ""],
  [anywhere("acme", "acme inc"), "acme", "acme"],
  [anywhere("acme", "acme inc"), "acme in", "acme in"],
  [anywhere("abab"), "ababab", "ab"],
  [whole("a b c", "b"), "a b ", "a b "],
  [whole("email"), "[EMAIL", "EMAIL"],
  [anywhere("email"), "[EMAIL", "EMAIL"],
  [anywhere("email"), "EMAIL", ""],
  [anywhere("email"), "[EMAIL:3f2a9c04d1b6", "EMAIL:3f2a9c04d1b6"],
  [anywhere("email"), "[EMAIL:3f2a9c04d1b61", ""],
  [anywhere("email"), "<EMAIL_1_x7k2q", "EMAIL_1_x7k2q"],
  [anywhere("us"), "<US_SS", "US_SS"],
  [anywhere("acme"), "[ACME", ""],
];

for (const [settings, text, wanted] of held) {
  test(`holds back ${JSON.stringify(wanted)} of ${JSON.stringify(text)}`, () => {
    assert.equal(text.slice(createKeywordDetector("id", settings).settled(text, 0)), wanted);
  });
}

test("20,000 words", () => {
  const list = Array.from({ length: 20_000 }, (_, n) => `word${n.toString(36)}`);
  const text = list.slice(5_000, 5_100).join(" ");
  assert.equal(spans(whole(...list), text).length, 100);
  assert.equal(spans(whole(...list), "word, a word of wordlessness; ".repeat(1_000)).length, 0);
});
