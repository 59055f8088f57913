/** Masking what was found, and judging the result again, finds nothing in or across a placeholder. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type DetectSpec } from "../../src/domain/policy.ts";
import { piiKinds } from "../../src/domain/pii-kinds.ts";
import { secretKinds } from "../../src/domain/secret-kinds.ts";
import { detect, keywords, mask, personal, secret, textDetector, texts } from "./detectors.ts";
import { placeholders } from "../../src/detectors/placeholder.ts";

const specs: readonly (DetectSpec & { readonly whole: readonly string[] })[] = [
  { kind: "pii", kinds: [...piiKinds], region: "US", whole: personal },
  { kind: "pii", kinds: [...piiKinds], region: "FR", whole: personal },
  { kind: "secrets", kinds: [...secretKinds], allow: [], whole: secret },
  {
    kind: "keywords",
    list: [...keywords, "card", "Private-Key", "us", "ssn"],
    caseSensitive: false,
    wholeWords: true,
    whole: keywords,
  },
  {
    kind: "keywords",
    list: ["card", "private", "e", "us-ssn"],
    caseSensitive: false,
    wholeWords: false,
    whole: keywords,
  },
];

for (const { whole, ...spec } of specs) {
  const detector = textDetector(spec);

  test(`${detector.id}: no finding touches a placeholder`, () => {
    const alone = new RegExp(placeholders.map((text) => text.replace(/[[\]]/g, "\\$&")).join("|"), "g");
    fc.assert(
      fc.property(texts([...whole, ...placeholders]), (text) => {
        const masked = mask(text, detect(detector, text));
        const own = [...masked.matchAll(alone)].map((match) => ({
          start: match.index,
          end: match.index + match[0].length,
        }));
        for (const { span } of detect(detector, masked)) {
          assert.ok(span !== null && own.every(({ start, end }) => span.end <= start || span.start >= end));
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test(`${detector.id}: masking twice is masking once, where matches stand apart`, () => {
    const apart = fc.array(
      fc.oneof(fc.constantFrom(...whole), fc.constantFrom("is", "the", "total", ...placeholders)),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(apart, fc.constantFrom(" ; ", "\n", ", ", " / "), (parts, separator) => {
        const once = mask(parts.join(separator), detect(detector, parts.join(separator)));
        assert.equal(mask(once, detect(detector, once)), once);
      }),
      { numRuns: 3_000 },
    );
  });
}
