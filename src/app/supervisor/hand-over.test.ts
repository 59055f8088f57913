import assert from "node:assert/strict";
import { test } from "node:test";
import { readHandOver, writeHandOver } from "./hand-over.ts";

test("what is written is read", () => {
  const history = { counts: { SIGSEGV: 2, exit: 1 }, last: "exit", endedAtMs: 5 } as const;
  for (const handOver of [{ history }, { history: null }])
    assert.deepEqual(readHandOver(writeHandOver(handOver)), handOver);
});

test("anything else says nothing", () => {
  for (const text of [undefined, "", "{", "1", "null", "{}", "[]"]) assert.equal(readHandOver(text), null, text);
  for (const history of [1, {}, { counts: {}, last: "no", endedAtMs: 1 }, { counts: null, last: "exit", endedAtMs: 1 }])
    assert.deepEqual(readHandOver(JSON.stringify({ history })), { history: null });
  const odd = { counts: { SIGSEGV: 1, exit: -1, SIGBUS: "4", other: 3 }, last: "SIGSEGV", endedAtMs: 1 };
  assert.deepEqual(readHandOver(JSON.stringify({ history: odd }))?.history?.counts, { SIGSEGV: 1 });
});
