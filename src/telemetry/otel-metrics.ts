/** What becomes of spans, log records and reports of metrics on their way to a collector. */
import type { Meter } from "./instruments.ts";

export const otelSignals = ["traces", "metrics", "logs"] as const;
export type OtelSignal = (typeof otelSignals)[number];

/**
 * Why something did not arrive. `full`: what waits is bounded; `refused`: the collector takes none of it; `rejected`: not this;
 * `thread`: the thread that sends ended; `shutdown`: there was no more time at the end.
 */
export const otelDropReasons = [
  "full",
  "timeout",
  "unreachable",
  "unavailable",
  "refused",
  "rejected",
  "thread",
  "shutdown",
] as const;
export type OtelDropReason = (typeof otelDropReasons)[number];

export type OtelMetrics = {
  /** Spans, log records, or reports of all metrics. */
  dropped(signal: OtelSignal, reason: OtelDropReason, count: number): void;
  sent(signal: OtelSignal, count: number): void;
  /** Whether the last of it arrived. */
  arrives(signal: OtelSignal, does: boolean): void;
};

export function createOtelMetrics({ counter, gauge }: Meter): OtelMetrics {
  const dropped = counter(
    "otel_dropped_total",
    "Spans, log records and reports of metrics that did not reach the collector, by why",
    { signal: otelSignals, reason: otelDropReasons },
  );
  const sent = counter("otel_sent_total", "Spans, log records and reports of metrics that the collector took", {
    signal: otelSignals,
  });
  const up = gauge("otel_up", "1 while what is sent to the collector arrives, or nothing was sent yet", {
    signal: otelSignals,
  });
  for (const signal of otelSignals) up.of({ signal }).set(1);
  return {
    dropped: (signal, reason, count) => dropped.of({ signal, reason }).inc(count),
    sent: (signal, count) => sent.of({ signal }).inc(count),
    arrives: (signal, does) => up.of({ signal }).set(does ? 1 : 0),
  };
}
