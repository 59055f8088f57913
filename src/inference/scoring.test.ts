// Probabilities as one works them out by hand.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import type { Calibration } from "./bundle/bundle.ts";
import type { Task } from "./bundle/manifest.ts";
import { probabilities } from "./scoring.ts";

const of = (
  task: Task,
  logits: readonly number[],
  calibration: Calibration = { kind: "temperature", temperature: 1 },
) =>
  Array.from(probabilities({ task, calibration }, Float32Array.from(logits)), (share) => Math.round(share * 1e6) / 1e6);

describe("probabilities", () => {
  it("of labels that exclude each other are a softmax", () => {
    assert.deepEqual(of("sequence", [0, 0]), [0.5, 0.5]);
    assert.deepEqual(of("sequence", [0, Math.log(3)]), [0.25, 0.75]);
    assert.deepEqual(of("token", [1000, 0, -1000]), [1, 0, 0]);
  });

  it("of labels for themselves are sigmoids", () => {
    assert.deepEqual(of("multi-label", [0, Math.log(3), -1000]), [0.5, 0.75, 0]);
  });

  it("of one number are its sigmoid, whatever the task", () => {
    for (const task of ["sequence", "pair", "multi-label", "token"] as const)
      assert.deepEqual(of(task, [Math.log(3)]), [0.75]);
  });

  it("have a temperature that divides the logits", () => {
    const calibration = { kind: "temperature", temperature: 2 } as const;
    assert.deepEqual(of("sequence", [0, 2 * Math.log(3)], calibration), [0.25, 0.75]);
    assert.deepEqual(of("multi-label", [2 * Math.log(3)], calibration), [0.75]);
  });

  it("have Platt's line through the log odds of each against the rest", () => {
    const calibration = { kind: "platt", scale: 2, offset: Math.log(3) } as const;
    // Of two alike the log odds are 0: the offset alone counts.
    assert.deepEqual(of("sequence", [7, 7], calibration), [0.75, 0.75]);
    // Odds of 3 to 1, squared, times 3.
    assert.deepEqual(of("sequence", [0, Math.log(3)], calibration), [0.25, 0.964286]);
    assert.deepEqual(of("multi-label", [Math.log(3)], calibration), [0.964286]);
    assert.ok(of("sequence", [-1000, 1000], calibration).every((share) => share >= 0 && share <= 1));
  });

  it("are of 0 to 1, and keep the order of the logits", () => {
    const logits = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 9 });
    const calibration = fc.oneof(
      fc.record({
        kind: fc.constant("temperature" as const),
        temperature: fc.double({ min: 0.1, max: 10, noNaN: true }),
      }),
      fc.record({
        kind: fc.constant("platt" as const),
        scale: fc.double({ min: 0.1, max: 5, noNaN: true }),
        offset: fc.double({ min: -5, max: 5, noNaN: true }),
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom<Task>("sequence", "multi-label"), logits, calibration, (task, row, how) => {
        const shares = probabilities({ task, calibration: how }, Float32Array.from(row));
        for (const [at, share] of shares.entries()) {
          assert.ok(share >= 0 && share <= 1);
          for (const [other, logit] of row.entries())
            if ((row[at] as number) > logit) assert.ok(share >= (shares[other] as number));
        }
      }),
    );
  });
});
