// What the batches that ran teach of a batch's own cost. Times are made up: a line, noise around it, and runs that were disturbed.

import assert from "node:assert/strict";
import { it } from "node:test";
import * as fc from "fast-check";
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
  const size = fc.integer({ min: 8, max: 512 });
  const run = fc.record({ tokens: size, noise: fc.double({ min: 0.97, max: 1.03, noNaN: true }), slow: fc.nat(49) });
  const runs = fc.array(run, { minLength: 200, maxLength: 200 });
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      runs,
      (worth, eachMs, all) => {
        const cost = new RunCost();
        for (const { tokens, noise, slow } of all)
          cost.saw(tokens, lineOf(worth, eachMs)(tokens) * noise * (slow === 0 ? 9 : 1));
        assert.ok(Math.abs(cost.worth - worth) < 40, `${cost.worth} instead of ${worth}`);
      },
    ),
  );
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
