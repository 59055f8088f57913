// `npm run bench -- telemetry`: what it costs that exchanges are told, in Envoy and in Sallyport, and that a collector which
// never answers costs no exchange and no memory.
//
// Rounds take the steps in turn, every other round the other way round, so that what disturbs the machine, or changes with time,
// disturbs all of them; differences are taken within a round. It measures and keeps the raw figures; telemetry-report.ts judges
// and writes.

import { findProgram } from "../test/helpers/require.ts";
import type { Envoy } from "../test/helpers/envoy.ts";
import type { GuardProcess } from "../test/helpers/guard-process.ts";
import type { BenchOptions, BenchRun } from "./bench.ts";
import type { LoadResult } from "./load/closed-loop.ts";
import { loadFrom } from "./load/run-program.ts";
import { openUpstream } from "./load/stack.ts";
import {
  type Came,
  type Collector,
  type GuardStep,
  guardSteps,
  openCollector,
  openTellingGateway,
  openTellingGuard,
  scraping,
  type Told,
  toldBy,
} from "./load/telemetry-site.ts";
import { loadByWrk, type TimedLoad, wrkVersion } from "./load/wrk.ts";
import { cpuMsOf, cpuTicks, type Facts, facts, stealShare } from "./machine.ts";
import { type Hanging, measureHanging } from "./telemetry-hanging.ts";
import { countedRounds } from "./telemetry-report.ts";
import type { Point } from "./transport.ts";

/** `off`: nobody tells anything. `envoy`: Envoy alone; the others are beside that. `on`: all of it, and both are scraped. */
export const steps = ["off", "envoy", "traces", "audit", "on"] as const;
export type Step = (typeof steps)[number];
export const workloads = ["json", "stream"] as const;
export type Workload = (typeof workloads)[number];

/** Processes whose CPU time is told. */
export const processes = ["guard", "envoy", "collector"] as const;
export type Process = (typeof processes)[number];

export interface Measured {
  readonly c1: Point;
  readonly c16: Point;
  /** Milliseconds of CPU time while 16 connections sent. */
  readonly cpuMs: Readonly<Record<Process, number>>;
}

export interface Round {
  readonly workload: Workload;
  readonly steal: number | null;
  readonly measured: Readonly<Record<Step, Measured>>;
}

export interface TelemetryRaw {
  readonly facts: Facts;
  readonly command: string;
  readonly load: string;
  readonly settings: { readonly rounds: number; readonly seconds: number; readonly warmUpRequests: number };
  readonly rounds: readonly Round[];
  readonly told: Readonly<Record<GuardStep, Told>>;
  readonly came: Came;
  readonly hanging: Hanging;
}

const standard = { rounds: 10, seconds: 2, warmUpRequests: { json: 4000, stream: 800 }, requestsPerHalf: 5000 };
const short = { rounds: 1, seconds: 0.3, warmUpRequests: { json: 60, stream: 20 }, requestsPerHalf: 150 };
/** Rounds that are run at most, as a multiple of those wanted, until enough of them count. */
const triesMax = 3;
const concurrency = 16;

type Site = { readonly guard: GuardProcess; readonly envoy: Envoy; readonly tells: boolean; readonly scraped: boolean };
type Sites = Readonly<Record<Step, Site>>;
type Send = (load: TimedLoad) => Promise<LoadResult>;

export async function runTelemetry(options: BenchOptions): Promise<BenchRun<TelemetryRaw>> {
  const set = options.short ? short : standard;
  const wanted = options.rounds ?? set.rounds;
  const seconds = options.seconds ?? set.seconds;
  const wrk = options.short ? undefined : findProgram("wrk");
  const load = wrk === undefined ? "the closed-loop client on node:http" : await wrkVersion(wrk);
  const send: Send = (one) => (wrk === undefined ? loadFrom(one) : loadByWrk(wrk, one));
  options.say(`load by ${load}; warming up`);
  const steps = await measureSteps(options, send, { ...set, rounds: wanted, seconds });
  const hanging = await measureHanging(options, set.requestsPerHalf);
  const raw: TelemetryRaw = {
    facts: await facts(options.envoy),
    command: options.command,
    load,
    settings: { rounds: wanted, seconds, warmUpRequests: set.warmUpRequests.json },
    ...steps.raw,
    hanging,
  };
  const failures = steps.raw.rounds.reduce((sum, round) => sum + failuresOf(round), steps.failures + hanging.failures);
  return { raw, failures, recordable: workloads.every((workload) => enough(raw.rounds, workload, wanted)) };
}

const ofWorkload = (rounds: readonly Round[], workload: Workload): readonly Round[] =>
  rounds.filter((round) => round.workload === workload);
const enough = (rounds: readonly Round[], workload: Workload, wanted: number): boolean =>
  countedRounds(ofWorkload(rounds, workload)).length >= wanted;

/** Owns its gateways, so that none of them runs while a collector hangs. */
async function measureSteps(
  options: Omit<BenchOptions, "parts">,
  send: Send,
  { rounds: wanted, seconds, warmUpRequests }: typeof standard,
): Promise<{ readonly raw: Pick<TelemetryRaw, "rounds" | "told" | "came">; readonly failures: number }> {
  await using parts = new AsyncDisposableStack();
  const collector = await openCollector(parts, "answer");
  const { sites, guards } = await openSites({ ...options, parts }, collector);
  let failures = 0;
  for (const workload of workloads) {
    for (const step of steps) {
      const port = sites[step].envoy.proxyPort;
      // The closed-loop client: every reply is compared.
      const until = { requests: warmUpRequests[workload] };
      const warmed = await loadFrom({ port, reply: workload, concurrency, until });
      for (const example of warmed.examples) options.say(`${workload}, ${step}: ${example}`);
      failures += warmed.failures;
    }
  }
  const rounds: Round[] = [];
  const isOver = (workload: Workload): boolean =>
    options.short ? ofWorkload(rounds, workload).length >= wanted : enough(rounds, workload, wanted);
  for (let round = 0; round < wanted * triesMax && !workloads.every(isOver); round += 1) {
    for (const workload of workloads) {
      if (isOver(workload)) continue;
      const order = round % 2 === 0 ? steps : steps.toReversed();
      rounds.push(await runRound(sites, order, workload, seconds, collector.pid, send));
      options.say(lineOf(rounds.at(-1) as Round));
    }
  }
  const told: Partial<Record<GuardStep, Told>> = {};
  for (const step of guardSteps) told[step] = await toldBy(guards[step], step);
  return { raw: { rounds, told: told as Record<GuardStep, Told>, came: await collector.came() }, failures };
}

async function openSites(
  { parts, envoy: program }: Pick<BenchOptions, "parts" | "envoy">,
  collector: Collector,
): Promise<{ readonly sites: Sites; readonly guards: Readonly<Record<GuardStep, GuardProcess>> }> {
  const upstream = await openUpstream(parts);
  const guards: Partial<Record<GuardStep, GuardProcess>> = {};
  for (const step of guardSteps) guards[step] = await openTellingGuard(parts, step, collector);
  const sites: Partial<Record<Step, Site>> = {};
  for (const step of steps) {
    const tells = step !== "off";
    const guard = guards[step === "envoy" ? "off" : step] as GuardProcess;
    const shape = { program, socket: guard.socket, upstreamPort: upstream.port, collector: tells ? collector : null };
    sites[step] = { guard, envoy: await openTellingGateway(parts, shape), tells, scraped: step === "on" };
  }
  return { sites: sites as Sites, guards: guards as Record<GuardStep, GuardProcess> };
}

async function runRound(
  sites: Sites,
  order: readonly Step[],
  workload: Workload,
  seconds: number,
  collectorPid: number,
  send: Send,
): Promise<Round> {
  const before = await cpuTicks();
  const measured: Partial<Record<Step, Measured>> = {};
  for (const step of order) {
    const { guard, envoy, tells, scraped } = sites[step];
    using _ = scraping([
      ...(tells ? [`http://127.0.0.1:${envoy.adminPort}/stats/prometheus`] : []),
      ...(scraped ? [`http://127.0.0.1:${guard.adminPort}/metrics`] : []),
    ]);
    const at = async (connections: number): Promise<Point> =>
      pointOf(await send({ port: envoy.proxyPort, reply: workload, concurrency: connections, until: { seconds } }));
    const cpu = async (): Promise<readonly number[]> => Promise.all([guard.pid, envoy.pid, collectorPid].map(cpuMsOf));
    const c1 = await at(1);
    const from = await cpu();
    const c16 = await at(concurrency);
    const [guardMs = 0, envoyMs = 0, collectorMs = 0] = (await cpu()).map((ms, index) => ms - (from[index] ?? 0));
    measured[step] = { c1, c16, cpuMs: { guard: guardMs, envoy: envoyMs, collector: collectorMs } };
  }
  return { workload, steal: stealShare(before, await cpuTicks()), measured: measured as Record<Step, Measured> };
}

const pointOf = ({ requests, seconds, failures, latencyUs }: LoadResult): Point => ({
  requests,
  seconds,
  failures,
  latencyUs,
});

const failuresOf = ({ measured }: Round): number =>
  Object.values(measured).reduce((sum, { c1, c16 }) => sum + c1.failures + c16.failures, 0);

function lineOf({ workload, steal, measured }: Round): string {
  const each = (of: (one: Measured) => string): string => steps.map((step) => of(measured[step])).join(" / ");
  const share = steal === null ? "?" : `${(steal * 100).toFixed(1)} %`;
  const p50 = each(({ c1 }) => c1.latencyUs.p50.toFixed(0));
  const rate = each(({ c16 }) => (c16.requests / c16.seconds).toFixed(0));
  const cpu = each(({ c16, cpuMs }) => ((cpuMs.guard * 1000) / c16.requests).toFixed(0));
  return `${workload}: p50 at 1 ${p50} us, requests/s at 16 ${rate}, guard ${cpu} us of CPU, steal ${share}`;
}
