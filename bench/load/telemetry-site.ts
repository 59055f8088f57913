// What `telemetry` compares: one upstream, one gateway for each step of telemetry, and a collector that decodes nothing. Real
// Envoy, one worker each, Sallyport under its embedded policy without models. All are up at once.

import { generateKeyPairSync } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { parseDocument } from "yaml";
import { Child } from "../../test/helpers/child.ts";
import { Envoy } from "../../test/helpers/envoy.ts";
import { GuardProcess } from "../../test/helpers/guard-process.ts";
import { openTempDir } from "../../test/helpers/temp-dir.ts";
import { programPath } from "./run-program.ts";
import { shaped, withoutModels } from "./stack.ts";

/** What the guard tells beside what Envoy's records take from it. */
export const guardSteps = ["off", "traces", "audit", "on"] as const;
export type GuardStep = (typeof guardSteps)[number];

/** What a collector was sent, by HTTP and gRPC together. */
export interface Came {
  readonly requests: number;
  readonly bytes: number;
}

/** What one guard says became of what it had to tell. */
export interface Told {
  readonly exchanges: number;
  readonly spansSent: number;
  readonly spansDropped: number;
  readonly auditWritten: number;
  readonly auditLost: number;
}

export interface Collector {
  readonly pid: number;
  readonly httpPort: number;
  readonly grpcPort: number;
  came(): Promise<Came>;
}

const tracingPart = new URL("../../envoy/tracing.yaml", import.meta.url);
const minutesMs = 120_000;
/** What a guard has to tell arrives within a second or two. */
const tellingMsMax = 20_000;

/** In a process of its own. */
export async function openCollector(parts: AsyncDisposableStack, manner: "answer" | "hang"): Promise<Collector> {
  const child = parts.use(new Child(process.execPath, [programPath("collector"), manner]));
  const [, httpPort, grpcPort] = (await child.line(/^ports (\d+) (\d+)$/)).map(Number) as [number, number, number];
  return {
    pid: child.pid,
    httpPort,
    grpcPort,
    came: async () => (await (await fetch(`http://127.0.0.1:${httpPort}/came`)).json()) as Came,
  };
}

/** `sallyport serve`. No exchange is late, however busy the machine is: what is measured is the same work each time. */
export async function openTellingGuard(
  parts: AsyncDisposableStack,
  step: GuardStep,
  collector: Collector,
  metricsIntervalMs?: number,
): Promise<GuardProcess> {
  const dir = parts.use(await openTempDir());
  const [policy, config, key] = ["policy.yaml", "config.yaml", "audit.pem"].map((name) => dir.join(name)) as [
    string,
    string,
    string,
  ];
  const { privateKey } = generateKeyPairSync("ed25519");
  await writeFile(key, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  await writeFile(policy, JSON.stringify({ ...withoutModels(), report: { models: ["stand-in-small"], audit: "all" } }));
  const endpoint = `http://127.0.0.1:${collector.httpPort}`;
  const otel = { endpoint, traces: true, metrics: step === "on", logs: step === "on" };
  const source = {
    kind: "Config",
    version: 1,
    log: { level: step === "on" ? "info" : "error" },
    ...(step === "traces" || step === "on"
      ? { otel: { ...otel, ...(metricsIntervalMs === undefined ? {} : { metricsIntervalMs }) } }
      : {}),
    ...(step === "audit" || step === "on" ? { audit: { to: "file", folder: dir.join("audit"), keyFile: key } } : {}),
    limits: { promptBudgetMs: minutesMs, windowBudgetMs: minutesMs },
  };
  await writeFile(config, JSON.stringify(source));
  return parts.use(await GuardProcess.open({ policy, args: ["--config", config] }));
}

export interface TellingGatewayOptions {
  readonly program: string;
  readonly socket: string;
  readonly upstreamPort: number;
  /** Where Envoy sends its spans; null: it keeps no access log and no statistics of verdicts either. */
  readonly collector: Collector | null;
}

/** Envoy traces every exchange and keeps its access log and statistics as shipped, or does none of it. */
export async function openTellingGateway(parts: AsyncDisposableStack, options: TellingGatewayOptions): Promise<Envoy> {
  const { program, socket, upstreamPort, collector } = options;
  const server = { host: "127.0.0.1", port: collector?.grpcPort ?? 0 };
  const tracing = { tracing: { yaml: await readFile(tracingPart, "utf8"), server } };
  const gateway = { guarded: true, gracefulClose: true };
  const envoy = await Envoy.open({
    program,
    guard: { kind: "unix", path: socket },
    upstream: { host: "127.0.0.1", port: upstreamPort },
    ...(collector === null ? {} : { telemetry: tracing }),
    shape: (yaml) => (collector === null ? silent(shaped(yaml, gateway)) : shaped(yaml, gateway)),
  });
  return parts.use(envoy);
}

function silent(yaml: string): string {
  const document = parseDocument(yaml);
  const log = ["static_resources", "listeners", 0, "filter_chains", 0, "filters", 0, "typed_config", "access_log"];
  if (!document.deleteIn(log)) throw new Error("the gateway has no access log");
  return document.toString({ lineWidth: 0 });
}

/** Reads pages once a second, as Prometheus would, and drops them. */
export function scraping(pages: readonly string[]): Disposable {
  const read = (page: string): Promise<unknown> => fetch(page).then((reply) => reply.arrayBuffer());
  const once = (): void => void Promise.all(pages.map(read)).catch(() => undefined);
  once();
  const timer = setInterval(once, 1000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** The sum of a counter's series on a page of metrics, of those whose labels are so; 0 where there is none. */
export function counted(page: string, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return page.split("\n").reduce((sum, line) => {
    const [, found, told = "", value = ""] = /^([a-z_]+)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    return found === name && wanted.every((each) => told.split(",").includes(each)) ? sum + Number(value) : sum;
  }, 0);
}

/** Once all of it was written, and of each exchange something was sent or dropped, or after a while. Each look waits for an answer. */
export async function toldBy(guard: GuardProcess, step: GuardStep): Promise<Told> {
  const giveUp = performance.now() + tellingMsMax;
  for (;;) {
    const page = await guard.metrics();
    const spans = { signal: "traces" };
    const told = {
      exchanges: counted(page, "sallyport_exchanges_total"),
      spansSent: counted(page, "sallyport_otel_sent_total", spans),
      spansDropped: counted(page, "sallyport_otel_dropped_total", spans),
      auditWritten: counted(page, "sallyport_audit_entries_total", { kind: "exchange" }),
      auditLost: counted(page, "sallyport_audit_lost_total"),
    };
    const areSpansThere = step === "off" || step === "audit" || told.spansSent + told.spansDropped >= told.exchanges;
    const isRecordThere = step === "off" || step === "traces" || told.auditWritten + told.auditLost >= told.exchanges;
    if ((areSpansThere && isRecordThere) || performance.now() > giveUp) return told;
  }
}
