import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { detect, pieceSizes, stream } from "../../../test/property/detectors.ts";
import { createCanaryDetector } from "./index.ts";

const tokens = ["kestrel-7Q2-amber", "KESTREL-7q2-amber-ii", "~~>>::<<~~", "Stra\u00dfenkreuz", "aaaaaaaab"];
const detector = createCanaryDetector("id", { tokens });

const found = (text: string): readonly string[] =>
  detect(detector, text).map(({ span, category }) => {
    assert.ok(span !== null && category === "canary/token");
    return text.slice(span.start, span.end);
  });

const rows: readonly (readonly [text: string, ...wanted: string[]])[] = [
  ["The code is kestrel-7Q2-amber.", "kestrel-7Q2-amber"],
  ["KESTREL 7q2 AMBER and kestrel7q2amber", "KESTREL 7q2 AMBER", "kestrel7q2amber"],
  ["k e s t r e l - 7 . Q . 2 - a m b e r !", "k e s t r e l - 7 . Q . 2 - a m b e r"],
  ["kestrel\n7\u200bQ\u200b2\namber", "kestrel\n7\u200bQ\u200b2\namber"],
  ["xkestrel7q2amberx", "kestrel7q2amber"],
  ["kestrel-7Q2-amber-ii", "kestrel-7Q2-amber-ii"],
  ["kestrel-7Q2-amber-i", "kestrel-7Q2-amber"],
  ["rebma-2Q7-lertsek", "rebma-2Q7-lertsek"],
  ["~~>>::<<~~ ~~>> ::<<~~", "~~>>::<<~~"],
  ["STRASSENKREUZ stra\u00dfen-kreuz", "STRASSENKREUZ", "stra\u00dfen-kreuz"],
  ["\uff4bestrel\uff0d7Q2\u00e1mber", "\uff4bestrel\uff0d7Q2\u00e1mber"],
  ["aaaaaaaaaaaab", "aaaaaaaab"],
  ["baaaaaaaa", "baaaaaaaa"],
  // Near misses.
  ["kestrel-7Q3-amber"],
  ["kestrel-Q27-amber"],
  ["kestrel 7Q2 or amber"],
  [`kestrel-7Q2${".".repeat(33)}amber`],
  ["kestrel-7Q2-ambe"],
  ["~~>>::<<~"],
  [""],
];

for (const [text, ...wanted] of rows)
  test(`${JSON.stringify(text.slice(0, 60))}`, () => assert.deepEqual(found(text), wanted));

const held: readonly (readonly [text: string, held: string])[] = [
  ["the code is kest", "kest"],
  ["the code is Kestrel 7 Q2 amber", "Kestrel 7 Q2 amber"],
  ["the code is kestrel 7q2 amber. 7", ""],
  ["then ~~>>", "~~>>"],
  ["prose", ""],
  ["aaaaaaaaaaaa", "aaaaaaaa"],
  ["x\ud835", "\ud835"],
];

for (const [text, wanted] of held) {
  test(`holds back ${JSON.stringify(wanted)} of ${JSON.stringify(text)}`, () =>
    assert.equal(text.slice(detector.settled(text, 0)), wanted));
}

const parts = fc.oneof(
  fc
    .tuple(fc.constantFrom(...tokens), fc.nat(20), fc.nat(20), fc.constantFrom("", " ", "--"))
    .map(([token, from, length, between]) => [...token.slice(from, from + length)].join(between)),
  fc.constantFrom(...tokens, " ", "a", "aaaaaaaa", "kest", ".".repeat(33), "\u00df", "\ud835", "\udc1a", "e\u0301"),
);
const texts = fc.array(parts, { maxLength: 12, size: "max" }).map((list) => list.join(""));

test("cut anywhere, the same is found", () => {
  let count = 0;
  fc.assert(
    fc.property(texts, pieceSizes, (text, sizes) => {
      const wanted = detect(detector, text);
      let last: unknown;
      for (const { findings } of stream(detector, text, sizes)) last = findings;
      assert.deepEqual(last, wanted);
      count += wanted.length;
    }),
    { numRuns: 2_000 },
  );
  assert.ok(count > 1_000, `the texts hold tokens: ${count}`);
});

test("texts that begin tokens everywhere are finished with", () => {
  const many = createCanaryDetector("id", {
    tokens: Array.from({ length: 100 }, (_, n) => `${"a".repeat(255 - n)}b`),
  });
  for (const unit of ["a", "a ", "ab", "~~>>", "kestrel-7Q2-"]) {
    const text = unit.repeat(16_384 / unit.length);
    let last: unknown;
    for (const { findings } of stream(many, text, [64, 4])) last = findings;
    assert.deepEqual(last, detect(many, text));
  }
});
