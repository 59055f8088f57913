// Each figure against the plainest way to count it, on any rows: ties, unknowns, one label alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { aucInterval } from "./intervals.ts";
import {
  auc,
  averagePrecision,
  balancedAccuracy,
  confusionOf,
  type Judged,
  recallAtRate,
  scoredOf,
} from "./metrics.ts";

// Few scores, so that there are ties.
const row = fc
  .tuple(fc.constantFrom(0, 1), fc.option(fc.integer({ min: 0, max: 8 })))
  .map(([label, eighth]): Judged => {
    const score = eighth === null ? null : eighth / 8;
    return { label: label === 1 ? 1 : 0, score, flagged: score !== null && score >= 0.5 };
  });
const rows = fc.array(row, { maxLength: 40 });
const close = (a: number | null, b: number | null): void =>
  assert.ok(a === b || (a !== null && b !== null && Math.abs(a - b) < 1e-9), `${a} is not ${b}`);
const thresholds = [...Array.from({ length: 9 }, (_, eighth) => eighth / 8), 2];

test("AUC is the share of pairs in the right order, and lies in its interval", () => {
  fc.assert(
    fc.property(rows, (all) => {
      const scored = scoredOf(all);
      const pairs = scored
        .filter(({ label }) => label === 1)
        .flatMap((one) => scored.filter(({ label }) => label === 0).map((zero) => one.score - zero.score));
      const right = pairs.reduce((sum, ahead) => sum + (ahead > 0 ? 1 : ahead === 0 ? 0.5 : 0), 0);
      const area = auc(scored);
      close(area, pairs.length === 0 ? null : right / pairs.length);
      const [low = 0, high = 1] = aucInterval(scored) ?? [];
      assert.ok(area === null || (low <= area + 1e-9 && area <= high + 1e-9));
    }),
  );
});

test("average precision is the sum over thresholds", () => {
  fc.assert(
    fc.property(rows, (all) => {
      const scored = scoredOf(all);
      const ones = scored.filter(({ label }) => label === 1).length;
      let [sum, before] = [0, 0];
      for (const threshold of thresholds.toReversed()) {
        const flagged = scored.filter(({ score }) => score >= threshold);
        const found = flagged.filter(({ label }) => label === 1).length;
        if (found > before) sum += ((found - before) / ones) * (found / flagged.length);
        before = found;
      }
      close(averagePrecision(scored), ones === 0 ? null : sum);
    }),
  );
});

test("recall at a rate is the best of all thresholds that keep to it", () => {
  fc.assert(
    fc.property(rows, fc.constantFrom(0, 0.001, 0.01, 0.3, 1), (all, rateMax) => {
      const ones = all.filter(({ label }) => label === 1);
      const zeros = scoredOf(all).filter(({ label }) => label === 0);
      const reached = (threshold: number, some: readonly { readonly score: number | null }[]): number =>
        some.filter(({ score }) => score !== null && score >= threshold).length;
      const fit = thresholds.filter((threshold) => reached(threshold, zeros) / zeros.length <= rateMax);
      const best = Math.max(...fit.map((threshold) => reached(threshold, ones) / ones.length));
      close(recallAtRate(all, rateMax), ones.length === 0 || zeros.length === 0 ? null : best);
    }),
  );
});

test("a score fewer never makes balanced accuracy better", () => {
  fc.assert(
    fc.property(rows, fc.nat(), (all, at) => {
      const index = all.length === 0 ? 0 : at % all.length;
      const less = all.map((each, place) => (place === index ? { ...each, score: null, flagged: false } : each));
      const [before, after] = [balancedAccuracy(confusionOf(all)), balancedAccuracy(confusionOf(less))];
      assert.ok(before === after || (before !== null && after !== null && after <= before));
    }),
  );
});
