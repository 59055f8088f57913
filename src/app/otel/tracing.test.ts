import assert from "node:assert/strict";
import { test } from "node:test";
import { createTracing } from "./tracing.ts";

const parent = { traceId: "0af7651916cd43dd8448eb211c80319c", parentId: "b7ad6b7169203331", sampled: true };

test("a caller's trace goes on as the caller says", () => {
  const tracing = createTracing({ sampleRatio: 1, trustsRequest: true, random: () => 0 });
  for (const sampled of [true, false]) {
    const trace = tracing.begin({ ...parent, sampled }, null);
    assert.deepEqual({ ...trace, spanId: "" }, { ...parent, sampled, spanId: "" });
    assert.match(trace?.spanId ?? "", /^[0-9a-f]{16}$/);
  }
});

test("without a caller's a share begins one", () => {
  for (const [sampleRatio, random, begins] of [
    [0, 0, false],
    [0.5, 0.49, true],
    [0.5, 0.5, false],
    [1, 0.999, true],
  ] as const) {
    const trace = createTracing({ sampleRatio, trustsRequest: true, random: () => random }).begin(null, null);
    assert.equal(trace !== null, begins);
    if (trace === null) continue;
    assert.match(trace.traceId, /^[0-9a-f]{32}$/);
    assert.deepEqual([trace.parentId, trace.sampled], [null, true]);
  }
});

test("no id comes twice", () => {
  const tracing = createTracing({ sampleRatio: 0, trustsRequest: true, random: () => 0 });
  const ids = Array.from({ length: 5000 }, () => tracing.begin(parent, null)?.spanId);
  assert.equal(new Set(ids).size, ids.length);
});

test("what a client may have written counts after Envoy's own word, and only where it is trusted", () => {
  const other = { ...parent, parentId: "00000000000000aa" };
  for (const trustsRequest of [true, false]) {
    const tracing = createTracing({ sampleRatio: 0, trustsRequest, random: () => 0 });
    assert.equal(tracing.begin(parent, other)?.parentId, parent.parentId);
    assert.equal(tracing.begin(null, other)?.parentId, trustsRequest ? other.parentId : undefined);
  }
});
