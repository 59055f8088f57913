/** What the program and the thread that sends to a collector tell each other: plain data alone. */
import type { OtelDropReason, OtelSignal } from "../../telemetry/otel-metrics.ts";
import type { TracedExchange } from "../../telemetry/otel/exchange-spans.ts";
import type { RegistryMetric } from "../../telemetry/otel/metric-facts.ts";

export type Collector = {
  /** Where each signal goes; `null`: it is not sent. */
  readonly urls: Readonly<Record<OtelSignal, string | null>>;
  readonly headers: Readonly<Record<string, string>>;
  /** PEM. */
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  /** Milliseconds from the beginning of a request to the end of its answer. */
  readonly timeoutMs: number;
  readonly gzip: boolean;
};

export type Start = {
  readonly collector: Collector;
  /** Attributes of the resource that everything comes from. */
  readonly resource: Readonly<Record<string, string>>;
  readonly version: string;
  /** When counting began, in milliseconds since 1970. */
  readonly startedMs: number;
};

export type Ask =
  /** `originMs`: what their clock's 0 is in milliseconds since 1970. */
  | { readonly kind: "exchanges"; readonly originMs: number; readonly exchanges: readonly TracedExchange[] }
  | { readonly kind: "lines"; readonly lines: readonly string[] }
  | { readonly kind: "metrics"; readonly atMs: number; readonly metrics: readonly RegistryMetric[] }
  /** Sends what waits, and ends. */
  | { readonly kind: "close"; readonly withinMs: number };

export type Told =
  /** One of the asks was taken; so many of them wait at the most. */
  | { readonly kind: "took" }
  | { readonly kind: "sent"; readonly signal: OtelSignal; readonly count: number }
  | { readonly kind: "dropped"; readonly signal: OtelSignal; readonly reason: OtelDropReason; readonly count: number }
  /** `why`: a code of the system's, or an HTTP status; empty where it arrives. */
  | { readonly kind: "arrives"; readonly signal: OtelSignal; readonly does: boolean; readonly why: string };
