// How far two precisions are apart.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { HeadSpec } from "../../inference/bundle/bundle.ts";
import { headScores, largestDifference } from "./scores.ts";

const head = (some: Partial<HeadSpec>): HeadSpec =>
  ({
    name: "main",
    output: null,
    task: "sequence",
    labels: [null, "bad"],
    calibration: { kind: "temperature", temperature: 1 },
    ...some,
  }) as HeadSpec;
const output = (dims: readonly number[], values: readonly number[]) => [
  { name: "logits", dims, data: Float32Array.from(values) },
];

test("probabilities of each label, of each token where there are tokens", () => {
  const [sequence] = headScores({ heads: [head({})] }, [output([2], [0, 0]), output([2], [0, 100])]);
  assert.deepEqual(sequence, {
    kind: "probability",
    rows: [
      [0.5, 0.5],
      [Math.exp(-100) / (1 + Math.exp(-100)), 1 / (1 + Math.exp(-100))],
    ],
  });
  const [token] = headScores({ heads: [head({ task: "token" })] }, [output([3, 2], [0, 0, 0, 0, 0, 0])]);
  assert.equal(token?.rows[0]?.length, 6);
});

test("vectors count by their direction", () => {
  const heads = [head({ task: "embedding", labels: [], vector: "mean" })];
  const [one] = headScores({ heads }, [output([2, 2], [3, 0, 3, 8])]);
  assert.deepEqual(one?.rows, [[0.6, 0.8]]);
  const same = headScores({ heads }, [output([2, 2], [6, 0, 6, 16])]);
  const across = headScores({ heads }, [output([2, 2], [-4, 3, -4, 3])]);
  const apart = (other: typeof same): number => largestDifference(one === undefined ? [] : [one], other) ?? -1;
  assert.ok(Math.abs(apart(same)) < 1e-6);
  assert.ok(Math.abs(apart(across) - 1) < 1e-6);
});

test("the largest of all differences; what does not fit together has none", () => {
  const of = (...rows: readonly (readonly number[])[]) => [{ kind: "probability", rows }] as const;
  assert.ok(Math.abs((largestDifference(of([0.1, 0.9], [0.5, 0.5]), of([0.2, 0.8], [0.5, 0.4])) ?? 0) - 0.1) < 1e-12);
  assert.equal(largestDifference(of([0.1]), of([0.1, 0.9])), null);
  assert.equal(largestDifference(of([0.1]), []), null);
});
