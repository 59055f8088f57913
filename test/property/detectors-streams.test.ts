/** A text judged piece by piece is judged as the whole text is, and nothing is let go that the whole would have masked. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type DetectSpec } from "../../src/domain/policy.ts";
import { piiKinds } from "../../src/domain/pii-kinds.ts";
import { secretKinds } from "../../src/domain/secret-kinds.ts";
import { detect, keywords, mask, personal, pieceSizes, secret, stream, textDetector, texts } from "./detectors.ts";

const numRuns = 3_000;

type Case = { readonly name: string; readonly spec: DetectSpec; readonly whole: readonly string[] };
const cases: readonly Case[] = [
  { name: "personal data, US", spec: { kind: "pii", kinds: [...piiKinds], region: "US" }, whole: personal },
  {
    name: "personal data, GB",
    spec: { kind: "pii", kinds: [...piiKinds], region: "GB" },
    whole: [...personal, "020 7946 0958", "07912 345678", "01632 960 960"],
  },
  { name: "secrets", spec: { kind: "secrets", kinds: [...secretKinds], allow: [] }, whole: secret },
  {
    name: "whole keywords",
    spec: { kind: "keywords", list: keywords, caseSensitive: false, wholeWords: true },
    whole: keywords,
  },
  {
    name: "keywords anywhere",
    spec: { kind: "keywords", list: keywords, caseSensitive: true, wholeWords: false },
    whole: keywords,
  },
];

for (const { name, spec, whole } of cases) {
  const detector = textDetector(spec);

  test(`${name}: a stream gives the findings of the whole, and what is let go is a beginning of the masked whole`, () => {
    let found = 0;
    fc.assert(
      fc.property(texts(whole), pieceSizes, (text, sizes) => {
        const wanted = detect(detector, text);
        const masked = mask(text, wanted);
        let last: unknown;
        for (const { done, findings } of stream(detector, text, sizes)) {
          const released = mask(text, findings, done);
          assert.equal(masked.slice(0, released.length), released);
          last = findings;
        }
        assert.deepEqual(last, wanted);
        found += wanted.length;
      }),
      { numRuns },
    );
    assert.ok(found > numRuns / 2, `the texts hold findings: ${found}`);
  });

  test(`${name}: what stands before the settled offset is the same whatever follows`, () => {
    fc.assert(
      fc.property(texts(whole), fc.nat(), texts(whole), (text, at, other) => {
        const cut = at % (text.length + 1);
        const seen = text.slice(0, cut);
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
      fc.property(texts(whole), (text) => {
        for (const finding of detect(detector, text)) {
          const { start, end } = finding.span ?? assert.fail("a text finding has a span");
          assert.ok(start < end && end - start <= longestSpan && end <= text.length);
          const from = Math.max(0, start - leftContext);
          const near = text.slice(from, start + longestSpan + rightContext);
          assert.deepEqual(
            detect(detector, near, start - from, start - from + 1).find(({ category }) => category === finding.category)
              ?.span,
            { start: start - from, end: end - from },
          );
        }
      }),
      { numRuns: Math.ceil(numRuns / 3) },
    );
  });
}

test("the property fails for a detector that lets go too early", () => {
  const sound = textDetector({ kind: "pii", kinds: ["card"], region: "US" });
  const hasty = {
    ...sound,
    settled: (text: string, from: number) => Math.max(from, sound.settled(text, from), text.length - 3),
  };
  const text = "card 4111 1111 1111 1111 end";
  const judged = (detector: typeof sound): unknown => [...stream(detector, text, [4])].at(-1)?.findings;
  assert.deepEqual(judged(sound), detect(sound, text));
  assert.notDeepEqual(judged(hasty), detect(sound, text));
});
