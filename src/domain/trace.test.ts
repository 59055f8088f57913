import assert from "node:assert/strict";
import { test } from "node:test";
import { followedTraces, parseTraceparent } from "./trace.ts";

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const span = "00f067aa0ba902b7";

test("a traceparent is read as W3C says", () => {
  assert.deepEqual(parseTraceparent(`00-${trace}-${span}-01`), { traceId: trace, parentId: span, sampled: true });
  assert.equal(parseTraceparent(`00-${trace}-${span}-00`)?.sampled, false);
  assert.equal(parseTraceparent(`00-${trace}-${span}-03`)?.sampled, true);
  assert.equal(parseTraceparent(`01-${trace}-${span}-01-more`)?.traceId, trace, "a later version may say more");
});

test("what is none is not taken", () => {
  for (const text of [
    "",
    "words of a prompt",
    `00-${trace}-${span}`,
    `00-${trace}-${span}-01-more`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `ff-${trace}-${span}-01`,
    `00-${"0".repeat(32)}-${span}-01`,
    `00-${trace}-${"0".repeat(16)}-01`,
    `00-${trace}-${span}-01\n`,
    ` 00-${trace}-${span}-01`,
    `00-${trace}-${span}-01, 00-${trace}-${span}-01`,
  ])
    assert.equal(parseTraceparent(text), null, JSON.stringify(text));
});

test("Envoy's word goes before the request's", () => {
  const envoy = parseTraceparent(`00-${trace}-${span}-01`);
  const request = parseTraceparent(`00-${trace.replaceAll("4", "5")}-${span}-00`);
  assert.equal(followedTraces.begin(envoy, request)?.traceId, trace);
  assert.equal(followedTraces.begin(null, request)?.sampled, false);
  assert.equal(followedTraces.begin(null, null), null);
});
