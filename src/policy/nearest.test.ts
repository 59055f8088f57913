import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "./nearest.ts";

test("finds a slip of the pen and nothing else", () => {
  const known = ["secrets", "pii", "keywords", "onUnknown", "maxBytes"];
  const cases: readonly (readonly [string, string | null])[] = [
    ["secret", "secrets"],
    ["sercets", "secrets"],
    ["Keyword", "keywords"],
    ["on_unknown", "onUnknown"],
    ["max-bytes", "maxBytes"],
    ["ppi", "pii"],
    ["colour", null],
    ["", null],
    ["x".repeat(10_000), null],
  ];
  for (const [word, wanted] of cases) assert.equal(nearest(word, known), wanted, word);
});
