// The configurations in docs/examples for what sends telemetry on. The OpenTelemetry Collector runs with its own where there is
// one on PATH; what can be said of the files without it is said always.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { partOf } from "../e2e/telemetry-sinks.ts";
import { Child } from "../helpers/child.ts";
import { OtlpReceiver } from "../helpers/otlp-receiver.ts";
import { findProgram, skipUnless } from "../helpers/require.ts";
import { openTempDir } from "../helpers/temp-dir.ts";
import { System } from "../e2e/system.ts";
import { talks } from "./site.ts";

const example = (name: string): Promise<string> =>
  readFile(new URL(`../../docs/examples/${name}`, import.meta.url), "utf8");
const collectorText = await example("otel-collector.yaml");

type Collector = Record<"receivers" | "processors" | "exporters", Record<string, unknown>> & {
  readonly service: {
    readonly pipelines: Record<string, Record<"receivers" | "processors" | "exporters", readonly string[]>>;
  };
};
type FluentBit = {
  readonly parsers: readonly Record<string, string>[];
  readonly pipeline: Record<"inputs" | "outputs", readonly Record<string, string>[]>;
};

describe("otel-collector.yaml", () => {
  const collector = parse(collectorText) as Collector;
  const pipelines = Object.values(collector.service.pipelines);
  for (const kind of ["receivers", "processors", "exporters"] as const)
    test(`its pipelines use the ${kind} that there are, all of them`, () => {
      const used = new Set(pipelines.flatMap((pipeline) => pipeline[kind]));
      assert.deepEqual([...used].sort(), Object.keys(collector[kind]).sort());
    });
  test("each pipeline is bounded first, and no text goes on with its query", () => {
    assert.equal(pipelines.length, 3);
    for (const [name, { processors }] of Object.entries(collector.service.pipelines)) {
      assert.equal(processors[0], "memory_limiter", name);
      assert.equal(processors.includes("transform/without-query"), name !== "metrics", name);
    }
  });
});

test("fluent-bit.yaml names the parsers that there are, sends on every tag, and leaves audit lines as they are", async () => {
  const { parsers, pipeline } = parse(await example("fluent-bit.yaml")) as FluentBit;
  assert.deepEqual(
    new Set(pipeline.inputs.flatMap(({ parser = [] }) => parser)),
    new Set(parsers.map(({ name }) => name)),
  );
  for (const { tag = "" } of pipeline.inputs)
    assert.ok(
      pipeline.outputs.some(({ match = "" }) => tag.startsWith(match.replace("*", ""))),
      tag,
    );
  const audit = pipeline.inputs.find(({ tag }) => tag === "sallyport.audit");
  assert.equal(audit?.["parser"], undefined);
  // The format is that of Envoy's %START_TIME% and of the log's time.
  for (const parser of parsers) assert.equal(parser["time_key"], "time");
});

const collectorProgram = "otelcol-contrib";
test("a real Collector takes spans of both, log records and both pages of metrics, and lets no query through", {
  ...skipUnless(collectorProgram),
  timeout: 60_000,
}, async () => {
  await using dir = await openTempDir();
  await using backend = await OtlpReceiver.open();
  const [grpc, http, own] = [await freePort(), await freePort(), await freePort()];
  await using system = await System.open({
    config: { otel: { endpoint: `http://127.0.0.1:${http}` } },
    telemetry: { accessLogs: ["json", await partOf("access-log-otel", grpc)], tracing: await partOf("tracing", grpc) },
  });
  const config = collectorText
    .replace("127.0.0.1:4317", `127.0.0.1:${grpc}`)
    .replace("127.0.0.1:4318", `127.0.0.1:${http}`)
    .replace("port: 8888", `port: ${own}`)
    .replace("127.0.0.1:9464", `127.0.0.1:${system.guard.adminPort}`)
    .replace("127.0.0.1:9901", `127.0.0.1:${system.envoy.adminPort}`)
    .replaceAll("scrape_interval: 15s", "scrape_interval: 1s");
  await writeFile(dir.join("collector.yaml"), config);
  await using collector = new Child(String(findProgram(collectorProgram)), ["--config", dir.join("collector.yaml")], {
    env: { ...process.env, OTLP_ENDPOINT: `http://127.0.0.1:${backend.httpPort}` },
  });
  await collector.line(/Everything is ready/);
  await talks.secret(system);
  await sendByHand(`http://127.0.0.1:${http}`);
  await backend.waitFor(({ spans }) => spans.some(({ attributes }) => attributes["sallyport.verdict"] === "redact"));
  await backend.waitFor(({ spans }) => spans.some(({ name }) => name === "sallyport exchange"));
  await backend.waitFor(({ logs }) => logs.some(({ body }) => body === "redact"));
  await backend.waitFor(({ metrics }) => metrics.some(({ name }) => name.startsWith("sallyport_")));
  await backend.waitFor(({ metrics }) => metrics.some(({ name }) => name.startsWith("envoy_")));
  const byHand = await backend.waitFor(({ spans }) => spans.find(({ name }) => name === "by-hand"));
  assert.deepEqual(byHand.attributes, { "http.url": "/a", "url.full": "/a", "url.path": "/a", "http.target": "/a" });
  await backend.waitFor(({ logs }) => logs.some(({ body }) => body === "by-hand"));
  assert.ok(!backend.requests.some(({ bytes }) => bytes.includes("planted-text")));
});

/** A span and a log record of somebody who tells all. */
async function sendByHand(url: string): Promise<void> {
  const keys = ["http.url", "url.full", "url.path", "http.target", "url.query", "user_agent", "user_agent.original"];
  const attributes = keys.map((key) => ({ key, value: { stringValue: "/a?b=planted-text#planted-text" } }));
  const ids = { traceId: "0".repeat(31).concat("1"), spanId: "0".repeat(15).concat("1") };
  const span = { name: "by-hand", ...ids, kind: 1, startTimeUnixNano: "1", endTimeUnixNano: "2", attributes };
  const record = { body: { stringValue: "by-hand" }, attributes };
  for (const [path, body] of [
    ["/v1/traces", { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }],
    ["/v1/logs", { resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] }],
  ] as const) {
    const headers = { "content-type": "application/json" };
    const reply = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    assert.equal(reply.status, 200);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
