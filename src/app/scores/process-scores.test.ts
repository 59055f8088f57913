import assert from "node:assert/strict";
import { test } from "node:test";
import { ProcessScores } from "./process-scores.ts";

const kept = (expiresS: number, findings = 0) => ({
  expiresS,
  answer: Array.from({ length: findings }, () => ({ category: "c", score: 1, span: { start: 0, end: 1 } })),
});

test("those asked last stay, within the bound on entries", () => {
  const scores = new ProcessScores(3, 1e9);
  for (const key of ["a", "b", "c"]) scores.put(key, kept(10));
  assert.notEqual(scores.get("a", 0), null);
  scores.put("d", kept(10));
  assert.deepEqual(
    ["a", "b", "c", "d"].map((key) => scores.get(key, 0) !== null),
    [true, false, true, true],
  );
});

test("the bound on bytes: below, at, above, and an entry that is larger than all of it", () => {
  const one = new ProcessScores(100, 1e9);
  one.put("a", kept(10, 2));
  const size = one.bytes;
  const scores = new ProcessScores(100, 3 * size);
  for (const key of ["a", "b"]) scores.put(key, kept(10, 2));
  assert.equal(scores.bytes, 2 * size);
  scores.put("c", kept(10, 2));
  assert.equal(scores.bytes, 3 * size);
  scores.put("d", kept(10, 2));
  assert.deepEqual([scores.bytes, scores.get("a", 0)], [3 * size, null]);
  scores.put("e", kept(10, 1000));
  assert.deepEqual([scores.bytes, scores.get("e", 0)], [3 * size, null]);
  assert.notEqual(scores.get("d", 0), null, "nothing went for it");
  scores.put("d", kept(10));
  assert.ok(scores.bytes < 3 * size);
});

test("what is over is not known, and takes no room", () => {
  const scores = new ProcessScores(10, 1e9);
  scores.put("a", kept(10));
  assert.notEqual(scores.get("a", 9), null);
  assert.deepEqual([scores.get("a", 10), scores.bytes], [null, 0]);
});

test("with a bound of 0 nothing is remembered", () => {
  for (const scores of [new ProcessScores(0, 1e9), new ProcessScores(10, 0)]) {
    scores.put("a", kept(10));
    assert.deepEqual([scores.get("a", 0), scores.bytes], [null, 0]);
  }
});
