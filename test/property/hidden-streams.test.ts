/** Hidden text is found alike whole and piece by piece, by every kind alone and by all together. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type DetectSpec, hiddenKinds } from "../../src/domain/policy.ts";
import { detect, pieceSizes, stream, textDetector } from "./detectors.ts";
import { pieces, texts } from "./hidden-texts.ts";

const numRuns = 500;
const specs: readonly DetectSpec[] = [
  ...hiddenKinds.map((kind): DetectSpec => ({ kind: "hidden", kinds: [kind] })),
  { kind: "hidden", kinds: hiddenKinds },
];

for (const spec of specs) {
  assert.ok(spec.kind === "hidden");
  const name = spec.kinds.length === 1 ? spec.kinds[0] : "all";
  const detector = textDetector(spec);

  test(`${name}: a stream gives the findings of the whole`, () => {
    let found = 0;
    fc.assert(
      fc.property(texts, pieceSizes, (text, sizes) => {
        const wanted = detect(detector, text);
        let last: unknown;
        for (const { findings } of stream(detector, text, sizes)) last = findings;
        assert.deepEqual(last, wanted);
        found += wanted.length;
      }),
      { numRuns },
    );
    assert.ok(found > numRuns / 10, `the texts hold findings: ${found}`);
  });

  test(`${name}: what stands before the settled offset is the same whatever follows`, () => {
    fc.assert(
      fc.property(texts, fc.nat(), texts, (text, at, other) => {
        const seen = text.slice(0, at % (text.length + 1));
        const settled = detector.settled(seen, 0);
        const decided = detect(detector, seen, 0, settled, false);
        assert.deepEqual(detect(detector, text, 0, settled), decided);
        assert.deepEqual(detect(detector, seen + other, 0, settled), decided);
      }),
      { numRuns },
    );
  });

  test(`${name}: spans and contexts stay within the declared reach`, () => {
    const { longestSpan, leftContext, rightContext } = detector.reach;
    fc.assert(
      fc.property(texts, (text) => {
        for (const finding of detect(detector, text)) {
          const { start, end } = finding.span ?? assert.fail("a text finding has a span");
          assert.ok(start < end && end - start <= longestSpan && end <= text.length);
          const from = Math.max(0, start - leftContext);
          const near = text.slice(from, start + longestSpan + rightContext);
          const again = detect(detector, near, start - from, start - from + 1);
          assert.ok(again.some((it) => it.category === finding.category && it.span?.end === end - from));
        }
      }),
      { numRuns },
    );
  });
}

const all = textDetector({ kind: "hidden", kinds: hiddenKinds });

test("a stream holds back no more than the longest finding", () => {
  const held = (text: string): number => text.length - all.settled(text, 0);
  fc.assert(
    fc.property(texts, fc.nat(), (text, at) => assert.ok(held(text.slice(0, at % (text.length + 1))) <= 128)),
    { numRuns: 4 * numRuns },
  );
  for (const unit of pieces) assert.ok(held(unit.repeat(200)) <= 128, unit);
});

for (const unit of [
  ...pieces,
  "a ",
  "a.",
  "aB3x",
  "%25",
  "&#",
  "&#00",
  "\\u",
  "\u0430a",
  "\uff41 ",
  "\uff41",
  "longwo\uff41",
  "48 ",
  "\u2800",
]) {
  test(`a long text of ${JSON.stringify(unit.slice(0, 20))} is judged alike whole and in pieces`, () => {
    const text = unit.repeat(Math.ceil(16_384 / unit.length));
    const wanted = detect(all, text);
    let last: unknown;
    for (const { findings } of stream(all, text, [1_000])) last = findings;
    assert.deepEqual(last, wanted);
  });
}
