import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { logFacts } from "./log-facts.ts";
import { isAttributeName } from "./names.ts";

const line = (fields: object): string =>
  `${JSON.stringify({ level: "info", time: "2026-01-02T03:04:05.678Z", ...fields, msg: "said" })}\n`;

test("a line: its time, level, message and fields", () => {
  assert.deepEqual(logFacts(line({ signal: "traces", count: 2, list: ["a", "b"], none: "", nothing: null })), {
    atMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    level: "info",
    message: "said",
    event: "",
    trace: null,
    attributes: { "sallyport.log.signal": "traces", "sallyport.log.count": 2, "sallyport.log.list": ["a", "b"] },
  });
});

test("an error keeps the names of the conventions", () => {
  assert.deepEqual(logFacts(line({ error: "RangeError", code: "E", stack: ["at a", "at b"] }))?.attributes, {
    "exception.type": "RangeError",
    "sallyport.log.code": "E",
    "exception.stacktrace": "at a\nat b",
  });
});

test("an id of a trace counts only in its form, and only with the other", () => {
  const [trace, span] = ["0af7651916cd43dd8448eb211c80319c", "00f067aa0ba902b7"];
  assert.deepEqual(logFacts(line({ trace_id: trace, span_id: span }))?.trace, { traceId: trace, spanId: span });
  for (const fields of [
    { trace_id: trace },
    { span_id: span },
    { trace_id: `${trace}0`, span_id: span },
    { trace_id: 1 },
  ])
    assert.equal(logFacts(line(fields))?.trace, null);
});

test("any line gives names of the table, or nothing", () => {
  for (const text of ["", "{", "[]", "null", "1", '{"level":"info"}', '{"msg":"x"}'])
    assert.equal(logFacts(text), null);
  fc.assert(
    fc.property(fc.object({ maxDepth: 2 }), (fields) => {
      const facts = logFacts(JSON.stringify({ ...fields, level: "warn", msg: "said" }));
      for (const name of Object.keys(facts?.attributes ?? {})) assert.ok(isAttributeName(name), name);
    }),
  );
});
