// OTLP's messages, flat: one value a span, a log record and a data point, with its resource and attributes as plain objects.
// Decodes with proto/otlp.proto and knows no transport.

import { fileURLToPath } from "node:url";
import { loadSync, type MessageTypeDefinition } from "@grpc/proto-loader";

/** 64-bit integers are numbers where they are exact, else bigint. Bytes are lower-case hex. */
export type Value = string | number | bigint | boolean | null | readonly Value[] | { readonly [key: string]: Value };
export type Attributes = Readonly<Record<string, Value>>;

type Origin = {
  readonly resource: Attributes;
  /** Name of the instrumentation scope. */
  readonly scope: string;
};

const spanKinds = ["unspecified", "internal", "server", "client", "producer", "consumer"] as const;
const statusCodes = ["unset", "ok", "error"] as const;
const temporalities = ["unspecified", "delta", "cumulative"] as const;

/** Ids are lower-case hex; times are nanoseconds of the UNIX epoch. */
export type ReceivedSpan = Origin & {
  readonly traceId: string;
  readonly spanId: string;
  /** `null`: a root. */
  readonly parentId: string | null;
  readonly traceState: string;
  readonly name: string;
  readonly kind: (typeof spanKinds)[number];
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly timeNs: bigint; readonly attributes: Attributes }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly attributes: Attributes }[];
  readonly status: { readonly code: (typeof statusCodes)[number]; readonly message: string };
  /** The lowest 8 bits are those of `traceparent`. */
  readonly flags: number;
};

export type ReceivedLog = Origin & {
  readonly timeNs: bigint;
  readonly observedNs: bigint;
  /** 1 to 24; 9 is INFO. 0: not said. */
  readonly severity: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: Value;
  readonly attributes: Attributes;
  /** Empty where the record is of no trace. */
  readonly traceId: string;
  readonly spanId: string;
};

type Exemplar = { readonly traceId: string; readonly spanId: string; readonly value: number };

/** One data point with what its metric says of it. */
export type ReceivedPoint = Origin & {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly kind: "gauge" | "sum" | "histogram" | "exponential-histogram";
  readonly temporality: (typeof temporalities)[number];
  readonly monotonic: boolean;
  readonly attributes: Attributes;
  /** Of a gauge or sum; the sum of a histogram's values. */
  readonly value: number;
  /** Values in a histogram, by bucket; 0 and empty for others. */
  readonly count: number;
  readonly bounds: readonly number[];
  readonly buckets: readonly number[];
  readonly exemplars: readonly Exemplar[];
  readonly startNs: bigint;
  readonly timeNs: bigint;
};

export const signals = ["traces", "logs", "metrics"] as const;
export type Signal = (typeof signals)[number];

export type Received = {
  readonly spans: readonly ReceivedSpan[];
  readonly logs: readonly ReceivedLog[];
  readonly metrics: readonly ReceivedPoint[];
};

/** What came off the wire: absent fields have their default, numbers of 64 bits are decimal strings. */
type Wire = {
  readonly attributes: readonly WireAttribute[];
  readonly time_unix_nano: string;
  readonly start_time_unix_nano: string;
  readonly trace_id: Buffer;
  readonly span_id: Buffer;
};
type WireAttribute = { readonly key: string; readonly value: WireValue | null };
type WireValue = {
  readonly value?: string;
  readonly string_value?: string;
  readonly bool_value?: boolean;
  readonly int_value?: string;
  readonly double_value?: number;
  readonly array_value?: { readonly values: readonly WireValue[] };
  readonly kvlist_value?: { readonly values: readonly WireAttribute[] };
  readonly bytes_value?: Buffer;
};
type WireResource = { readonly resource: { readonly attributes: readonly WireAttribute[] } | null };
type WireScope = { readonly scope: { readonly name: string } | null };
type WireSpan = Wire & {
  readonly trace_state: string;
  readonly parent_span_id: Buffer;
  readonly name: string;
  readonly kind: number;
  readonly end_time_unix_nano: string;
  readonly events: readonly (Wire & { readonly name: string })[];
  readonly links: readonly Wire[];
  readonly status: { readonly code: number; readonly message: string } | null;
  readonly flags: number;
};
type WireLog = Wire & {
  readonly observed_time_unix_nano: string;
  readonly severity_number: number;
  readonly severity_text: string;
  readonly event_name: string;
  readonly body: WireValue | null;
};
type WireNumber = { readonly as_double?: number; readonly as_int?: string };
type WirePoint = Wire &
  WireNumber & {
    readonly sum?: number;
    readonly count?: string;
    readonly explicit_bounds?: readonly number[];
    readonly bucket_counts?: readonly string[];
    readonly exemplars: readonly (Wire & WireNumber)[];
  };
type WireData = {
  readonly data_points: readonly WirePoint[];
  readonly aggregation_temporality?: number;
  readonly is_monotonic?: boolean;
};
type WireMetric = { readonly name: string; readonly unit: string; readonly description: string } & {
  readonly [kind in "gauge" | "sum" | "histogram" | "exponential_histogram"]?: WireData;
};

const loaded = loadSync(fileURLToPath(new URL("./proto/otlp.proto", import.meta.url)), {
  keepCase: true,
  defaults: true,
  longs: String,
  oneofs: true,
});

const requests = { traces: "ExportTraceServiceRequest", logs: "ExportLogsServiceRequest" } as const;

/** Encodes and decodes a message of proto/otlp.proto, as a sender's stand-in needs it. */
export function messageType(name: string): MessageTypeDefinition<object, object> {
  const found = loaded[`otlp.${name}`];
  if (found === undefined || !("serialize" in found)) throw new Error(`no message ${name} in otlp.proto`);
  return found as MessageTypeDefinition<object, object>;
}

/** One export request. Throws where the bytes are none. */
export function readExport(signal: Signal, bytes: Buffer): Received {
  const none: Received = { spans: [], logs: [], metrics: [] };
  if (signal === "traces") {
    const read = messageType(requests.traces).deserialize(bytes) as {
      readonly resource_spans: readonly (WireResource & {
        readonly scope_spans: readonly (WireScope & { readonly spans: readonly WireSpan[] })[];
      })[];
    };
    const spans = read.resource_spans.flatMap((of) =>
      of.scope_spans.flatMap((scope) => scope.spans.map((span) => spanOf(span, originOf(of, scope)))),
    );
    return { ...none, spans };
  }
  if (signal === "logs") {
    const read = messageType(requests.logs).deserialize(bytes) as {
      readonly resource_logs: readonly (WireResource & {
        readonly scope_logs: readonly (WireScope & { readonly log_records: readonly WireLog[] })[];
      })[];
    };
    const logs = read.resource_logs.flatMap((of) =>
      of.scope_logs.flatMap((scope) => scope.log_records.map((log) => logOf(log, originOf(of, scope)))),
    );
    return { ...none, logs };
  }
  const read = messageType("ExportMetricsServiceRequest").deserialize(bytes) as {
    readonly resource_metrics: readonly (WireResource & {
      readonly scope_metrics: readonly (WireScope & { readonly metrics: readonly WireMetric[] })[];
    })[];
  };
  const metrics = read.resource_metrics.flatMap((of) =>
    of.scope_metrics.flatMap((scope) => scope.metrics.flatMap((metric) => pointsOf(metric, originOf(of, scope)))),
  );
  return { ...none, metrics };
}

const originOf = (of: WireResource, { scope }: WireScope): Origin => ({
  resource: attributesOf(of.resource?.attributes ?? []),
  scope: scope?.name ?? "",
});

function spanOf(span: WireSpan, origin: Origin): ReceivedSpan {
  return {
    ...origin,
    traceId: hex(span.trace_id),
    spanId: hex(span.span_id),
    parentId: span.parent_span_id.length === 0 ? null : hex(span.parent_span_id),
    traceState: span.trace_state,
    name: span.name,
    kind: spanKinds[span.kind] ?? "unspecified",
    startNs: BigInt(span.start_time_unix_nano),
    endNs: BigInt(span.end_time_unix_nano),
    attributes: attributesOf(span.attributes),
    events: span.events.map((event) => ({
      name: event.name,
      timeNs: BigInt(event.time_unix_nano),
      attributes: attributesOf(event.attributes),
    })),
    links: span.links.map((link) => ({
      traceId: hex(link.trace_id),
      spanId: hex(link.span_id),
      attributes: attributesOf(link.attributes),
    })),
    status: { code: statusCodes[span.status?.code ?? 0] ?? "unset", message: span.status?.message ?? "" },
    flags: span.flags,
  };
}

function logOf(log: WireLog, origin: Origin): ReceivedLog {
  return {
    ...origin,
    timeNs: BigInt(log.time_unix_nano),
    observedNs: BigInt(log.observed_time_unix_nano),
    severity: log.severity_number,
    severityText: log.severity_text,
    eventName: log.event_name,
    body: valueOf(log.body),
    attributes: attributesOf(log.attributes),
    traceId: hex(log.trace_id),
    spanId: hex(log.span_id),
  };
}

function pointsOf(metric: WireMetric, origin: Origin): readonly ReceivedPoint[] {
  const { name, unit, description } = metric;
  const kinds = { gauge: "gauge", sum: "sum", histogram: "histogram", exponential_histogram: "exponential-histogram" };
  return (Object.keys(kinds) as (keyof typeof kinds)[]).flatMap((key) => {
    const data = metric[key];
    return (data?.data_points ?? []).map((point) => ({
      ...origin,
      ...{ name, unit, description, kind: kinds[key] as ReceivedPoint["kind"] },
      temporality: temporalities[data?.aggregation_temporality ?? 0] ?? "unspecified",
      monotonic: data?.is_monotonic ?? false,
      attributes: attributesOf(point.attributes),
      value: point.sum ?? numberOf(point),
      count: Number(point.count ?? 0),
      bounds: point.explicit_bounds ?? [],
      buckets: (point.bucket_counts ?? []).map(Number),
      exemplars: point.exemplars.map((each) => ({
        traceId: hex(each.trace_id),
        spanId: hex(each.span_id),
        value: numberOf(each),
      })),
      startNs: BigInt(point.start_time_unix_nano),
      timeNs: BigInt(point.time_unix_nano),
    }));
  });
}

const attributesOf = (attributes: readonly WireAttribute[]): Attributes =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));

function valueOf(value: WireValue | null): Value {
  switch (value?.value) {
    case "string_value":
      return value.string_value ?? "";
    case "bool_value":
      return value.bool_value ?? false;
    case "int_value":
      return integerOf(value.int_value ?? "0");
    case "double_value":
      return value.double_value ?? 0;
    case "array_value":
      return (value.array_value?.values ?? []).map(valueOf);
    case "kvlist_value":
      return attributesOf(value.kvlist_value?.values ?? []);
    case "bytes_value":
      return hex(value.bytes_value ?? Buffer.alloc(0));
    default:
      return null;
  }
}

function integerOf(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

const numberOf = ({ as_double, as_int }: WireNumber): number => as_double ?? Number(as_int ?? 0);
const hex = (bytes: Buffer): string => bytes.toString("hex");
