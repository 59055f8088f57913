// Spans against values worked out by hand, and the spellings of types.

import assert from "node:assert/strict";
import { test } from "node:test";
import { spanFigures, type TypedSpan, typeOf } from "./span-metrics.ts";

const span = (start: number, end: number, type = "person"): TypedSpan => ({ start, end, type });

test("exact asks for both ends, overlap for one character", () => {
  const rows = [
    { marked: [span(0, 5), span(10, 20)], found: [span(0, 5), span(12, 20), span(30, 40)] },
    { marked: [span(3, 9)], found: [] },
  ];
  const figures = spanFigures(rows, ["names/person"]);
  // 1 of 3 found is right, 1 of 3 marked is met; with overlap 2 of 3 and 2 of 3.
  assert.deepEqual(figures, {
    types: ["person"],
    exact: { precision: 1 / 3, recall: 1 / 3, f1: 1 / 3 },
    overlap: { precision: 2 / 3, recall: 2 / 3, f1: 2 / 3 },
  });
});

test("one mark met by two findings, spans that touch, a place found twice", () => {
  const rows = [{ marked: [span(0, 10)], found: [span(0, 4), span(4, 10), span(10, 12), span(10, 12)] }];
  const figures = spanFigures(rows, ["person"]);
  assert.deepEqual(figures?.overlap, { precision: 2 / 3, recall: 1, f1: 0.8 });
  assert.deepEqual(figures?.exact, { precision: 0, recall: 0, f1: 0 });
});

test("types have several names; those that one side does not know are left out", () => {
  for (const [written, type] of [
    ["PER", "person"],
    ["PERSON", "person"],
    ["GPE", "place"],
    ["LOCATION", "place"],
    ["corporation", "organisation"],
    ["CREDIT_CARD", "card"],
    ["pii/card", "card"],
    ["EMAIL_ADDRESS", "email"],
    ["US_SSN", "us-ssn"],
  ]) {
    assert.equal(typeOf(written ?? ""), type);
  }
  const rows = [{ marked: [span(0, 5, "PER"), span(6, 9, "TITLE")], found: [span(0, 5), span(6, 9, "pii/email")] }];
  assert.deepEqual(spanFigures(rows, ["pii/email", "names/person"])?.exact, { precision: 1, recall: 1, f1: 1 });
  assert.equal(spanFigures(rows, ["pii/email"]), null);
});

test("nothing marked and nothing found is no figure", () => {
  assert.equal(spanFigures([{ marked: [], found: [] }], ["person"]), null);
  const none = spanFigures([{ marked: [span(0, 2)], found: [] }], ["person"]);
  assert.deepEqual(none?.overlap, { precision: null, recall: 0, f1: 0 });
});
