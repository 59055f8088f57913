import assert from "node:assert/strict";
import { test } from "node:test";
import { createSizeDetector } from "./index.ts";

const none = { maxBytes: null, maxCharacters: null, maxMessages: null, maxTokens: null, maxDepth: null };

function categories(limits: Parameters<typeof createSizeDetector>[1], total: number): readonly string[] {
  const shape = { bodyBytes: total, characters: total, messages: total, tokens: total, depth: total };
  const detection = createSizeDetector("id", limits).judge(shape);
  assert.ok(detection.kind === "scored");
  assert.ok(detection.findings.every(({ span }) => span === null));
  return detection.findings.map(({ category }) => category);
}

for (const [limits, category] of [
  [{ ...none, maxBytes: 100 }, "size/bytes"],
  [{ ...none, maxCharacters: 100 }, "size/characters"],
  [{ ...none, maxMessages: 100 }, "size/messages"],
  [{ ...none, maxTokens: 100 }, "size/tokens"],
  [{ ...none, maxDepth: 100 }, "size/depth"],
] as const) {
  test(`${category}: one below, at and one above`, () => {
    assert.deepEqual(categories(limits, 99), []);
    assert.deepEqual(categories(limits, 100), []);
    assert.deepEqual(categories(limits, 101), [category]);
    assert.deepEqual(createSizeDetector("id", limits).categories, [category]);
  });
}

test("all limits at once, none, and zero", () => {
  assert.deepEqual(categories({ maxBytes: 1, maxCharacters: 1, maxMessages: 1, maxTokens: 1, maxDepth: 1 }, 2), [
    "size/bytes",
    "size/characters",
    "size/messages",
    "size/tokens",
    "size/depth",
  ]);
  assert.deepEqual(categories(none, Number.MAX_SAFE_INTEGER), []);
  assert.deepEqual(categories({ ...none, maxMessages: 0 }, 1), ["size/messages"]);
});
