// Claims in the evidence's own words with one thing turned: what the guard finds of each kind.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Evidence } from "../../src/detectors/groundedness/evidence.ts";
import { readReply } from "../../src/detectors/groundedness/reading.ts";
import { probabilityOf } from "../../src/detectors/groundedness/score.ts";
import { defaultGroundednessThreshold } from "../../src/policy/source/detect-source.ts";
import { runAtOnce } from "../../src/stdx/paced.ts";
import { turnedKinds, turnedPairs } from "./groundedness-turned-pairs.ts";

function isFound(evidence: string, reply: string): boolean {
  const units = readReply(reply, runAtOnce(Evidence.of([evidence])) ?? assert.fail());
  return units.some((unit) => unit.kind === "claim" && probabilityOf(unit.measured) >= defaultGroundednessThreshold);
}

const pairs = turnedPairs(24);
for (const kind of turnedKinds) {
  test(`turned in the evidence's own words: ${kind}`, () => {
    const some = pairs.filter((pair) => pair.kind === kind);
    assert.ok(some.length >= 30, `${some.length}`);
    const missed = some.filter(({ evidence, wrong }) => !isFound(evidence, wrong));
    const falls = some.filter(({ evidence, right }) => isFound(evidence, right));
    assert.ok(missed.length <= 0.05 * some.length, `missed ${missed.length} of ${some.length}: ${missed[0]?.wrong}`);
    assert.ok(falls.length <= 0.02 * some.length, `found ${falls.length} of ${some.length}: ${falls[0]?.right}`);
  });
}
