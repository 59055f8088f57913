/** Drawn secrets of every kind in prose: judged piece by piece as the whole is, and nothing of one is let go before it is known. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { secretKinds } from "../../src/domain/secret-kinds.ts";
import { pick, sampleOf, seeded } from "../helpers/secret-samples.ts";
import { detect, mask, stream, textDetector } from "./detectors.ts";

const detector = textDetector({ kind: "secrets", kinds: [...secretKinds], allow: [] });
const prose = [
  "The key",
  "of the matter",
  "is here:",
  "token",
  "and so on.",
  "password",
  "42",
  "\n",
  "https://host/a",
  "\u65e5\u672c",
];
const rounds = 4;

for (const kind of secretKinds) {
  test(`${kind}: a stream gives the findings of the whole`, () => {
    const random = seeded(kind.length);
    for (let round = 0; round < rounds; round++) {
      const words = (): string => Array.from({ length: 3 }, () => pick(random, prose)).join(" ");
      const samples = [sampleOf(kind, random), sampleOf(pick(random, secretKinds), random)];
      const text =
        samples.map(({ before, secret, after }) => `${words()} ${before}${secret}${after} `).join("") + words();
      const wanted = detect(detector, text);
      assert.ok(wanted.length > 0);
      const masked = mask(text, wanted);
      let last: unknown;
      for (const { done, findings } of stream(detector, text, [1 + Math.floor(random() * 12), 1, 3])) {
        const released = mask(text, findings, done);
        assert.equal(masked.slice(0, released.length), released);
        last = findings;
      }
      assert.deepEqual(last, wanted);
    }
  });
}
