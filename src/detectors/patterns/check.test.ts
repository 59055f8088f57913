import assert from "node:assert/strict";
import { test } from "node:test";
import { checkPattern, type PatternMistakeCode, readPattern } from "./check.ts";
import { createLinearMatcher } from "./re2.ts";

const check = (pattern: string, longest = 256) => readPattern({ pattern, caseSensitive: false, longest });

const taken: readonly string[] = [
  "ACME-\\d{4,8}",
  "\\bEMP\\d+\\b",
  "(?:project|projekt)\\s+\\w+",
  "(?P<name>\\p{Lu}\\pL*)",
  "(?s)begin.*?end",
  "(?m)^From: .+$",
  "\\Q$5.00?\\E",
  "[$^]",
  "[[:alpha:]]{3}",
  "(a+)+b",
  "(?:a?){20}a{20}",
  "x{1,490}",
];

for (const pattern of taken) {
  test(`takes ${pattern}`, () => {
    assert.ok(check(pattern).ok);
    assert.equal(checkPattern({ pattern, caseSensitive: true, longest: 256 }), null);
  });
}

const refused: readonly (readonly [pattern: string, code: PatternMistakeCode, offset: number])[] = [
  ["a".repeat(1_001), "too-long", 1_000],
  ["(a", "syntax", 0],
  ["x[z-a]", "syntax", 2],
  ["a**", "syntax", 1],
  ["ab(?=c)", "lookaround", 2],
  ["ab(?!c)", "lookaround", 2],
  ["(?<=b)a", "lookaround", 0],
  ["(?<!b)a", "lookaround", 0],
  ["(a)\\1", "backreference", 3],
  ["(?<x>a)\\k<x>", "backreference", 7],
  ["(a+)+$", "edge", 5],
  ["[$]\\Q^\\E^", "edge", 8],
  ["\\Aab", "edge", 0],
  ["ab\\z", "edge", 2],
  ["", "empty", 0],
  ["a*", "empty", 0],
  ["\\b", "empty", 0],
  ["(?m)^$", "empty", 0],
  ["(?:a?){25}", "empty", 0],
  ["[^\\x00-\\x{10FFFF}]", "never", 0],
  ["a{257}", "too-wide", 0],
  ["(x{1,1000}){1000}", "too-large", 0],
  ["x{1,600}", "too-large", 0],
  ["x{1,1001}", "too-large", 0],
  ["(?:(?:ab){30}){40}", "too-large", 0],
  ["(((a{1,10}){1,10}){1,10}){1,10}", "too-large", 0],
  ["\\pL{1,1000}".repeat(80), "too-large", 0],
];

for (const [pattern, code, offset] of refused) {
  test(`refuses ${pattern.slice(0, 30)}: ${code}`, () => {
    const read = check(pattern);
    assert.ok(!read.ok);
    assert.deepEqual([read.error.code, read.error.offset], [code, offset], read.error.message);
    assert.match(read.error.message, /: /, "it says how to mend it");
    assert.equal(checkPattern({ pattern, caseSensitive: false, longest: 256 }), read.error.message);
  });
}

test("a plain test takes anchors, and is linear", () => {
  const path = createLinearMatcher("^/v1/(chat|responses)$");
  assert.ok(path.ok && path.value.test("/v1/chat") && !path.value.test("/v1/chat/x"));
  const hostile = createLinearMatcher("^(a+)+$");
  assert.ok(hostile.ok && !hostile.value.test(`${"a".repeat(100_000)}!`));
  for (const pattern of ["(", "(?=a)", "(a)\\1", "x{1,1000}".repeat(10), "a".repeat(1_001)]) {
    const refusal = createLinearMatcher(pattern);
    assert.ok(!refusal.ok && refusal.error.length > 10, pattern);
  }
});
