import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { stageVerdict, tracedReport } from "../../../test/helpers/traced.ts";
import { Private } from "../../domain/private.ts";
import { score } from "../../domain/score.ts";
import { verdictRecord } from "../verdict-record.ts";
import { eventsMax, exchangeSpans, spanCount, tracedExchange } from "./exchange-spans.ts";
import { isAttributeName } from "./names.ts";

function spansOf(report: ReturnType<typeof tracedReport>) {
  const traced = tracedExchange(report, verdictRecord(report));
  assert.ok(traced !== null);
  let drawn = 0;
  const drawSpanId = (): string => (drawn += 1).toString(16).padStart(16, "0");
  const spans = exchangeSpans(structuredClone(traced), { drawSpanId, originMs: 1_700_000_000_000 });
  assert.equal(spans.length, spanCount(traced));
  return spans;
}

test("each parent stands before its children, and every id once", () => {
  const spans = spansOf(tracedReport());
  const seen = new Set(["b7ad6b7169203331"]);
  for (const { spanId, parentId, beganMs, endedMs } of spans) {
    assert.ok(parentId !== null && seen.has(parentId));
    assert.ok(!seen.has(spanId));
    assert.ok(beganMs <= endedMs && beganMs >= 1_700_000_001_000);
    seen.add(spanId);
  }
});

test("a stage that never came has no span, and what is told of it stands under the exchange", () => {
  const report = tracedReport({ prompt: null });
  const spans = spansOf(report);
  assert.deepEqual(
    spans.map(({ name, parentId }) => [name, parentId]),
    [
      ["sallyport exchange", "b7ad6b7169203331"],
      ["sallyport reply", report.trace?.spanId],
      ["sallyport detector no-email", report.trace?.spanId],
      ["sallyport detector no-injection", "0000000000000001"],
      ["sallyport model guard", "0000000000000001"],
    ],
  );
});

test("an exchange that nobody samples costs nothing", () => {
  const { trace } = tracedReport();
  assert.ok(trace !== null);
  for (const report of [tracedReport({ trace: null }), tracedReport({ trace: { ...trace, sampled: false } })])
    assert.equal(tracedExchange(report, verdictRecord(report)), null);
});

test("a failed exchange, stage and run are errors; a block and an abort are none", () => {
  const run = tracedReport().spans?.runs[0];
  assert.ok(run !== undefined);
  const failed = tracedReport({
    prompt: stageVerdict("prompt", { kind: "failed" }),
    reply: null,
    spans: { detectors: [], runs: [{ ...run, failed: true }], left: 3 },
  });
  assert.deepEqual(
    spansOf(failed).map(({ failed, attributes }) => [
      failed,
      attributes["error.type"],
      attributes["sallyport.spans_left"],
    ]),
    [
      [true, "guard", 3],
      [true, "guard", undefined],
      [true, "model", undefined],
    ],
  );
  const aborted = tracedReport({ reply: stageVerdict("reply", { kind: "aborted" }) });
  for (const report of [tracedReport(), aborted]) assert.ok(spansOf(report).every((span) => !span.failed));
});

test("findings are events up to a bound", () => {
  const categories = Array.from({ length: eventsMax + 1 }, (_, at) => `patterns/p-${at}` as const);
  const hit = { rule: "many", action: "flag", shadow: true, count: 1, topScore: score(1) } as const;
  for (const [count, left] of [
    [eventsMax - 1, 0],
    [eventsMax, 0],
    [eventsMax + 1, 1],
  ] as const) {
    const own = categories.slice(0, count);
    const hits = [{ ...hit, categories: own, scores: own.map(() => score(0.5)) }];
    const [, prompt] = spansOf(tracedReport({ prompt: stageVerdict("prompt", { kind: "allow", hits }) }));
    assert.deepEqual([prompt?.events.length, prompt?.eventsLeft], [Math.min(count, eventsMax), left]);
    assert.equal(prompt?.events[0]?.attributes["sallyport.enforced"], false);
  }
});

test("whatever a client sends, no name is outside the table and no text of it is told", () => {
  const planted = 'planted canary \u0000\n{"é';
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), (more) => {
      const text = `${planted}${more}`;
      const report = tracedReport({
        requestId: text,
        tenant: text,
        route: text,
        principal: new Private(text),
        reply: null,
      });
      const spans = spansOf(report);
      assert.ok(!JSON.stringify(spans).includes("canary"));
      for (const { attributes, events } of spans)
        for (const each of [attributes, ...events.map((event) => event.attributes)])
          assert.deepEqual(
            Object.keys(each).filter((name) => !isAttributeName(name)),
            [],
          );
    }),
  );
});
