// The part of `telemetry` in which a collector takes connections and never answers: exchanges, memory, and what was dropped.

import type { BenchOptions } from "./bench.ts";
import { loadFrom } from "./load/run-program.ts";
import { openUpstream } from "./load/stack.ts";
import { type Came, counted, openCollector, openTellingGateway, openTellingGuard } from "./load/telemetry-site.ts";
import { residentBytes } from "./machine.ts";

export interface Hanging {
  readonly requestsPerHalf: number;
  /** After those that warm up, the first half, the second half. */
  readonly residentBytes: readonly number[];
  readonly envoyResidentBytes: readonly number[];
  readonly requests: number;
  readonly failures: number;
  readonly examples: readonly string[];
  readonly seconds: number;
  /** `sallyport_otel_dropped_total`, after the first half and at the end. */
  readonly dropped: readonly number[];
  readonly came: Came;
}

const concurrency = 16;
/** Far more often than usual, so that there is much to drop. */
const metricsIntervalMs = 1000;

/** All that the guard and Envoy tell goes to a collector that takes it and never answers. */
export async function measureHanging(options: Omit<BenchOptions, "parts">, requestsPerHalf: number): Promise<Hanging> {
  await using parts = new AsyncDisposableStack();
  const collector = await openCollector(parts, "hang");
  const upstream = await openUpstream(parts);
  const guard = await openTellingGuard(parts, "on", collector, metricsIntervalMs);
  const shape = { program: options.envoy, socket: guard.socket, upstreamPort: upstream.port, collector };
  const envoy = await openTellingGateway(parts, shape);
  const resident = { guard: [] as number[], envoy: [] as number[] };
  const dropped: number[] = [];
  const sum = { requests: 0, failures: 0, seconds: 0, examples: [] as string[] };
  for (const phase of ["warming up", "first half", "second half"]) {
    const until = { requests: requestsPerHalf };
    const result = await loadFrom({ port: envoy.proxyPort, reply: "json", concurrency, until });
    resident.guard.push(await residentBytes(guard.pid));
    resident.envoy.push(await residentBytes(envoy.pid));
    if (phase !== "warming up") {
      sum.requests += result.requests;
      sum.seconds += result.seconds;
      dropped.push(counted(await guard.metrics(), "sallyport_otel_dropped_total"));
    }
    sum.failures += result.failures;
    sum.examples.push(...result.examples);
    const mebibytes = ((resident.guard.at(-1) ?? 0) / 2 ** 20).toFixed(0);
    options.say(
      `a hanging collector, ${phase}: ${result.requests} exchanges, ${result.failures} failures, ${mebibytes} MiB`,
    );
  }
  // What hangs is given up after a while, whatever was sent. Each look waits for an answer.
  while (dropped.at(-1) === 0) dropped[1] = counted(await guard.metrics(), "sallyport_otel_dropped_total");
  const residents = { residentBytes: resident.guard, envoyResidentBytes: resident.envoy };
  return { requestsPerHalf, ...residents, ...sum, dropped, came: await collector.came() };
}
