/**
 * Facts as the bytes of OTLP (HTTP/protobuf): spans by our own writer, for there are many of them, all else by OpenTelemetry's
 * serializers. The only home of its packages, loaded by the thread that sends alone. Of a caller's tracestate nothing is here, so
 * that none is sent.
 */
import { type HrTime, SeverityNumber, TraceFlags, ValueType } from "@opentelemetry/api";
import {
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { AggregationTemporality, DataPointType } from "@opentelemetry/sdk-metrics";
import type { SpanFacts } from "../../telemetry/otel/exchange-spans.ts";
import type { LogFacts } from "../../telemetry/otel/log-facts.ts";
import type { MetricFacts } from "../../telemetry/otel/metric-facts.ts";
import type { Attributes } from "../../telemetry/otel/names.ts";
import { createSpanBytes } from "../../telemetry/otel/span-bytes.ts";

type ReadableLog = Parameters<typeof ProtobufLogsSerializer.serializeRequest>[0][number];
type MetricData = Parameters<
  typeof ProtobufMetricsSerializer.serializeRequest
>[0]["scopeMetrics"][number]["metrics"][number];

export type Encoder = {
  spans(spans: readonly SpanFacts[]): Uint8Array;
  logs(records: readonly LogFacts[]): Uint8Array;
  metrics(metrics: readonly MetricFacts[], atMs: number): Uint8Array;
};

export type Origin = {
  readonly resource: Readonly<Record<string, string>>;
  readonly version: string;
  /** When counting began, in milliseconds since 1970. */
  readonly startedMs: number;
};

export function createEncoder({ resource: attributes, version, startedMs }: Origin): Encoder {
  const from = { resource: resourceFromAttributes(attributes), scope: { name: "sallyport", version } };
  return {
    spans: createSpanBytes({ resource: attributes, version }),
    logs: (records) => bytesOf(ProtobufLogsSerializer.serializeRequest(records.map((each) => readableLog(each, from)))),
    metrics: (metrics, atMs) => {
      const times = { startTime: hrTime(startedMs), endTime: hrTime(atMs) };
      const data = metrics.map((metric) => metricData(metric, times));
      const { resource, scope } = from;
      return bytesOf(
        ProtobufMetricsSerializer.serializeRequest({ resource, scopeMetrics: [{ scope, metrics: data }] }),
      );
    },
  };
}

/** How many of what was sent an answer says were rejected; 0 where it cannot be read. */
export const rejectedIn = {
  traces: (answer: Uint8Array): number =>
    rejectedBy(answer, (bytes) => ProtobufTraceSerializer.deserializeResponse(bytes).partialSuccess?.rejectedSpans),
  logs: (answer: Uint8Array): number =>
    rejectedBy(answer, (bytes) => ProtobufLogsSerializer.deserializeResponse(bytes).partialSuccess?.rejectedLogRecords),
  metrics: (answer: Uint8Array): number =>
    rejectedBy(
      answer,
      (bytes) => ProtobufMetricsSerializer.deserializeResponse(bytes).partialSuccess?.rejectedDataPoints,
    ),
} as const;

function rejectedBy(answer: Uint8Array, read: (bytes: Uint8Array) => unknown): number {
  if (answer.length === 0) return 0;
  try {
    const count = Number(read(answer) ?? 0);
    return Number.isSafeInteger(count) && count > 0 ? count : 0;
  } catch {
    return 0;
  }
}

type From = Pick<ReadableLog, "resource"> & { readonly scope: ReadableLog["instrumentationScope"] };

const severities: Readonly<Record<string, SeverityNumber>> = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
};

function readableLog(record: LogFacts, { resource, scope }: From): ReadableLog {
  const { atMs, level, message, event, trace, attributes } = record;
  const severity = severities[level];
  return {
    hrTime: hrTime(atMs),
    hrTimeObserved: hrTime(atMs),
    ...(trace === null ? {} : { spanContext: { ...trace, traceFlags: TraceFlags.SAMPLED } }),
    severityText: level.toUpperCase(),
    ...(severity === undefined ? {} : { severityNumber: severity }),
    body: message,
    ...(event === "" ? {} : { eventName: event }),
    resource,
    instrumentationScope: scope,
    attributes: told<ReadableLog["attributes"]>(attributes),
    droppedAttributesCount: 0,
  };
}

function metricData(metric: MetricFacts, times: { readonly startTime: HrTime; readonly endTime: HrTime }): MetricData {
  const descriptor = { name: metric.name, description: metric.help, unit: metric.unit, valueType: ValueType.DOUBLE };
  const base = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE };
  if (metric.kind === "histogram") {
    const dataPoints = metric.points.map(({ labels, bounds, counts, sum, count }) => ({
      ...times,
      attributes: labels,
      value: { buckets: { boundaries: [...bounds], counts: [...counts] }, sum, count },
    }));
    return { ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints };
  }
  const dataPoints = metric.points.map(({ labels, value }) => ({ ...times, attributes: labels, value }));
  if (metric.kind === "gauge") return { ...base, dataPointType: DataPointType.GAUGE, dataPoints };
  return { ...base, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints };
}

/** The serializers only read them. Copies would cost as much as what they write. */
const told = <T>(attributes: Attributes): T => attributes as T;

/** Seconds and nanoseconds. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.min(999_999_999, Math.round((ms - seconds * 1000) * 1e6))];
}

function bytesOf(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined) throw new Error("nothing was serialized");
  return bytes;
}
