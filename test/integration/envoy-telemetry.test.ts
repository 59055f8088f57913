// What Envoy's statistics say where nobody judges, where there are too many words, and where no server takes its telemetry:
// the shipped files on the real Envoy, with stand-ins for the guard.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { parse, stringify } from "yaml";
import { envoyPath } from "../../scripts/envoy.mjs";
import type { ProcessingRequest, ProcessingResponse } from "../../src/extproc/wire.ts";
import { type Loose, partOf, sendSpansAtOnce } from "../e2e/telemetry-sinks.ts";
import { Envoy, type EnvoyOptions } from "../helpers/envoy.ts";
import { OtlpReceiver } from "../helpers/otlp-receiver.ts";
import { openPassGuard } from "../helpers/pass-guard.ts";
import { Upstream } from "../helpers/upstream.ts";

type Site = AsyncDisposable & { readonly envoy: Envoy; get(): Promise<Response> };

/** Envoy and a model server, with a guard that lets everything pass and writes `record` with its answer on the head. */
async function openSite(record: Readonly<Record<string, string>>, more: Partial<EnvoyOptions> = {}): Promise<Site> {
  await using parts = new AsyncDisposableStack();
  const upstream = parts.use(await Upstream.open());
  upstream.script("pass", async (exchange) => {
    await exchange.body.ended;
    exchange.respond(200, {});
    exchange.end();
  });
  const guard = parts.use(await openPassGuard((answer, message) => withRecord(answer, message, record)));
  const options = {
    guard: { kind: "unix", path: guard.socket },
    upstream: { host: "127.0.0.1", port: upstream.port },
  } as const;
  const envoy = parts.use(await Envoy.open({ program: await envoyPath(), ...options, ...more }));
  const moved = parts.move();
  return {
    envoy,
    get: () => fetch(`http://127.0.0.1:${envoy.proxyPort}/v1/models`, { headers: { "x-cell": "pass" } }),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

function withRecord(
  answer: ProcessingResponse,
  message: ProcessingRequest,
  record: Readonly<Record<string, string>>,
): ProcessingResponse {
  if (message.request !== "requestHeaders" || Object.keys(record).length === 0) return answer;
  const fields = Object.fromEntries(Object.entries(record).map(([key, stringValue]) => [key, { stringValue }]));
  return { ...answer, dynamicMetadata: { fields: { sallyport: { structValue: { fields } } } } };
}

/** Counters of the verdicts, by name. */
async function counters(envoy: Envoy): Promise<Readonly<Record<string, number>>> {
  const reply = await fetch(`http://127.0.0.1:${envoy.adminPort}/stats?format=json&type=Counters&filter=^sallyport`);
  const { stats } = (await reply.json()) as { stats: readonly { name: string; value: number }[] };
  return Object.fromEntries(stats.map(({ name, value }) => [name, value]));
}

test("a reply that went out without a verdict on its prompt rings", async () => {
  await using site = await openSite({});
  assert.equal((await site.get()).status, 200);
  await site.envoy.record(() => true);
  assert.deepEqual(await counters(site.envoy), {
    "sallyport.prompts_unjudged": 1,
    "sallyport.verdicts.verdict.pending.stage.none": 1,
  });
});

test("a reply that nobody judged rings", async () => {
  await using site = await openSite({
    verdict: "allow",
    stage: "prompt",
    prompt_verdict: "allow",
    reply_verdict: "none",
  });
  assert.equal((await site.get()).status, 200);
  await site.envoy.record(() => true);
  assert.deepEqual(await counters(site.envoy), {
    "sallyport.replies_unjudged": 1,
    "sallyport.verdicts.verdict.allow.stage.prompt": 1,
  });
});

test("a guard that is switched off on a route rings", async () => {
  const disabled = `typed_per_filter_config:
                            envoy.filters.http.ext_proc:
                              "@type": type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute
                              disabled: true
                          route:`;
  await using site = await openSite(
    { verdict: "allow" },
    { shape: (yaml) => yaml.replace("route:\n", `${disabled}\n`) },
  );
  assert.equal((await site.get()).status, 200);
  await site.envoy.record(() => true);
  assert.equal((await counters(site.envoy))["sallyport.prompts_unjudged"], 1);
});

test("no more counters than the limit, whatever the guard writes", async () => {
  let count = 0;
  const record = Object.defineProperty({ stage: "prompt", verdict: "" }, "verdict", {
    get: () => `word-${count++}`,
    enumerable: true,
  });
  await using site = await openSite(record);
  for (let asked = 0; asked < 80; asked++) assert.equal((await site.get()).status, 200);
  await site.envoy.record((each) => site.envoy.records.indexOf(each) === 79);
  const names = Object.keys(await counters(site.envoy)).filter((name) => name.startsWith("sallyport.verdicts"));
  assert.equal(count, 80);
  assert.equal(names.length, 64);
});

test("nothing waits for a collector that hangs, or for none", async () => {
  await using otlp = await OtlpReceiver.open();
  otlp.hang();
  const nobody = 9; // discard
  for (const port of [otlp.grpcPort, nobody]) {
    const accessLogs = ["json", await partOf("access-log-grpc", port), await partOf("access-log-otel", port)] as const;
    const telemetry = { accessLogs, tracing: await partOf("tracing", port) };
    await using site = await openSite({ verdict: "allow" }, { telemetry });
    for (let asked = 0; asked < 20; asked++) assert.equal((await site.get()).status, 200);
    await site.envoy.record((each) => site.envoy.records.indexOf(each) === 19);
  }
});

test("logs and spans by OTLP over HTTP, as their files say", async () => {
  await using otlp = await OtlpReceiver.open();
  const accessLogs = ["json", await partOf("access-log-otel", otlp.httpPort)] as const;
  const telemetry = { accessLogs, tracing: await partOf("tracing", otlp.httpPort) };
  const services = await Promise.all(["access-log-otel", "tracing"].map(httpService));
  await using site = await openSite({ verdict: "allow" }, { telemetry, shape: (yaml) => byHttp(yaml, services) });
  assert.equal((await site.get()).status, 200);
  const log = await otlp.waitFor(({ logs }) => logs[0]);
  const span = await otlp.waitFor(({ spans }) => spans.find(({ kind }) => kind === "server"));
  assert.deepEqual([log.body, log.traceId], ["allow", span.traceId]);
  assert.equal(span.attributes["sallyport.verdict"], "allow");
  assert.ok(otlp.requests.every(({ transport }) => transport === "http"));
});

/** The lines that a part's head gives for HTTP. */
async function httpService(name: string): Promise<object> {
  const yaml = await readFile(new URL(`../../envoy/${name}.yaml`, import.meta.url), "utf8");
  const found = /^# {3}http_service:\n# {5}(http_uri: .*)$/m.exec(yaml)?.[1] ?? "";
  const { http_uri } = parse(found) as { http_uri: { uri: string } };
  return { http_uri: { ...http_uri, uri: http_uri.uri.replace("collector:4318", "127.0.0.1") } };
}

/** Puts the services in place of every `grpc_service` that asks a collector, and takes HTTP/2 off its cluster. */
function byHttp(yaml: string, services: readonly object[]): string {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    const fields = Object.entries(value).map(([key, each]): [string, unknown] => {
      const cluster = (each as { envoy_grpc?: { cluster_name?: string } } | null)?.envoy_grpc?.cluster_name;
      const service = services.find((one) => JSON.stringify(one).includes(`"cluster":"${cluster}"`));
      if (key === "grpc_service" && service !== undefined) return ["http_service", service];
      return [key, walk(each)];
    });
    const isCollector = "name" in value && String(value.name).startsWith("otlp_");
    return Object.fromEntries(fields.filter(([key]) => !isCollector || key !== "typed_extension_protocol_options"));
  };
  const root = walk(parse(yaml)) as Loose;
  sendSpansAtOnce(root);
  return stringify(root);
}
