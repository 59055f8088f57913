// Intervals against values that textbooks' formulas give by hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { aucInterval, type Interval, shareInterval } from "./intervals.ts";

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
