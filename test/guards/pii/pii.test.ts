// Each kind finds its valid numbers, as people and programs write them, and lets near misses go. The tables beside this file
// hold numbers that registers and standards print as examples; what is done to them here, no number survives.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createPiiDetector } from "../../../src/detectors/pii/index.ts";
import { idTables } from "../../../src/detectors/pii/kinds.ts";
import type { Finding, TextDetector } from "../../../src/domain/detector.ts";
import { defaultPiiKinds, optInPiiKinds, type PiiKind, piiKinds } from "../../../src/domain/pii-kinds.ts";
import { vectorKinds, vectors } from "./vectors.ts";
import { neverBreathes } from "../../helpers/pace.ts";

const signal = new AbortController().signal;
const leastOfEach = 8;

function findings(detector: TextDetector, text: string): readonly Finding[] {
  const detection = detector.detect(signal, { text, from: 0, to: text.length, ended: true }, neverBreathes);
  assert.ok(!(detection instanceof Promise) && detection.kind === "scored");
  return detection.findings;
}

const spansOf = (detector: TextDetector, text: string): readonly string[] =>
  findings(detector, text).map(({ span }) => text.slice(span?.start, span?.end));

/** Ways to write a number: all keep it what it is. */
const settings: readonly ((word: string, number: string) => string)[] = [
  (word, number) => `${word}: ${number}`,
  (word, number) => `My ${word} is ${number}.`,
  (word, number) => `{"${word}": "${number}", "n": 1}`,
  (word, number) => `${word}=${number}\nnext`,
  (word, number) => `id,${word},${number},42`,
  (word, number) => `${word.toUpperCase()} (${number})`,
  (word, number) => `\u2022 ${word}\u00a0\u2013 ${number}; thanks`,
  (word, number) => `The ${word}, as agreed:\n\t${number}\n`,
];

/** Not within these, however near a word stands. */
const spoiled: readonly ((word: string, number: string) => string)[] = [
  (word, number) => `${word}: zzqzz${number}`,
  (word, number) => `${word}: ${number}zzqzz9`,
  (word, number) => `${word}: _${number}`,
  (word, number) => `${word}: ${number}_1`,
  (word, number) => `${word}: \u00e9${number}`,
  (word, number) => `${word}: ${number}\u0436`,
  (word, number) => `${word}: ${number}-zzq`,
];
const ownEdges: ReadonlySet<PiiKind> = new Set(["email", "phone", "card", "iban"]);

test("every kind has vectors, and a table or a finder of its own", () => {
  assert.deepEqual([...vectorKinds].sort(), [...piiKinds].sort());
  const listed = idTables.flat().map(({ kind }) => kind);
  assert.equal(new Set(listed).size, listed.length);
  assert.deepEqual([...new Set([...listed, ...ownEdges])].sort(), [...piiKinds].sort());
  assert.equal(defaultPiiKinds.length + optInPiiKinds.length, new Set(piiKinds).size);
});

for (const kind of vectorKinds) {
  const { word, valid, wrong } = vectors[kind] ?? assert.fail();
  const detector = createPiiDetector("id", [kind], "US");
  const table = idTables.flat().find((each) => each.kind === kind);

  describe(kind, () => {
    test("finds what is valid", () => {
      let tried = 0;
      for (const number of valid) {
        for (const setting of settings) {
          const text = setting(word, number);
          assert.ok(spansOf(detector, text).includes(number), `${number} in ${JSON.stringify(text)}`);
          tried++;
        }
      }
      assert.ok(tried >= leastOfEach);
    });

    test("lets near misses go", () => {
      for (const number of wrong) assert.deepEqual(spansOf(detector, `${word}: ${number}`), [], number);
      if (ownEdges.has(kind)) return;
      for (const number of valid) {
        for (const spoil of spoiled)
          assert.ok(!spansOf(detector, spoil(word, number)).includes(number), spoil(word, number));
      }
      assert.ok(wrong.length + valid.length * spoiled.length >= leastOfEach);
    });

    if (table !== undefined && table.alone === undefined && !ownEdges.has(kind)) {
      test("finds nothing without a word, nor with one too far away, nor behind a placeholder", () => {
        for (const number of valid) {
          for (const text of [
            number,
            `total ${number}`,
            `${word}: none${" .".repeat(40)} ${number}`,
            `${word} [${kind.toUpperCase()}] ${number}`,
          ]) {
            assert.deepEqual(spansOf(detector, text), [], JSON.stringify(text));
          }
        }
      });
    }
  });
}

test("a word raises the score, and a checksum more than a form", () => {
  const score = (kind: PiiKind, text: string): number | undefined =>
    findings(createPiiDetector("id", [kind], "US"), text)[0]?.score;
  assert.equal(score("br-cpf", "CPF 390.533.447-05"), 1);
  assert.equal(score("br-cpf", "see 390.533.447-05"), 0.9);
  assert.equal(score("gb-nino", "National Insurance AB123456C"), 0.8);
  assert.equal(score("gb-nino", "see AB123456C"), 0.6);
  assert.equal(score("kr-rrn", "see 850101-1234564"), 0.6);
});

test("digits of other scripts and other dashes count", () => {
  const cpf = createPiiDetector("id", ["br-cpf"], "US");
  const wide = "\uff13\uff19\uff10.\uff15\uff13\uff13.\uff14\uff14\uff17\u2011\uff10\uff15";
  assert.deepEqual(spansOf(cpf, `is ${wide}.`), [wide]);
  const arabic = "\u0662\u0663\u0664\u0661\u00a0\u0662\u0663\u0664\u0661\u00a0\u0662\u0663\u0664\u0666";
  assert.deepEqual(spansOf(createPiiDetector("id", ["in-aadhaar"], "US"), arabic), [arabic]);
});
