// Rows put together: groups, causes, topics, budgets.

import assert from "node:assert/strict";
import { test } from "node:test";
import { budgetFaults } from "./budgets.ts";
import { type Outcome, reportOf, summaryOf } from "./summary.ts";

const outcome = (some: Partial<Outcome>): Outcome => ({
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
  const { all, sources, languages } = reportOf(rows, []);
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
  const { macroF1, positives, negatives, auc } = summaryOf(rows, []);
  assert.ok(macroF1 !== null && Math.abs(macroF1 - (1 + 1 + 2 / 3) / 3) < 1e-12, `${macroF1}`);
  assert.deepEqual([positives, negatives, auc], [0, 0, null]);
});

test("budgets: at the limit is fine, above it is not, and not known is not either", () => {
  const budgets = { maxFpr: 0.01, minRecall: 0.9 };
  assert.deepEqual(budgetFaults({ fpr: 0.01, recall: 0.9 }, budgets), []);
  assert.equal(budgetFaults({ fpr: 0.0101, recall: 0.8999 }, budgets).length, 2);
  assert.match(budgetFaults({ fpr: null, recall: 1 }, budgets).join(), /not known: no row has label 0/);
  assert.match(budgetFaults({ fpr: 0, recall: null }, budgets).join(), /not known: no row has label 1/);
  assert.deepEqual(budgetFaults({ fpr: null, recall: null }, { maxFpr: null, minRecall: null }), []);
});
