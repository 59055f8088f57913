// All that tells of an exchange, open at once: the model server, the guard with its log, metrics, spans and audit record, and
// Envoy with its logs, statistics and spans. It owns all of them.

import { parse, stringify } from "yaml";
import { Upstream } from "../../helpers/upstream.ts";
import type { AccessRecord } from "../../helpers/envoy.ts";
import type { ReceivedLog, ReceivedSpan } from "../../helpers/otlp-messages.ts";
import { System, type SystemOptions } from "../system.ts";
import { AuditRecord } from "./audit-record.ts";
import { type Loose, managerOf, TelemetrySinks } from "../telemetry-sinks.ts";

/** A line of the guard's log. */
export type Line = Readonly<Record<string, unknown>>;

export class Bench implements AsyncDisposable {
  readonly system: System;
  readonly upstream: Upstream;
  readonly sinks: TelemetrySinks;
  readonly audit: AuditRecord;
  readonly #lines: Lines;
  readonly #parts: AsyncDisposableStack;

  private constructor(parts: AsyncDisposableStack, made: Made) {
    this.#parts = parts;
    this.system = made.system;
    this.upstream = made.upstream;
    this.sinks = made.sinks;
    this.audit = made.audit;
    this.#lines = made.lines;
  }

  static async open({ policy, limits = {} }: Pick<SystemOptions, "policy" | "limits">): Promise<Bench> {
    await using parts = new AsyncDisposableStack();
    const sinks = parts.use(await TelemetrySinks.open());
    const upstream = parts.use(await Upstream.open());
    const audit = parts.use(await AuditRecord.open());
    const lines = new Lines();
    const { telemetry, shape = (yaml) => yaml } = await sinks.options();
    const system = parts.use(
      await System.open({
        ...(policy === undefined ? {} : { policy }),
        limits,
        config: {
          identity: { tenant: { grpcMetadata: "x-office" }, principal: { grpcMetadata: "x-person" } },
          audit: audit.config,
          otel: { endpoint: `http://127.0.0.1:${sinks.otlp.httpPort}`, logs: true },
        },
        upstreamPort: upstream.port,
        guard: { env: { SALLYPORT_LOG_LEVEL: "debug" }, onLine: (line) => lines.hear(line) },
        telemetry,
        shape: (yaml) => withWays(shape(yaml)),
      }),
    );
    return new Bench(parts.move(), { sinks, upstream, system, audit, lines });
  }

  /** Envoy's record of the exchange that ended as the `index`th, from 0. */
  async record(index: number): Promise<AccessRecord> {
    const { envoy } = this.system;
    await envoy.record((record) => envoy.records.indexOf(record) === index);
    return envoy.records[index] as AccessRecord;
  }

  /** The guard's line of the exchange with Envoy's request id, now or when it comes. Counters count it by then. */
  line(requestId: string): Promise<Line> {
    return this.#lines.find((line) => line["msg"] === "exchange" && line["request_id"] === requestId);
  }

  lineOf(exchange: string): Promise<Line> {
    return this.#lines.find((line) => line["msg"] === "exchange" && line["exchange"] === exchange);
  }

  /** All of the guard's by now. */
  get lines(): readonly Line[] {
    return this.#lines.all;
  }

  /** What the guard's own exporter sent of an exchange: its span with those below it, and its event. */
  async sent(exchange: string): Promise<Sent> {
    const { otlp } = this.sinks;
    const isOf = ({ attributes, scope }: ReceivedSpan | ReceivedLog): boolean =>
      scope === "sallyport" && attributes["sallyport.exchange"] === exchange;
    const span = await otlp.waitFor(({ spans }) => spans.find(isOf));
    const log = await otlp.waitFor(({ logs }) => logs.find(isOf));
    const below = otlp.spans.filter(({ scope, parentId }) => scope === "sallyport" && parentId === span.spanId);
    return { span, log, below };
  }

  /** A span of Envoy, by its ids, now or when it comes. */
  envoySpan(traceId: string, spanId: string): Promise<ReceivedSpan> {
    const { otlp } = this.sinks;
    return otlp.waitFor(({ spans }) => spans.find((span) => span.traceId === traceId && span.spanId === spanId));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }
}

type Sent = { readonly span: ReceivedSpan; readonly log: ReceivedLog; readonly below: readonly ReceivedSpan[] };
type Made = Pick<Bench, "system" | "upstream" | "sinks" | "audit"> & { readonly lines: Lines };

class Lines {
  readonly all: Line[] = [];
  #next = Promise.withResolvers<void>();

  hear(text: string): void {
    if (!text.startsWith("{")) return; // a plain line for people
    this.all.push(JSON.parse(text) as Line);
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }

  async find(wanted: (line: Line) => boolean): Promise<Line> {
    for (;;) {
      const found = this.all.find(wanted);
      if (found !== undefined) return found;
      await this.#next.promise;
    }
  }
}

/** Routes that a request chooses by `x-way`. */
function withWays(yaml: string): string {
  const root = parse(yaml) as Loose;
  const routes = managerOf(root)["route_config"]?.["virtual_hosts"]?.[0]?.["routes"] as unknown as object[];
  const modes = { request_trailer_mode: "SKIP", response_trailer_mode: "SKIP" };
  routes.unshift(
    way("buffered", "model", { request_body_mode: "BUFFERED", response_body_mode: "BUFFERED", ...modes }),
    way("unshown", "model", { request_body_mode: "FULL_DUPLEX_STREAMED", response_body_mode: "NONE" }),
    way("nowhere", "nowhere"),
    way("known", "model", null, { "x-office": "harbour-office", "x-person": "ada" }),
  );
  const clusters = root["static_resources"]?.["clusters"] as unknown as object[];
  const address = { socket_address: { address: "127.0.0.1", port_value: 1 } };
  const endpoints = [{ lb_endpoints: [{ endpoint: { address } }] }];
  clusters.push({ name: "nowhere", type: "STATIC", load_assignment: { cluster_name: "nowhere", endpoints } });
  return stringify(root);
}

function way(
  name: string,
  cluster: string,
  modes: object | null = null,
  told: Readonly<Record<string, string>> = {},
): object {
  const type = "type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute";
  const heads = { request_header_mode: "SEND", response_header_mode: "SEND" };
  const trailers = { request_trailer_mode: "SEND", response_trailer_mode: "SEND" };
  const overrides = {
    ...(modes === null ? {} : { processing_mode: { ...heads, ...trailers, ...modes } }),
    grpc_initial_metadata: Object.entries(told).map(([key, value]) => ({ key, value })),
  };
  return {
    name,
    match: { prefix: "/", headers: [{ name: "x-way", string_match: { exact: name } }] },
    route: { cluster, timeout: "0s" },
    typed_per_filter_config: { "envoy.filters.http.ext_proc": { "@type": type, overrides } },
  };
}
