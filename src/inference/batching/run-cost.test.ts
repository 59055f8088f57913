// What the batches that ran teach of a batch's own cost. Times are made up: a line, noise around it, and runs that were disturbed.

import assert from "node:assert/strict";
import { it } from "node:test";
import * as fc from "fast-check";
import { seeded } from "../../../test/helpers/secret-samples.ts";
import { RunCost } from "./run-cost.ts";

/** Milliseconds of a batch: `worth` tokens' time of its own, and that of its tokens. */
const lineOf = (worth: number, eachMs: number) => (tokens: number) => eachMs * (worth + tokens);

it("starts with a few tokens, and keeps them while all batches are alike", () => {
  const cost = new RunCost();
  assert.equal(cost.worth, 8);
  for (let run = 0; run < 100; run += 1) cost.saw(128, 30);
  assert.equal(cost.worth, 8);
});

it("learns the line, through noise and runs that were disturbed", () => {
  // By a seed alone: values that are picked one by one may be picked so that they lie on another line.
  const property = fc.property(
    fc.double({ min: 0, max: 100, noNaN: true }),
    fc.double({ min: 0.01, max: 1, noNaN: true }),
    fc.nat(),
    (worth, eachMs, seed) => {
      const draw = seeded(seed);
      const cost = new RunCost();
      const told: number[] = [];
      for (let run = 0; run < 1_000; run += 1) {
        const tokens = 8 + Math.floor(draw() * 504);
        const ms = lineOf(worth, eachMs)(tokens) * (0.97 + 0.06 * draw());
        cost.saw(tokens, draw() < 0.02 ? ms * 9 : ms);
        if (run >= 200) told.push(cost.worth);
      }
      // A disturbed run moves it for a while.
      const median = told.toSorted((a, b) => a - b)[told.length / 2] as number;
      assert.ok(Math.abs(median - worth) < 15, `${median} instead of ${worth}`);
    },
  );
  fc.assert(property);
  const exact = new RunCost();
  for (let tokens = 8; tokens < 400; tokens += 8) exact.saw(tokens, lineOf(30, 0.2)(tokens));
  assert.ok(Math.abs(exact.worth - 30) < 1e-6);
});

it("follows a machine that changes", () => {
  const cost = new RunCost();
  for (let run = 0; run < 200; run += 1) cost.saw(16 + (run % 20) * 16, lineOf(10, 0.3)(16 + (run % 20) * 16));
  assert.ok(Math.abs(cost.worth - 10) < 1e-6);
  for (let run = 0; run < 400; run += 1) cost.saw(16 + (run % 20) * 16, lineOf(60, 0.05)(16 + (run % 20) * 16));
  assert.ok(Math.abs(cost.worth - 60) < 1);
});

it("is never less than none nor more than a bound, whatever the times are", () => {
  const run = fc.record({
    tokens: fc.integer({ min: 1, max: 4096 }),
    ms: fc.double({ min: 0, max: 1e6, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(run, { maxLength: 100 }), (runs) => {
      const cost = new RunCost();
      for (const { tokens, ms } of runs) {
        cost.saw(tokens, ms);
        assert.ok(cost.worth >= 0 && cost.worth <= 128);
      }
    }),
  );
});
