// `npm run bench -- endurance`: many exchanges in quick succession over one Envoy worker, each ended by Envoy with a reset
// (or, with its runtime guard, by half-close); memory after each half; and many marked streams at once on one connection.
//
// It measures and keeps the raw figures; endurance-report.ts judges and writes.

import type { Envoy } from "../test/helpers/envoy.ts";
import type { BenchOptions, BenchRun } from "./bench.ts";
import type { LoadResult, MarkedResult } from "./load/closed-loop.ts";
import { loadFrom, markedFrom } from "./load/run-program.ts";
import { openGateway, openSallyport, openUpstream } from "./load/stack.ts";
import { type Facts, facts, residentBytes } from "./machine.ts";

export interface Half {
  readonly requests: number;
  readonly failures: number;
  readonly examples: readonly string[];
  readonly seconds: number;
  /** Of Sallyport, right after. */
  readonly residentBytes: number;
}

/** Envoy's own counts of its side towards Sallyport. */
export interface GuardConnections {
  readonly opened: number;
  /** Closed while in use, by whichever side. */
  readonly lost: number;
  readonly streamsFailed: number;
}

export interface Succession {
  readonly gracefulClose: boolean;
  readonly halves: readonly Half[];
  readonly connections: GuardConnections;
}

export interface EnduranceRaw {
  readonly facts: Facts;
  readonly command: string;
  readonly settings: { readonly requestsPerHalf: number; readonly concurrency: number };
  readonly successions: readonly Succession[];
  readonly marked: MarkedResult & { readonly connections: GuardConnections };
}

const standard = { requestsPerHalf: 50_000, streams: 1_000 };
/** More exchanges than Node's default limit on resets lets by. */
const short = { requestsPerHalf: 800, streams: 200 };
const concurrency = 16;

export async function runEndurance(options: BenchOptions): Promise<BenchRun<EnduranceRaw>> {
  const { requestsPerHalf, streams } = options.short ? short : standard;
  const successions: Succession[] = [];
  for (const gracefulClose of [false, true]) {
    await using parts = new AsyncDisposableStack();
    successions.push(await succession({ ...options, parts }, gracefulClose, requestsPerHalf));
  }
  const marked = await markedStreams(options, streams);
  options.say(`${streams} streams at once: ${marked.failures} failures`);
  const raw: EnduranceRaw = {
    facts: await facts(options.envoy),
    command: options.command,
    settings: { requestsPerHalf, concurrency },
    successions,
    marked,
  };
  const failures = successions
    .flatMap(({ halves }) => halves)
    .reduce((sum, half) => sum + half.failures, marked.failures);
  return { raw, failures, recordable: true };
}

async function succession(options: BenchOptions, gracefulClose: boolean, requests: number): Promise<Succession> {
  const { guard, envoy } = await openPath(options, gracefulClose);
  const halves: Half[] = [];
  for (const half of [1, 2]) {
    const result: LoadResult = await loadFrom({
      port: envoy.proxyPort,
      reply: "json",
      concurrency,
      until: { requests },
    });
    const resident = await residentBytes(guard.pid);
    const { failures, examples, seconds } = result;
    halves.push({ requests: result.requests, failures, examples, seconds, residentBytes: resident });
    const mebibytes = (resident / 2 ** 20).toFixed(0);
    options.say(
      `${gracefulClose ? "with" : "without"} graceful close, half ${half}: ${result.requests} exchanges, ` +
        `${failures} failures ${examples.join("; ")}, ${(result.requests / seconds).toFixed(0)} a second, ${mebibytes} MiB`,
    );
  }
  return { gracefulClose, halves, connections: await connectionsOf(envoy) };
}

async function markedStreams(options: BenchOptions, streams: number): Promise<EnduranceRaw["marked"]> {
  const { envoy } = await openPath(options, true, true);
  const result = await markedFrom(envoy.proxyPort, streams);
  return { ...result, connections: await connectionsOf(envoy) };
}

async function openPath({ parts, envoy: program }: BenchOptions, gracefulClose: boolean, isPatient = false) {
  const upstream = await openUpstream(parts);
  const guard = await openSallyport(parts, isPatient);
  const shape = { guarded: true, gracefulClose };
  const envoy = await openGateway(parts, { program, socket: guard.socket, upstreamPort: upstream.port, ...shape });
  return { guard, envoy };
}

async function connectionsOf(envoy: Envoy): Promise<GuardConnections> {
  return {
    opened: await envoy.stat("cluster.sallyport.upstream_cx_total"),
    lost: await envoy.stat("cluster.sallyport.upstream_cx_destroy_with_active_rq"),
    streamsFailed: await envoy.stat("http.proxy.ext_proc.sallyport.streams_failed"),
  };
}
