// Gateways that differ in one thing: what stands between them and the upstream. Each with an Envoy of its own, one worker.

import { writeFile } from "node:fs/promises";
import { openVinoAtHand } from "../../scripts/openvino.mjs";
import type { Runtime } from "../../src/inference/backend.ts";
import { GuardProcess } from "../../test/helpers/guard-process.ts";
import { openTempDir } from "../../test/helpers/temp-dir.ts";
import { openGateway } from "../load/stack.ts";

export interface Gateway {
  readonly port: number;
  readonly pids: readonly number[];
}

export interface Guarded extends Gateway {
  readonly pid: number;
  metrics(): Promise<Metrics>;
}

/** The sum of a metric over its labels, which must contain `labels` as they are written. */
export type Metrics = (name: string, labels?: string) => number;

export interface Way {
  readonly program: string;
  readonly upstreamPort: number;
}

export async function openBare(parts: AsyncDisposableStack, way: Way): Promise<Gateway> {
  // Nobody listens there: the filter that would ask is not in it.
  const envoy = await openGateway(parts, { ...way, socket: "/nowhere", guarded: false, gracefulClose: true });
  return { port: envoy.proxyPort, pids: [envoy.pid] };
}

export interface Settings {
  /** A policy's text. */
  readonly policy: string;
  /** Parts of the configuration. */
  readonly models?: object;
  readonly limits?: object;
}

/** No exchange is late, however slow the machine is. */
const patient = { promptBudgetMs: 120_000, windowBudgetMs: 120_000 };

export async function openGuarded(parts: AsyncDisposableStack, way: Way, settings: Settings): Promise<Guarded> {
  const dir = parts.use(await openTempDir());
  const [policy, config] = [dir.join("policy.yaml"), dir.join("config.yaml")];
  const { models = {}, limits = {} } = settings;
  await writeFile(policy, settings.policy);
  const all = { kind: "Config", version: 1, limits: { ...patient, ...limits }, models };
  await writeFile(config, JSON.stringify(all));
  const guard = parts.use(await GuardProcess.open({ policy, args: ["--config", config] }));
  const envoy = await openGateway(parts, { ...way, socket: guard.socket, guarded: true, gracefulClose: true });
  return {
    port: envoy.proxyPort,
    pid: guard.pid,
    pids: [guard.pid, envoy.pid],
    metrics: async () => metricsIn(await guard.metrics()),
  };
}

/** OpenVINO where it is at hand, with one thread. */
export function oneThread(): { readonly runtime: Runtime; readonly models: object } {
  const folder = openVinoAtHand();
  const runtime = folder === undefined ? "onnxruntime" : "openvino";
  const own = folder === undefined ? {} : { openvinoFolder: folder };
  return { runtime, models: { backend: runtime, threads: 1, streams: 1, ...own } };
}

function metricsIn(page: string): Metrics {
  const lines = page.split("\n");
  return (name, labels = "") =>
    lines
      .filter((line) => line.startsWith(`sallyport_${name}{`) || line.startsWith(`sallyport_${name} `))
      .filter((line) => line.includes(labels))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}

/** Resolves when so many exchanges have ended since the guard started, and what they ask of models with them. */
export async function settled(guard: Guarded, exchanges: number): Promise<Metrics> {
  for (;;) {
    const metrics = await guard.metrics();
    if (metrics("exchanges_total") >= exchanges && metrics("exchanges_in_flight") === 0) return metrics;
  }
}

export const policyText = (name: string, rules: readonly object[]): string =>
  JSON.stringify({
    kind: "Policy",
    version: 1,
    name,
    defaults: { onUnknown: "closed", onUnreadable: "block" },
    rules,
  });
