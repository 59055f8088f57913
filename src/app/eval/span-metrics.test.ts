// Spans against values worked out by hand, and the spellings of types.

import assert from "node:assert/strict";
import { test } from "node:test";
import { f1Interval } from "./intervals.ts";
import { type SpanQuality, spanFigures, type TypedSpan, typeOf, typesIn } from "./span-metrics.ts";

const person: ReadonlySet<string> = new Set(["person"]);
const span = (start: number, end: number, type = "person"): TypedSpan => ({ start, end, type });

const bare = (quality: SpanQuality | undefined): object => {
  assert.ok(quality !== undefined);
  const { interval: _, ...figures } = quality;
  return figures;
};

test("exact asks for both ends, overlap for one character", () => {
  const rows = [
    { types: person, marked: [span(0, 5), span(10, 20)], found: [span(0, 5), span(12, 20), span(30, 40)] },
    { types: person, marked: [span(3, 9)], found: [] },
  ];
  const figures = spanFigures(rows);
  // 1 of 3 found is right, 1 of 3 marked is met; with overlap 2 of 3 and 2 of 3.
  assert.deepEqual(figures, {
    types: ["person"],
    // 1 of the 5 that were found or marked is both.
    exact: {
      ...{ found: 3, marked: 3, precision: 1 / 3, recall: 1 / 3, f1: 1 / 3 },
      interval: f1Interval({ truePositives: 1, falsePositives: 2, falseNegatives: 2 }),
    },
    overlap: { found: 3, marked: 3, precision: 2 / 3, recall: 2 / 3, f1: 2 / 3, interval: null },
  });
});

test("one mark met by two findings, spans that touch, a place found twice", () => {
  const found = [span(0, 4), span(4, 10), span(10, 12), span(10, 12)];
  const figures = spanFigures([{ types: person, marked: [span(0, 10)], found }]);
  assert.deepEqual(bare(figures?.overlap), { found: 3, marked: 1, precision: 2 / 3, recall: 1, f1: 0.8 });
  assert.deepEqual(bare(figures?.exact), { found: 3, marked: 1, precision: 0, recall: 0, f1: 0 });
});

test("types have several names", () => {
  for (const [written, type] of [
    ["PER", "person"],
    ["PERSON", "person"],
    ["GPE", "place"],
    ["LOC", "place"],
    ["LOCATION", "place"],
    ["ORG", "organisation"],
    ["ORGANIZATION", "organisation"],
    ["corporation", "organisation"],
    ["CREDIT_CARD", "card"],
    ["pii/card", "card"],
    ["EMAIL_ADDRESS", "email"],
    ["US_SSN", "us-ssn"],
  ]) {
    assert.equal(typeOf(written ?? ""), type);
  }
});

test("types that the judge cannot give, or that a source never marks, are left out", () => {
  const marks = [[span(0, 5, "PER"), span(6, 9, "TITLE")], []];
  assert.deepEqual(typesIn(marks, ["pii/email", "names/person"]), person);
  assert.deepEqual(typesIn(marks, ["pii/email"]), new Set());
  const rows = [
    { types: person, marked: marks[0] ?? [], found: [span(0, 5), span(6, 9, "pii/email")] },
    // Of another source, which marks no persons: what is found there is neither right nor wrong.
    { types: new Set<string>(), marked: [], found: [span(0, 5)] },
  ];
  assert.deepEqual(bare(spanFigures(rows)?.exact), { found: 1, marked: 1, precision: 1, recall: 1, f1: 1 });
});

test("nothing marked and nothing found is no figure; a find where nothing is marked is a wrong one", () => {
  assert.equal(spanFigures([{ types: new Set(), marked: [], found: [] }]), null);
  const none = spanFigures([{ types: person, marked: [span(0, 2)], found: [] }]);
  assert.deepEqual(bare(none?.overlap), { found: 0, marked: 1, precision: null, recall: 0, f1: 0 });
  const wrong = spanFigures([{ types: person, marked: [], found: [span(0, 2)] }]);
  assert.deepEqual(bare(wrong?.exact), { found: 1, marked: 0, precision: 0, recall: null, f1: 0 });
});
