// What goes to a collector, through the real thread and OpenTelemetry's serializers to a receiver that decodes it by protos of its own.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { openOtel, type OtelParts } from "../../src/app/otel/open-otel.ts";
import { isAttributeName } from "../../src/telemetry/otel/names.ts";
import { readConfig } from "../../src/config/config.ts";
import { createLogOutput } from "../../src/telemetry/log-output.ts";
import { createLogger, errorFields } from "../../src/telemetry/log.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { verdictRecord } from "../../src/telemetry/verdict-record.ts";
import { OtlpReceiver } from "../helpers/otlp-receiver.ts";
import { openTempDir } from "../helpers/temp-dir.ts";
import { stageVerdict, tracedReport } from "../helpers/traced.ts";

async function open(otel: Readonly<Record<string, unknown>>, more: Partial<OtelParts> = {}) {
  const parts = new AsyncDisposableStack();
  const receiver = parts.use(await OtlpReceiver.open());
  const bytes = Buffer.from(
    JSON.stringify({
      kind: "Config",
      version: 1,
      otel: { endpoint: `http://127.0.0.1:${receiver.httpPort}`, ...otel },
    }),
  );
  const config = readConfig({ file: { path: "config.yaml", bytes }, env: {}, flags: {} });
  assert.ok(config.ok);
  const lines: string[] = [];
  const output = createLogOutput({ write: (line) => lines.push(line), waiting: 0 });
  const metrics = createMetrics({ heldBytes: () => 0 });
  const log = createLogger({ level: "info", write: output.write });
  const opened = await openOtel(config.value.otel, { metrics, log, lines: output, ...more });
  assert.ok(opened.ok);
  const made = opened.value;
  let closed: Promise<void> | null = null;
  const close = () => (closed ??= made.close());
  parts.defer(close);
  const value = async (name: string): Promise<number> => {
    const line = (await metrics.page()).body.split("\n").find((each) => each.startsWith(`${name} `));
    return line === undefined ? Number.NaN : Number(line.slice(name.length + 1));
  };
  return { receiver, otel: made, log, lines, metrics, value, close, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

const end = ({ otel }: Awaited<ReturnType<typeof open>>, report = tracedReport()): void =>
  otel.sink(report, () => verdictRecord(report));

const spanIdOf = new RegExp("^[0-9a-f]{16}$");

test("an exchange is a tree of spans under its caller's, with the times that it took", async () => {
  await using at = await open({});
  const before = Date.now();
  end(at);
  const spans = await at.receiver.waitFor(({ spans }) => spans.length >= 6 && spans);
  const named = new Map(spans.map((span) => [span.name, span]));
  const idOf = (name: string | null) => (name === null ? "b7ad6b7169203331" : named.get(name)?.spanId);
  const tree: readonly (readonly [string, string | null, "server" | "internal", number])[] = [
    ["sallyport exchange", null, "server", 60],
    ["sallyport prompt", "sallyport exchange", "internal", 5],
    ["sallyport reply", "sallyport exchange", "internal", 30],
    ["sallyport detector no-email", "sallyport prompt", "internal", 1],
    ["sallyport detector no-injection", "sallyport reply", "internal", 12],
    ["sallyport model guard", "sallyport reply", "internal", 10],
  ];
  assert.deepEqual(
    spans.map(({ name, parentId, kind, startNs, endNs }) => [
      name,
      parentId,
      kind,
      Math.round(Number(endNs - startNs) / 1e6),
    ]),
    tree.map(([name, parent, kind, ms]) => [name, idOf(parent), kind, ms]),
  );
  for (const span of spans) {
    assert.equal(span.traceId, "0af7651916cd43dd8448eb211c80319c");
    assert.match(span.spanId, spanIdOf);
    assert.equal(span.traceState, "");
    assert.equal(span.status.code, "unset", "a block is no failure of the guard");
    assert.equal(span.resource["service.name"], "sallyport");
    assert.match(JSON.stringify(span.resource["service.version"]), /^"\d+\.\d+\.\d+/);
    const names = [span.attributes, span.resource, ...span.events.map(({ attributes }) => attributes)].flatMap((each) =>
      Object.keys(each),
    );
    assert.deepEqual(
      names.filter((name) => !isAttributeName(name)),
      [],
    );
  }
  const [exchange, prompt, reply, , , model] = spans;
  assert.equal(exchange?.spanId, "00f067aa0ba902b7", "what the log and the exemplars name");
  assert.equal(exchange.attributes["sallyport.verdict"], "block");
  assert.equal(exchange.attributes["gen_ai.request.model"], "gpt-4o");
  assert.equal(exchange.attributes["gen_ai.operation.name"], "chat");
  assert.ok(Math.abs(Number(exchange.endNs / 1_000_000n) - (before - (performance.now() - 1060))) < 60_000);
  assert.deepEqual(
    reply?.events.map(({ name, attributes }) => [name, attributes]),
    [
      [
        "gen_ai.evaluation.result",
        {
          "gen_ai.evaluation.name": "injection/any",
          "gen_ai.evaluation.score.value": 0.875,
          "gen_ai.evaluation.score.label": "block",
          "sallyport.rule": "no-injection",
          "sallyport.enforced": true,
        },
      ],
      ["sallyport.block", { "sallyport.cause": "rule", "sallyport.rule": "no-injection" }],
    ],
  );
  assert.equal(prompt?.events.length, 1);
  assert.deepEqual([model?.attributes["sallyport.run.queue_ms"], model?.attributes["sallyport.run.infer_ms"]], [2, 7]);
  await at.close();
  assert.equal(await at.value('sallyport_otel_sent_total{signal="traces"}'), 6);
});

test("what nobody samples is not sent, and an error of the guard is one", async () => {
  await using at = await open({});
  const { trace } = tracedReport();
  assert.ok(trace !== null);
  end(at, tracedReport({ trace: null, spans: null }));
  end(at, tracedReport({ trace: { ...trace, sampled: false }, spans: null }));
  const failed = { prompt: stageVerdict("prompt", { kind: "failed" }), reply: null };
  end(at, tracedReport({ trace: { ...trace, parentId: null }, spans: null, ...failed }));
  const spans = await at.receiver.waitFor(({ spans }) => spans.length >= 2 && spans);
  assert.deepEqual(
    spans.map(({ name, parentId, status, attributes }) => [name, parentId, status.code, attributes["error.type"]]),
    [
      ["sallyport exchange", null, "error", "guard"],
      ["sallyport prompt", "00f067aa0ba902b7", "error", "guard"],
    ],
  );
});

test("metrics are the numbers of the page", async () => {
  await using at = await open({ traces: false, metrics: true, metricsIntervalMs: 1000 });
  at.metrics.exchangeBegan();
  at.metrics.exchangeEnded(tracedReport());
  const points = await at.receiver.waitFor(({ metrics }) => metrics.length > 0 && metrics);
  const point = (name: string, attributes: object = {}) =>
    points.find((each) => each.name === name && isDeepStrictEqual(each.attributes, attributes));
  const blocks = point("sallyport_blocks_total", { stage: "reply", cause: "rule" });
  assert.deepEqual(
    [blocks?.kind, blocks?.value, blocks?.monotonic, blocks?.temporality],
    ["sum", 1, true, "cumulative"],
  );
  assert.ok(blocks !== undefined && blocks.startNs > 0n && blocks.startNs < blocks.timeNs);
  assert.equal(point("sallyport_exchanges_in_flight")?.kind, "gauge");
  const judge = point("sallyport_judge_seconds", { stage: "reply" });
  assert.deepEqual([judge?.kind, judge?.count, judge?.value, judge?.unit], ["histogram", 1, 0.012, "s"]);
  assert.equal(judge?.buckets.length, (judge?.bounds.length ?? 0) + 1);
  assert.equal(
    judge?.buckets.reduce((sum, each) => sum + each, 0),
    1,
  );
  const page = (await at.metrics.page()).body;
  const families = page.split("\n").flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []);
  const silent = families.filter((name) => !points.some((each) => each.name === name));
  const without = families.filter((name) => !new RegExp(`^${name}(_count)?[ {]`, "m").test(page));
  assert.deepEqual(silent, without, "of those that have a value all came");
});

test("the log's lines come with their trace, and an exchange's as an event", async () => {
  await using at = await open({ traces: false, logs: true });
  at.log.warn("peer refused", { why: "no-certificate" });
  at.log.error("stream failed", errorFields(new RangeError("quotes what it choked on")));
  const { trace } = tracedReport();
  at.log.info("exchange", {
    ...verdictRecord(tracedReport()),
    request_id: "1",
    trace_id: trace?.traceId ?? "",
    span_id: trace?.spanId ?? "",
  });
  const [warning, error, exchange] = await at.receiver.waitFor(({ logs }) => logs.length >= 3 && logs);
  assert.deepEqual([warning?.severityText, warning?.severity, warning?.body], ["WARN", 13, "peer refused"]);
  assert.deepEqual(warning?.attributes, { "sallyport.log.why": "no-certificate" });
  assert.equal(error?.attributes["exception.type"], "RangeError");
  assert.match(JSON.stringify(error?.attributes["exception.stacktrace"]), /^"at .*\\n/);
  assert.ok(!JSON.stringify(error?.attributes).includes("choked"));
  assert.equal(exchange?.eventName, "sallyport.exchange");
  assert.deepEqual([exchange?.traceId, exchange?.spanId], [trace?.traceId, trace?.spanId]);
  assert.equal(exchange?.attributes["sallyport.verdict"], "block");
  for (const { attributes } of at.receiver.logs)
    assert.deepEqual(
      Object.keys(attributes).filter((name) => !isAttributeName(name)),
      [],
    );
});

test("a collector that refuses is tried again; its state is told at changes alone, and nothing is lost", async () => {
  await using at = await open({});
  at.receiver.refuse();
  end(at);
  await at.receiver.waitFor(({ requests }) => requests.length >= 2);
  at.receiver.resume();
  await at.receiver.waitFor(({ spans }) => spans.length >= 6);
  await at.close();
  const told = at.lines
    .map((line) => (JSON.parse(line) as { msg: string }).msg)
    .filter((msg) => msg.includes("collector"));
  assert.deepEqual(told, [
    "telemetry does not arrive at the collector; what cannot be kept is dropped and counted",
    "telemetry arrives at the collector",
  ]);
  assert.equal(await at.value('sallyport_otel_sent_total{signal="traces"}'), 6);
  assert.equal(await at.value('sallyport_otel_up{signal="traces"}'), 1);
});

test("10,000 exchanges and a collector that hangs: what waits is bounded, and all of it is counted", async () => {
  await using at = await open({ timeoutMs: 100 });
  at.receiver.hang();
  const report = tracedReport();
  const record = verdictRecord(report);
  for (let count = 0; count < 10_000; count += 1) {
    at.otel.sink(report, () => record);
    if (count % 500 === 499) await new Promise((resolve) => setImmediate(resolve));
  }
  await at.receiver.waitFor(({ requests }) => requests.length >= 2);
  await at.close();
  const drops = (await at.metrics.page()).body
    .split("\n")
    .flatMap((line) => /^sallyport_otel_dropped_total\{signal="traces",.*\} (\d+)$/.exec(line)?.[1] ?? []);
  assert.equal(
    drops.reduce((sum, each) => sum + Number(each), 0),
    60_000,
  );
  assert.equal(at.receiver.spans.length, 0);
});

test("headers of a file go with each request, packed where wished, and come from nowhere else", async () => {
  await using dir = await openTempDir();
  await writeFile(dir.join("headers"), "# of the collector\nAuthorization: Bearer abc def\nX-Scope-OrgID: team-1\n");
  await using at = await open({ headersFile: dir.join("headers"), compression: "gzip", serviceName: "edge" });
  end(at);
  const [span] = await at.receiver.waitFor(({ spans }) => spans.length >= 6 && spans);
  const [request] = at.receiver.requests;
  assert.equal(request?.headers["authorization"], "Bearer abc def");
  assert.equal(request?.headers["x-scope-orgid"], "team-1");
  assert.equal(request?.headers["content-encoding"], "gzip");
  assert.equal(span?.resource["service.name"], "edge");
});

test("a file that cannot be read, or headers that are none, end the start and are not repeated", async () => {
  await using dir = await openTempDir();
  await writeFile(dir.join("headers"), "Bearer secret-of-somebody\n");
  const metrics = createMetrics({ heldBytes: () => 0 });
  const log = createLogger({ level: "silent", write: () => undefined });
  for (const [headersFile, said] of [
    [dir.join("none"), "cannot be read, or is empty"],
    [dir.join("headers"), "each line must be NAME: VALUE"],
  ] as const) {
    const file = { kind: "Config", version: 1, otel: { endpoint: "http://127.0.0.1:1", headersFile } };
    const config = readConfig({
      file: { path: "config.yaml", bytes: Buffer.from(JSON.stringify(file)) },
      env: {},
      flags: {},
    });
    assert.ok(config.ok);
    const opened = await openOtel(config.value.otel, {
      metrics,
      log,
      lines: createLogOutput({ write: () => undefined, waiting: 0 }),
    });
    assert.ok(!opened.ok && opened.error.includes(said) && !opened.error.includes("secret"));
  }
});
