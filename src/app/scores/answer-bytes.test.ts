import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeAnswer, encodeAnswer, findingsMax } from "./answer-bytes.ts";

const units = 500;
const found = fc
  .tuple(
    fc.string({ minLength: 1, maxLength: 40 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.nat(units),
    fc.nat(units),
  )
  .map(([category, score, a, b]) => ({
    category,
    score: score + 0,
    span: { start: Math.min(a, b), end: Math.max(a, b) },
  }));

test("an answer comes back as it was, and its length tells little", () => {
  const lengths = new Set<number>();
  fc.assert(
    fc.property(fc.array(found, { maxLength: 8 }), fc.nat(2 ** 31), (answer, expiresS) => {
      const bytes = encodeAnswer({ expiresS, answer });
      lengths.add(bytes.length);
      const back = decodeAnswer(bytes, units);
      assert.deepEqual(back, {
        expiresS,
        answer: answer.map((each) => ({ ...each, score: each.score === 0 ? 0 : each.score })),
      });
    }),
  );
  for (const length of lengths) assert.equal(length % 256, 0);
});

test("what is no answer about that text is refused", () => {
  const row = (...more: readonly unknown[]): string => JSON.stringify([9, [more]]);
  const wrong: readonly string[] = [
    "",
    "{}",
    "null",
    "[9]",
    "[9,[],0]",
    "[-1,[]]",
    '["9",[]]',
    "[9,{}]",
    "[9,[[]]]",
    row("", 0.5, 0, 1),
    row("c".repeat(257), 0.5, 0, 1),
    row(1, 0.5, 0, 1),
    row("c", 1.01, 0, 1),
    row("c", -0.01, 0, 1),
    row("c", null, 0, 1),
    row("c", "1", 0, 1),
    row("c", 0.5, 2, 1),
    row("c", 0.5, -1, 1),
    row("c", 0.5, 0, 11),
    row("c", 0.5, 0.5, 1),
    row("c", 0.5, 0, 1, 2),
    JSON.stringify([9, Array.from({ length: findingsMax + 1 }, () => ["c", 0.5, 0, 1])]),
    "[9,[",
  ];
  for (const text of wrong) assert.equal(decodeAnswer(Buffer.from(text), 10), null, text.slice(0, 60));
  assert.notEqual(decodeAnswer(Buffer.from(row("c", 1, 0, 10)), 10), null);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const back = decodeAnswer(bytes, 10);
      for (const { score, span } of back?.answer ?? []) assert.ok(score >= 0 && score <= 1 && span.end <= 10);
    }),
  );
});
