// Intervals against values that textbooks' formulas give by hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { aucInterval, f1Interval, type Interval, meanInterval, shareInterval } from "./intervals.ts";

const near = (actual: Interval | null, low: number, high: number): void => {
  assert.ok(
    actual !== null && Math.abs(actual[0] - low) < 1e-4 && Math.abs(actual[1] - high) < 1e-4,
    JSON.stringify(actual),
  );
};

test("of a share: Wilson", () => {
  // z = 1.96, z² = 3.8415. 5 of 10: middle 0.5, half = z/(1 + z²/10) * sqrt(0.025 + z²/400) = 0.26341.
  near(shareInterval(5, 10), 0.2366, 0.7634);
  // 0 of 10: from 0 to z²/(10 + z²).
  near(shareInterval(0, 10), 0, 0.2775);
  near(shareInterval(10, 10), 0.7225, 1);
  assert.equal(shareInterval(0, 0), null);
});

test("of F1, and of a mean", () => {
  // 5 true positives of 10 counted: the share's ends 0.2366 and 0.7634, F1 = 2s / (1 + s).
  near(
    f1Interval({ truePositives: 5, falsePositives: 2, falseNegatives: 3 }),
    (2 * 0.23659) / 1.23659,
    (2 * 0.76341) / 1.76341,
  );
  assert.equal(f1Interval({ truePositives: 0, falsePositives: 0, falseNegatives: 0 }), null);
  // Mean 0.6; below (0.3, 0.4) as squares is 0.5, above (0.3, 0) is 0.3; halved.
  near(
    meanInterval([
      { value: 0.5, interval: [0.2, 0.8] },
      { value: 0.7, interval: [0.3, 0.7] },
    ]),
    0.35,
    0.75,
  );
  assert.equal(meanInterval([]), null);
});

test("of the area: DeLong, ties half", () => {
  const rows = [
    { label: 1, score: 0.9 },
    { label: 1, score: 0.5 },
    { label: 0, score: 0.5 },
    { label: 0, score: 0.1 },
  ] as const;
  // Rows of label 1 beat 1 and 3/4 of the others, rows of label 0 lose to 3/4 and 1: each varies by 1/32 around 7/8.
  const half = 1.959964 * Math.sqrt(1 / 32 / 2 + 1 / 32 / 2);
  near(aucInterval(rows), 7 / 8 - half, 1);
  near(
    aucInterval([
      { label: 1, score: 1 },
      { label: 1, score: 1 },
      { label: 0, score: 0 },
      { label: 0, score: 0 },
    ]),
    1,
    1,
  );
  assert.equal(aucInterval(rows.slice(1)), null);
});
