// Each figure against a value worked out by hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  auc,
  averagePrecision,
  balancedAccuracy,
  calibrationError,
  confusionOf,
  f1,
  type Judged,
  macroF1,
  recallAtRate,
  type Scored,
  scoredOf,
} from "./metrics.ts";

const scored = (...rows: readonly (readonly [0 | 1, number])[]): readonly Scored[] =>
  rows.map(([label, score]) => ({ label, score }));
const judged = (...rows: readonly (readonly [0 | 1, number | null])[]): readonly Judged[] =>
  rows.map(([label, score]) => ({ label, score, flagged: score !== null && score >= 0.5 }));
const near = (actual: number | null, wanted: number): void => {
  assert.ok(actual !== null && Math.abs(actual - wanted) < 1e-12, `${actual} is not ${wanted}`);
};

test("AUC: pairs in the right order, a tie counts half", () => {
  near(auc(scored([1, 0.9], [1, 0.4], [0, 0.6], [0, 0.1])), 3 / 4);
  // Of four pairs: 0.9 beats both; 0.5 ties with 0.5 and beats 0.1.
  near(auc(scored([1, 0.9], [1, 0.5], [0, 0.5], [0, 0.1])), 3.5 / 4);
  near(auc(scored([1, 0.3], [0, 0.3], [1, 0.3], [0, 0.3])), 1 / 2);
  near(auc(scored([1, 0.1], [0, 0.9])), 0);
  assert.equal(auc(scored([1, 0.9])), null);
  assert.equal(auc(scored([0, 0.9])), null);
});

test("average precision: a step for all rows of one score, in whatever order they came", () => {
  // 1 of 1, then 2 of 3: (1 + 2/3) / 2.
  near(averagePrecision(scored([1, 0.9], [0, 0.8], [1, 0.7], [0, 0.1])), (1 + 2 / 3) / 2);
  near(averagePrecision(scored([1, 0.5], [0, 0.5], [1, 0.9])), (1 + 2 / 3) / 2);
  near(averagePrecision(scored([0, 0.5], [1, 0.5], [1, 0.9])), (1 + 2 / 3) / 2);
  assert.equal(averagePrecision(scored([0, 0.5])), null);
});

test("recall at a false-positive rate: the rate is never passed, ties go together", () => {
  const rows = judged([1, 0.9], [1, 0.8], [0, 0.8], [1, 0.7], [0, 0.2], [1, 0.1]);
  near(recallAtRate(rows, 0), 1 / 4);
  near(recallAtRate(rows, 0.49), 1 / 4);
  near(recallAtRate(rows, 0.5), 3 / 4);
  near(recallAtRate(rows, 1), 1);
  near(recallAtRate(judged([0, 0.9], [1, 0.1]), 0), 0);
  assert.equal(recallAtRate(judged([1, 0.9]), 0.01), null);
});

test("recall: what is not known is not found, and says nothing of the rate", () => {
  near(recallAtRate(judged([1, 0.9], [1, null], [0, 0.1]), 0), 1 / 2);
  // One of two known rows of label 0 lies above: half, whatever the unknown one is.
  near(recallAtRate(judged([1, 0.5], [0, 0.9], [0, 0.1], [0, null]), 0.5), 1);
  near(recallAtRate(judged([1, 0.5], [0, 0.9], [0, 0.1], [0, null]), 0.4), 0);
  assert.equal(recallAtRate(judged([1, 0.5], [0, null]), 0.5), null);
  assert.equal(scoredOf(judged([1, null], [0, 0.1])).length, 1);
});

test("counts at the threshold, F1, balanced accuracy", () => {
  const confusion = confusionOf(judged([1, 0.9], [1, 0.5], [1, 0.2], [0, 0.7], [0, 0.1], [0, 0.1], [0, 0.3]));
  assert.deepEqual(confusion, {
    truePositives: 2,
    falsePositives: 1,
    falseNegatives: 1,
    trueNegatives: 3,
    unknownNegatives: 0,
  });
  near(f1(confusion), 4 / 6);
  near(balancedAccuracy(confusion), (2 / 3 + 3 / 4) / 2);
  assert.equal(f1(confusionOf(judged([0, 0.1]))), null);
  assert.equal(f1(confusionOf(judged([1, 0.1]))), 0);
  assert.equal(balancedAccuracy(confusionOf(judged([1, 0.9]))), null);
});

test("calibration error: over bins, weighted by their size", () => {
  // One bin [0.8, 0.9): mean 0.8, half are 1; one bin [0, 0.1): mean 0, none is 1.
  near(calibrationError(scored([1, 0.8], [0, 0.8], [0, 0], [0, 0])), (2 * 0.3 + 0) / 4);
  near(calibrationError(scored([1, 1], [0, 0])), 0);
  // Within a bin errors cancel out.
  near(calibrationError(scored([1, 0.5], [0, 0.5])), 0);
  assert.equal(calibrationError([]), null);
});

test("macro-F1: each label counts alike", () => {
  const rows = [
    { label: "a", predicted: "a" },
    { label: "a", predicted: "a" },
    { label: "a", predicted: "b" },
    { label: "b", predicted: "b" },
    { label: "c", predicted: null },
  ];
  // a: 2 / (2 + 1/2) = 0.8; b: 1 of 2 found right, all met: 2/3; c: 0.
  near(macroF1(rows), (0.8 + 2 / 3 + 0) / 3);
  assert.equal(macroF1([]), null);
});
