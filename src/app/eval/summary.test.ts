// Rows put together: groups, causes, topics, budgets.

import assert from "node:assert/strict";
import { test } from "node:test";
import { budgetFaults } from "./budgets.ts";
import { type Outcome, reportOf, summaryOf } from "./summary.ts";

const outcome = (some: Partial<Outcome>): Outcome => ({
  file: "f",
  source: "s",
  language: "en",
  label: 0,
  score: 0,
  cause: null,
  flagged: false,
  coverage: 1,
  topic: null,
  marked: null,
  found: [],
  ...some,
});

test("all, by source and by language", () => {
  const rows = [
    outcome({ label: 1, score: 1, flagged: true }),
    outcome({ source: "t" }),
    outcome({ source: "t", language: "de", score: 0.9, flagged: true, coverage: 0 }),
    outcome({ label: 1, score: null, cause: "too-long", coverage: 0.5 }),
  ];
  const { all, files, sources, languages } = reportOf(rows, []);
  assert.deepEqual(Object.keys(files), ["f"]);
  assert.deepEqual([all.n, all.positives, all.negatives], [4, 2, 2]);
  assert.deepEqual([all.recall, all.fpr, all.precision], [0.5, 0.5, 0.5]);
  assert.equal(all.auc, 1);
  assert.equal(all.coverage, 2.5 / 4);
  assert.deepEqual(all.unknown, { "too-long": 1 });
  assert.deepEqual(Object.keys(sources), ["s", "t"]);
  assert.deepEqual(Object.keys(languages), ["de", "en"]);
  assert.equal(sources["t"]?.fpr, 0.5);
  assert.equal(sources["t"]?.auc, null);
});

test("topics: labels and categories have one spelling, none has several names, unknown is wrong", () => {
  const rows = [
    outcome({ label: "auto_and_commute", topic: "auto-and-commute" }),
    outcome({ label: "out_of_scope", topic: null }),
    outcome({ label: "banking", topic: "banking" }),
    outcome({ label: "banking", topic: null, score: null, cause: "vocabulary" }),
  ];
  const { macroF1, positives, negatives, auc } = summaryOf(rows, new Map());
  assert.ok(macroF1 !== null && Math.abs(macroF1 - (1 + 1 + 2 / 3) / 3) < 1e-12, `${macroF1}`);
  assert.deepEqual([positives, negatives, auc], [0, 0, null]);
});

test("what is not known is neither a hit nor a pass", () => {
  const known = [outcome({ label: 1, score: 0.9, flagged: true }), outcome({ label: 0, score: 0.1 })];
  const unknown = { score: null, cause: "backend" };
  // Half of each label unknown: 1 of 2 found, none of 1 wrongly, and 1 of 2 of either label right.
  const half = summaryOf([...known, outcome({ label: 1, ...unknown }), outcome({ label: 0, ...unknown })], new Map());
  assert.deepEqual([half.recall, half.fpr, half.balancedAccuracy], [0.5, 0, 0.5]);
  assert.deepEqual([half.positives, half.negatives, half.counts?.unknownNegatives], [2, 2, 1]);
  // A policy that blocks what it does not know finds nothing by that, and its false positives are real ones.
  const blocked = summaryOf(
    [...known, outcome({ label: 1, ...unknown, flagged: true }), outcome({ label: 0, ...unknown, flagged: true })],
    new Map(),
  );
  assert.deepEqual([blocked.recall, blocked.fpr, blocked.precision], [0.5, 0.5, 0.5]);
  const none = summaryOf([outcome({ label: 1, ...unknown }), outcome({ label: 0, ...unknown })], new Map());
  assert.deepEqual(
    [none.recall, none.fpr, none.auc, none.recallAtFpr1, none.balancedAccuracy],
    [0, null, null, null, 0],
  );
});

test("spans: types count where their source marks them, in every group that the row is in", () => {
  const span = (type: string) => [{ start: 0, end: 1, type }];
  const rows = [
    outcome({ source: "a", language: "en", marked: span("PER"), found: span("person") }),
    outcome({ source: "a", language: "de", marked: [], found: span("person") }),
    outcome({ source: "b", language: "de", marked: span("ORG"), found: [...span("organisation"), ...span("person")] }),
  ];
  const { all, sources, languages } = reportOf(rows, ["person", "organisation"]);
  assert.deepEqual(all.spans?.types, ["organisation", "person"]);
  // Of source b the person counts nowhere; the one in German of source a is wrong, also where it stands alone.
  assert.deepEqual([all.spans?.exact.found, all.spans?.exact.precision, all.spans?.exact.recall], [3, 2 / 3, 1]);
  assert.equal(sources["b"]?.spans?.exact.precision, 1);
  assert.equal(languages["de"]?.spans?.exact.precision, 1 / 2);
});

test("budgets: at the limit is fine, above it is not, and not known is not either", () => {
  const budgets = { maxFpr: 0.01, minRecall: 0.9 };
  const faults = (wrong: number, of: number, unknown: number, recall: number | null): readonly string[] => {
    const trueNegatives = of - wrong - unknown;
    const fpr = of === unknown ? null : wrong / (of - unknown);
    const counts = {
      truePositives: 0,
      falsePositives: wrong,
      falseNegatives: 0,
      trueNegatives,
      unknownNegatives: unknown,
    };
    return budgetFaults({ fpr, recall, negatives: of, counts }, budgets);
  };
  assert.deepEqual(faults(1, 100, 0, 0.9), []);
  assert.equal(faults(2, 100, 0, 0.8999).length, 2);
  assert.match(faults(0, 0, 0, 1).join(), /not known: no row has label 0/);
  assert.match(faults(0, 100, 0, null).join(), /not known: no row has label 1/);
  assert.match(faults(0, 9, 9, 1).join(), /not known: no row of label 0 was judged/);
  assert.deepEqual(faults(0, 100, 2, 1), [
    "the false-positive rate 0.0000, 0.0200 with 2 unknown rows of label 0, is above the budget of 0.01",
  ]);
  const none = { fpr: null, recall: null, negatives: 0, counts: null };
  assert.deepEqual(budgetFaults(none, { maxFpr: null, minRecall: null }), []);
});
