import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { createMeter } from "./instruments.ts";
import { formatFor, renderPage } from "./metrics-page.ts";

describe("which form is asked for", () => {
  const prometheus =
    "application/openmetrics-text; version=1.0.0,application/openmetrics-text; version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
  const table: readonly (readonly [string | undefined, ReturnType<typeof formatFor>])[] = [
    [undefined, "text"],
    ["", "text"],
    ["*/*", "text"],
    ["text/html,application/xhtml+xml", "text"],
    [prometheus, "openmetrics"],
    ["Application/OpenMetrics-Text;version=1.0.0;escaping=underscores", "openmetrics"],
    ["text/plain;version=0.0.4;q=0.5,application/openmetrics-text;q=0.4", "text"],
    ["text/plain;q=0.5,application/openmetrics-text;q=0.5", "openmetrics"],
    ["application/openmetrics-text;q=0", "text"],
    ["application/openmetrics-text;q=nonsense", "text"],
    [`${"a/b,".repeat(4000)}application/openmetrics-text`, "text"],
  ];
  for (const [accept, format] of table)
    test(String(accept).slice(0, 60), () => assert.equal(formatFor(accept), format));
});

const filled = () => {
  const registry = new Registry();
  const meter = createMeter(registry, () => 1_700_000_000_123);
  const trace = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
  meter
    .counter("blocks_total", 'Says "so"\\', { cause: ["rule"] })
    .of({ cause: "rule" })
    .inc(1, trace);
  const took = meter.histogram("took_seconds", "Took", [1, 2], {}).of({});
  took.observe(1.5, trace);
  took.observe(9, trace);
  new Gauge({ name: "odd", help: "Odd", labelNames: ["name"], registers: [registry] }).set(
    { name: '"\\\n' },
    Number.NaN,
  );
  new Counter({ name: "theirs_total", help: "Theirs", registers: [registry] }).inc(2);
  return registry;
};

test("as text: names as they are, nothing of traces", async () => {
  const { contentType, body } = await renderPage(filled(), "text");
  assert.equal(contentType, "text/plain; version=0.0.4; charset=utf-8");
  assert.deepEqual(body.split("\n"), [
    '# HELP sallyport_blocks_total Says "so"\\\\',
    "# TYPE sallyport_blocks_total counter",
    'sallyport_blocks_total{cause="rule"} 1',
    "# HELP sallyport_took_seconds Took",
    "# TYPE sallyport_took_seconds histogram",
    'sallyport_took_seconds_bucket{le="1"} 0',
    'sallyport_took_seconds_bucket{le="2"} 1',
    'sallyport_took_seconds_bucket{le="+Inf"} 2',
    "sallyport_took_seconds_sum 10.5",
    "sallyport_took_seconds_count 2",
    "# HELP odd Odd",
    "# TYPE odd gauge",
    'odd{name="\\"\\\\\\n"} NaN',
    "# HELP theirs_total Theirs",
    "# TYPE theirs_total counter",
    "theirs_total 2",
    "",
  ]);
});

test("as OpenMetrics: exemplars link to the trace", async () => {
  const { contentType, body } = await renderPage(filled(), "openmetrics");
  assert.equal(contentType, "application/openmetrics-text; version=1.0.0; charset=utf-8");
  const trace = 'trace_id="0af7651916cd43dd8448eb211c80319c",span_id="b7ad6b7169203331"';
  assert.deepEqual(body.split("\n"), [
    '# HELP sallyport_blocks Says \\"so\\"\\\\',
    "# TYPE sallyport_blocks counter",
    `sallyport_blocks_total{cause="rule"} 1 # {${trace}} 1 1700000000.123`,
    "# HELP sallyport_took_seconds Took",
    "# TYPE sallyport_took_seconds histogram",
    'sallyport_took_seconds_bucket{le="1"} 0',
    `sallyport_took_seconds_bucket{le="2"} 1 # {${trace}} 1.5 1700000000.123`,
    `sallyport_took_seconds_bucket{le="+Inf"} 2 # {${trace}} 9 1700000000.123`,
    "sallyport_took_seconds_sum 10.5",
    "sallyport_took_seconds_count 2",
    "# HELP odd Odd",
    "# TYPE odd gauge",
    'odd{name="\\"\\\\\\n"} NaN',
    "# HELP theirs Theirs",
    "# TYPE theirs counter",
    "theirs_total 2",
    "# EOF",
    "",
  ]);
});

test("as OpenMetrics: a histogram of prom-client's own, such as Node's of garbage collection", async () => {
  const registry = new Registry();
  new Histogram({ name: "gc_seconds", help: "GC", buckets: [1], registers: [registry] }).observe(0.5);
  const { body } = await renderPage(registry, "openmetrics");
  assert.match(body, /^gc_seconds_bucket\{le="1"\} 1$/m);
});

test("who asks for one form changes nothing for who asks for the other at the same time", async () => {
  const registry = filled();
  const [text, open] = [await renderPage(registry, "text"), await renderPage(registry, "openmetrics")];
  const pages = await Promise.all(
    ["text", "openmetrics", "openmetrics", "text"].map((format) => renderPage(registry, format as "text")),
  );
  assert.deepEqual(pages, [text, open, open, text]);
});
