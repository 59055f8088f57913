/** Spans, metrics and log lines to a collector, as the configuration says. It need not be there: nothing waits for it. */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { OtelSettings } from "../../config/otel.ts";
import { followedTraces, type Tracing } from "../../domain/trace.ts";
import { ok, type Result } from "../../stdx/result.ts";
import type { LogOutput } from "../../telemetry/log-output.ts";
import { errorFields, type Logger } from "../../telemetry/log.ts";
import type { Metrics } from "../../telemetry/metrics.ts";
import { plainMetrics } from "../../telemetry/otel/plain-metrics.ts";
import { type OtelSignal, otelSignals } from "../../telemetry/otel-metrics.ts";
import { tracedExchange } from "../../telemetry/otel/exchange-spans.ts";
import { systemClock } from "../surroundings.ts";
import type { ExchangeSink } from "../told.ts";
import { Link } from "./link.ts";
import { readCollector } from "./read-collector.ts";
import { createTracing, type TracingParts } from "./tracing.ts";

export type Otel = {
  /** Where spans are not sent, nobody keeps times for them. */
  readonly tracing: Tracing;
  readonly sink: ExchangeSink;
  /** Sends what waits, for a while. */
  close(): Promise<void>;
};

export type OtelParts = {
  readonly metrics: Pick<Metrics, "otel" | "registry">;
  readonly log: Logger;
  readonly lines: LogOutput;
};

/** At the end, in milliseconds. */
const closeMs = 2000;

const nothing: Otel = { tracing: followedTraces, sink: () => undefined, close: () => Promise.resolve() };

/** `settings` of `null`: nothing is sent. The error is for the start: a file that the configuration names cannot be read. */
export async function openOtel(
  settings: OtelSettings | null,
  { metrics, log, lines }: OtelParts,
): Promise<Result<Otel, string>> {
  if (settings === null || otelSignals.every((signal) => !settings[signal])) return ok(nothing);
  const collector = await readCollector(settings);
  if (!collector.ok) return collector;
  const version = await programVersion();
  const link = new Link({
    start: {
      collector: collector.value,
      resource: {
        ...settings.resource,
        "service.name": settings.serviceName,
        "service.version": version,
        "service.instance.id": randomUUID(),
      },
      version,
      startedMs: Date.now(),
    },
    originMs: () => Date.now() - systemClock.nowMs(),
    onSent: (signal, count) => metrics.otel.sent(signal, count),
    onDropped: (signal, reason, count) => metrics.otel.dropped(signal, reason, count),
    onArrives: (signal, does, why) => tellArrives({ metrics, log }, signal, does, why),
    onThreadEnded: (error) =>
      log.error("the thread that sends telemetry ended; another is started", errorFields(error ?? "")),
  });
  const parts = new DisposableStack();
  if (settings.logs) parts.defer(lines.follow((line) => link.line(line)));
  if (settings.metrics) {
    const timer = setInterval(() => void report(metrics, link), settings.metricsIntervalMs);
    timer.unref();
    parts.defer(() => clearInterval(timer));
  }
  return ok({
    tracing: settings.traces ? createTracing(tracingOf(settings)) : followedTraces,
    sink(exchange, record) {
      if (!settings.traces || exchange.trace?.sampled !== true) return;
      const traced = tracedExchange(exchange, record());
      if (traced !== null) link.exchange(traced);
    },
    async close() {
      parts.dispose();
      if (settings.metrics) await report(metrics, link);
      await link.close(closeMs);
    },
  });
}

const tracingOf = ({ sampleRatio, trustRequestTraceparent }: OtelSettings): TracingParts => ({
  sampleRatio,
  trustsRequest: trustRequestTraceparent,
  random: Math.random,
});

async function programVersion(): Promise<string> {
  const text = await readFile(new URL("../../../package.json", import.meta.url), "utf8");
  return String((JSON.parse(text) as { readonly version: unknown }).version);
}

async function report(metrics: Pick<Metrics, "registry">, link: Link): Promise<void> {
  link.metrics(await plainMetrics(metrics.registry), Date.now());
}

function tellArrives(
  { metrics, log }: Pick<OtelParts, "metrics" | "log">,
  signal: OtelSignal,
  does: boolean,
  why: string,
): void {
  metrics.otel.arrives(signal, does);
  if (does) log.info("telemetry arrives at the collector", { signal });
  else
    log.error("telemetry does not arrive at the collector; what cannot be kept is dropped and counted", {
      signal,
      why,
    });
}
