// `npm run bench -- transport`: what Sallyport adds to Envoy, beside an ext_proc server that does nothing.
//
// Rounds interleave the variants (A B C A B C), so that what disturbs the machine disturbs all of them; ratios are taken
// within a round. It measures and keeps the raw figures; transport-report.ts judges and writes.

import type { Percentiles } from "./stats.ts";
import type { LoadResult } from "./load/closed-loop.ts";
import { loadFrom } from "./load/run-program.ts";
import { openGateway, openPassServer, openSallyport, openUpstream, type Variant, variants } from "./load/stack.ts";
import { loadByWrk, type TimedLoad, wrkVersion } from "./load/wrk.ts";
import { cpuTicks, type Facts, facts, stealShare } from "./machine.ts";
import type { BenchOptions, BenchRun } from "./bench.ts";
import { findProgram } from "../test/helpers/require.ts";
import { countedRounds } from "./transport-report.ts";

export const workloads = ["json", "stream", "paced"] as const;
export type Workload = (typeof workloads)[number];

export interface Point {
  readonly requests: number;
  readonly seconds: number;
  readonly failures: number;
  readonly latencyUs: Percentiles;
}

export interface First {
  readonly requests: number;
  readonly failures: number;
  readonly firstEventUs: Percentiles;
  readonly firstTextUs: Percentiles;
}

/** One variant under one workload in one round. */
export interface Measured {
  readonly c1: Point;
  readonly c16: Point;
  /** Streams only. */
  readonly first: First | null;
}

export interface Round {
  readonly workload: Workload;
  readonly steal: number | null;
  readonly measured: Readonly<Record<Variant, Measured>>;
}

/** Streams for first tokens, one at a time. */
type FirstRequests = { readonly stream: number; readonly paced: number };

export interface TransportRaw {
  readonly facts: Facts;
  readonly command: string;
  readonly load: string;
  readonly settings: {
    readonly rounds: number;
    readonly secondsAtOne: number;
    readonly secondsAtSixteen: number;
    readonly firstRequests: FirstRequests;
    readonly warmUpSeconds: number;
  };
  readonly rounds: readonly Round[];
}

const standard = { rounds: 5, seconds: 4, firstRequests: { stream: 200, paced: 12 }, warmUpSeconds: 4 };
const short = { rounds: 1, seconds: 0.5, firstRequests: { stream: 10, paced: 2 }, warmUpSeconds: 0.25 };
/** Rounds that are run at most, as a multiple of those wanted, until enough of them count. */
const triesMax = 3;

export async function runTransport(options: BenchOptions): Promise<BenchRun<TransportRaw>> {
  const set = options.short ? short : standard;
  const wanted = options.rounds ?? set.rounds;
  const seconds = options.seconds ?? set.seconds;
  const ports = await openVariants(options);
  const wrk = options.short ? undefined : findProgram("wrk");
  const load = wrk === undefined ? "the closed-loop client on node:http" : await wrkVersion(wrk);
  const send = (one: TimedLoad): Promise<LoadResult> => (wrk === undefined ? loadFrom(one) : loadByWrk(wrk, one));

  options.say(`load by ${load}; warming up`);
  for (const workload of workloads) {
    for (const variant of variants) {
      await send({ port: ports[variant], reply: workload, concurrency: 16, until: { seconds: set.warmUpSeconds } });
    }
  }
  const rounds: Round[] = [];
  const enough = (workload: Workload): boolean => {
    const mine = rounds.filter((round) => round.workload === workload);
    return options.short ? mine.length >= wanted : countedRounds(mine).length >= wanted;
  };
  for (let round = 0; round < wanted * triesMax && !workloads.every(enough); round += 1) {
    for (const workload of workloads) {
      if (enough(workload)) continue;
      rounds.push(await runRound(ports, workload, seconds, set.firstRequests, send));
      options.say(lineOf(rounds.at(-1) as Round));
    }
  }
  const raw: TransportRaw = {
    facts: await facts(options.envoy),
    command: options.command,
    load,
    settings: {
      rounds: wanted,
      secondsAtOne: seconds,
      secondsAtSixteen: seconds,
      firstRequests: set.firstRequests,
      warmUpSeconds: set.warmUpSeconds,
    },
    rounds,
  };
  const failures = rounds.reduce((sum, round) => sum + failuresOf(round), 0);
  return { raw, failures, recordable: workloads.every(enough) };
}

async function openVariants(options: BenchOptions): Promise<Record<Variant, number>> {
  const { parts, envoy: program } = options;
  const upstream = await openUpstream(parts);
  // The short form looks at behaviour, beside whatever else the machine does.
  const sockets = { pass: await openPassServer(parts), sallyport: (await openSallyport(parts, options.short)).socket };
  const open = async (variant: Variant): Promise<number> => {
    const socket = variant === "bare" ? sockets.pass : sockets[variant];
    const shape = { guarded: variant !== "bare", gracefulClose: true };
    return (await openGateway(parts, { program, socket, upstreamPort: upstream.port, ...shape })).proxyPort;
  };
  return { bare: await open("bare"), pass: await open("pass"), sallyport: await open("sallyport") };
}

async function runRound(
  ports: Readonly<Record<Variant, number>>,
  workload: Workload,
  seconds: number,
  firstRequests: FirstRequests,
  send: (load: TimedLoad) => Promise<LoadResult>,
): Promise<Round> {
  const before = await cpuTicks();
  const measured: Partial<Record<Variant, Measured>> = {};
  for (const variant of variants) {
    const port = ports[variant];
    const first =
      workload === "json"
        ? null
        : firstOf(
            await loadFrom({ port, reply: workload, concurrency: 1, until: { requests: firstRequests[workload] } }),
          );
    const at = async (concurrency: number): Promise<Point> =>
      pointOf(await send({ port, reply: workload, concurrency, until: { seconds } }));
    measured[variant] = { c1: await at(1), c16: await at(16), first };
  }
  return { workload, steal: stealShare(before, await cpuTicks()), measured: measured as Record<Variant, Measured> };
}

const pointOf = ({ requests, seconds, failures, latencyUs }: LoadResult): Point => ({
  requests,
  seconds,
  failures,
  latencyUs,
});

function firstOf({ requests, failures, firstEventUs, firstTextUs }: LoadResult): First {
  if (firstEventUs === null || firstTextUs === null) throw new Error("no stream came back");
  return { requests, failures, firstEventUs, firstTextUs };
}

function failuresOf({ measured }: Round): number {
  return Object.values(measured).reduce(
    (sum, { c1, c16, first }) => sum + c1.failures + c16.failures + (first?.failures ?? 0),
    0,
  );
}

function lineOf({ workload, steal, measured }: Round): string {
  const { bare, pass, sallyport } = measured;
  const ms = (point: Point): string => (point.latencyUs.p50 / 1000).toFixed(2);
  const rate = ({ requests, seconds }: Point): string => (requests / seconds).toFixed(0);
  const each = (of: (one: Measured) => string): string => [bare, pass, sallyport].map(of).join(" / ");
  const share = steal === null ? "?" : `${(steal * 100).toFixed(1)} %`;
  return `${workload}: p50 at 1 ${each(({ c1 }) => ms(c1))} ms, requests/s at 16 ${each(({ c16 }) => rate(c16))}, steal ${share}`;
}
