import assert from "node:assert/strict";
import { test } from "node:test";
import { type DetectSpec } from "../domain/policy.ts";
import { piiKinds } from "../domain/pii-kinds.ts";
import { secretKinds } from "../domain/secret-kinds.ts";
import { createDetector, detectorId, placeholderFor } from "./index.ts";

const keywords = {
  kind: "keywords",
  list: ["b", "a"],
  caseSensitive: false,
  wholeWords: true,
} as const satisfies DetectSpec;

test("equal specs have equal ids, in whatever order they are written", () => {
  const equal: readonly (readonly [DetectSpec, DetectSpec])[] = [
    [
      { kind: "pii", kinds: ["email", "card"], region: "US" },
      { kind: "pii", kinds: ["card", "email", "card"], region: "US" },
    ],
    [
      { kind: "secrets", kinds: ["jwt", "npm-token"], allow: [] },
      { kind: "secrets", kinds: ["npm-token", "jwt"], allow: [] },
    ],
    [keywords, { ...keywords, list: ["a", "b", "a"] }],
  ];
  for (const [one, other] of equal) assert.equal(detectorId(one), detectorId(other));
});

test("specs that differ have ids that differ", () => {
  const specs: readonly DetectSpec[] = [
    { kind: "pii", kinds: ["phone"], region: "US" },
    { kind: "pii", kinds: ["phone"], region: "GB" },
    { kind: "pii", kinds: ["email"], region: "US" },
    { kind: "secrets", kinds: ["jwt"], allow: [] },
    keywords,
    { ...keywords, list: ["a"] },
    { ...keywords, list: ["a,b"] },
    { ...keywords, caseSensitive: true },
    { ...keywords, wholeWords: false },
    { kind: "size", maxBytes: 1, maxCharacters: null, maxMessages: null, maxTokens: null, maxDepth: null },
    { kind: "size", maxBytes: null, maxCharacters: 1, maxMessages: null, maxTokens: null, maxDepth: null },
    { kind: "size", maxBytes: null, maxCharacters: null, maxMessages: 1, maxTokens: null, maxDepth: null },
  ];
  assert.equal(new Set(specs.map(detectorId)).size, specs.length);
});

test("an id holds no word of a list", () => {
  assert.doesNotMatch(detectorId({ ...keywords, list: ["acme-internal"] }), /acme/);
});

test("a detector says its id and its categories", () => {
  const detector = createDetector({ kind: "pii", kinds: ["card", "phone"], region: "US" });
  assert.equal(detector.kind, "text");
  assert.match(detector.id, /^pii\([0-9a-f]{32}\)$/);
  assert.deepEqual(detector.categories, ["pii/card", "pii/phone"]);
  const size = createDetector({
    kind: "size",
    maxBytes: 1,
    maxCharacters: null,
    maxMessages: 2,
    maxTokens: null,
    maxDepth: null,
  });
  assert.equal(size.kind, "shape");
  assert.deepEqual(size.categories, ["size/bytes", "size/messages"]);
});

test("placeholders need no escape in JSON", () => {
  const categories = [
    ...piiKinds.map((kind) => `pii/${kind}` as const),
    ...secretKinds.map((kind) => `secrets/${kind}` as const),
    "keywords/keyword" as const,
  ];
  for (const category of categories) {
    assert.match(placeholderFor(category), /^\[[A-Z][A-Z0-9-]*\]$/);
    assert.equal(JSON.stringify(placeholderFor(category)), `"${placeholderFor(category)}"`);
  }
  assert.equal(placeholderFor("secrets/aws-access-key"), "[AWS-ACCESS-KEY]");
});
