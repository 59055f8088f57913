/** Every kind: found wherever it is written as it is written, and not where it is nearly so. */
import assert from "node:assert/strict";
import { RegExpParser } from "@eslint-community/regexpp";
import { test } from "node:test";
import type { Finding } from "../../domain/detector.ts";
import { defaultSecretKinds, type SecretKind, secretKinds } from "../../domain/secret-kinds.ts";
import { pick, sampleOf, sampleOfFormat, seeded, tables } from "../../../test/helpers/secret-samples.ts";
import { measure } from "../pattern/measure.ts";
import { reviewed } from "../pattern/pattern.ts";
import { createSecretsDetector } from "./index.ts";
import { neverBreathes } from "../../../test/helpers/pace.ts";

const all = createSecretsDetector("id", secretKinds);
const samples = 40;

function detect(text: string, by = all): readonly Finding[] {
  const detection = by.detect(
    new AbortController().signal,
    { text, from: 0, to: text.length, ended: true },
    neverBreathes,
  );
  assert.ok(!(detection instanceof Promise) && detection.kind === "scored");
  return detection.findings;
}

const ofKind = (findings: readonly Finding[], kind: SecretKind): readonly Finding[] =>
  findings.filter(({ category }) => category === `secrets/${kind}`);

test("more than a hundred providers, each kind once", () => {
  assert.ok(Object.keys(tables).length >= 200);
  assert.equal(new Set(secretKinds).size, secretKinds.length);
  for (const kind of defaultSecretKinds) assert.ok(secretKinds.includes(kind));
});

for (const kind of secretKinds) {
  test(`${kind} is found among all kinds, from its first character to its last`, () => {
    const random = seeded(1);
    let found = 0;
    for (let n = 0; n < samples; n++) {
      const { before, secret, after } = sampleOf(kind, random);
      const end = before.length + secret.length;
      const own = ofKind(detect(before + secret + after), kind);
      if (own.some(({ span }) => span?.start === before.length && span.end >= end)) found++;
    }
    assert.ok(found >= samples * 0.95, `${found} of ${samples}`);
  });
}

for (const [kind, formats = []] of Object.entries(tables) as [SecretKind, (typeof tables)[SecretKind]][]) {
  const alone = createSecretsDetector("id", [kind]);
  for (const [n, format] of formats.entries()) {
    test(`${kind}, format ${n}: nearly so is not so`, () => {
      const random = seeded(n + 2);
      for (let round = 0; round < samples; round++) {
        const { before, secret, after } = sampleOfFormat(format, random);
        const text = (changed: string, how: string): void =>
          assert.deepEqual(ofKind(detect(changed, alone), kind), [], `${how}: ${changed.slice(0, 60)}`);
        if (format.how === "named") {
          text(`the value is ${secret}${after}`, "no name");
          text(`${before.replace(/[A-Za-z]{2,}/g, "label")}${secret}${after}`, "other names");
          continue;
        }
        const min = shortest(format.pattern);
        text(`${before}${secret.slice(0, min - 1)} `, "one short");
        const { beginnings } = reviewed(format.pattern, format.flags);
        const begin = beginnings?.find((literal) => secret.toLowerCase().startsWith(literal));
        if (begin === undefined) continue;
        const at = Math.floor(random() * Math.min(3, begin.length));
        text(
          `${before}${secret.slice(0, at)}${pick(random, ["%", "\u00e9", " "])}${secret.slice(at + 1, min)} `,
          "begins otherwise",
        );
      }
    });
  }
}

/** The length that a token has at least. */
function shortest(pattern: string): number {
  return measure(new RegExpParser({ ecmaVersion: 2025 }).parsePattern(pattern, undefined, undefined, {})).width.min;
}
