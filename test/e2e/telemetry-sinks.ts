// Every place where Envoy tells verdicts, open at once: JSON lines, text lines, the access log service, OpenTelemetry log
// records, spans and statistics. The shipped parts of envoy/ are used as they are; only flush times are shorter.

import { readFile } from "node:fs/promises";
import { parse, stringify } from "yaml";
import type { EnvoyPart } from "../../src/app/envoy-telemetry.ts";
import { verdictFields } from "../../src/telemetry/verdict-fields.ts";
import { type AccessLogEntry, AccessLogServer } from "../helpers/access-log-server.ts";
import type { AccessRecord, Envoy } from "../helpers/envoy.ts";
import type { ReceivedLog, ReceivedSpan } from "../helpers/otlp-messages.ts";
import { OtlpReceiver } from "../helpers/otlp-receiver.ts";
import { openTempDir, type TempDir } from "../helpers/temp-dir.ts";
import type { SystemOptions } from "./system.ts";

export const verdictKeys = Object.keys(verdictFields);

/** Not in Envoy's spans but in its logs: lists that are long, and what Sallyport's own spans show. */
export const untraced: ReadonlySet<string> = new Set([
  "claims_supported",
  "claims_unsupported",
  "claims_not_checkable",
  "evidence",
  "read_ms",
  "queue_ms",
  "tokenise_ms",
  "infer_ms",
  "decide_ms",
]);

/** One exchange as each sink tells it. */
export type Told = {
  readonly json: AccessRecord;
  readonly text: string;
  readonly service: AccessLogEntry;
  readonly log: ReceivedLog;
  readonly span: ReceivedSpan;
};

export class TelemetrySinks implements AsyncDisposable {
  readonly otlp: OtlpReceiver;
  readonly service: AccessLogServer;
  readonly #dir: TempDir;
  readonly #parts: AsyncDisposableStack;

  private constructor(
    parts: AsyncDisposableStack,
    made: { otlp: OtlpReceiver; service: AccessLogServer; dir: TempDir },
  ) {
    this.#parts = parts;
    this.#dir = made.dir;
    this.otlp = made.otlp;
    this.service = made.service;
  }

  static async open(): Promise<TelemetrySinks> {
    await using parts = new AsyncDisposableStack();
    const dir = parts.use(await openTempDir());
    const otlp = parts.use(await OtlpReceiver.open());
    const service = parts.use(await AccessLogServer.open());
    return new TelemetrySinks(parts.move(), { otlp, service, dir });
  }

  /** What a System needs to send to these. */
  async options(): Promise<Pick<SystemOptions, "telemetry" | "shape">> {
    const [text, grpc, otel, tracing] = await Promise.all([
      partOf("access-log-text"),
      partOf("access-log-grpc", this.service.port),
      partOf("access-log-otel", this.otlp.grpcPort),
      partOf("tracing", this.otlp.grpcPort),
    ]);
    return {
      telemetry: { accessLogs: ["json", text, grpc, otel], tracing },
      shape: (yaml) => hurried(yaml, this.#textPath),
    };
  }

  get #textPath(): string {
    return this.#dir.join("access.log");
  }

  async textLines(): Promise<readonly string[]> {
    const text = await readFile(this.#textPath, "utf8").catch(() => "");
    return text.split("\n").filter((line) => line !== "");
  }

  /** All that left Envoy, by sink, to look for what must not be there. */
  async bytes(envoy: Envoy): Promise<Readonly<Record<"json" | "text" | "service" | "otlp" | "stats", Buffer>>> {
    const stats = await fetch(`http://127.0.0.1:${envoy.adminPort}/stats`);
    return {
      json: Buffer.from(JSON.stringify(envoy.records)),
      text: Buffer.from((await this.textLines()).join("\n")),
      service: this.service.bytes,
      otlp: Buffer.concat(this.otlp.requests.map(({ bytes }) => bytes)),
      stats: Buffer.from(await stats.text()),
    };
  }

  /** The exchange of one JSON record in all sinks; resolves once it has come to each. Those before it have then come, too. */
  async told(json: AccessRecord, envoy: Envoy): Promise<Told> {
    const id = String(json["request_id"]);
    const log = await this.otlp.waitFor(({ logs }) =>
      logs.find(({ attributes }) => attributes["envoy.request_id"] === id),
    );
    const span = await this.otlp.waitFor(({ spans }) =>
      spans.find(({ attributes }) => attributes["guid:x-request-id"] === id),
    );
    const service = await this.service.entry(id);
    for (;;) {
      const text = (await this.textLines()).find((line) => line.includes(`id=${id} `));
      if (text !== undefined) return { json, text, service, log, span };
      await envoy.stat("server.live"); // the file is flushed every few milliseconds; each look waits for an answer
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }
}

/** A file of envoy/, with its server on loopback. */
export async function partOf(name: string, port?: number): Promise<EnvoyPart> {
  const yaml = await readFile(new URL(`../../envoy/${name}.yaml`, import.meta.url), "utf8");
  return port === undefined ? { yaml } : { yaml, server: { host: "127.0.0.1", port } };
}

/** The text lines go to a file, for standard output has the JSON ones; nothing waits longer than it must. */
function hurried(yaml: string, textPath: string): string {
  const root = parse(yaml) as Loose;
  sendSpansAtOnce(root);
  const logs = managerOf(root)["access_log"] as unknown as Loose[];
  for (const log of logs) {
    const config = log["typed_config"] as Loose;
    const common = config["common_config"] ?? config;
    if ("buffer_size_bytes" in common) Object.assign(common, { buffer_size_bytes: 1 });
    if (config["log_format"]?.["text_format_source"] === undefined) continue;
    Object.assign(log, { name: "envoy.access_loggers.file" });
    const type = "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog";
    Object.assign(config, { "@type": type, path: textPath });
  }
  return stringify(root);
}

/** Envoy lets spans wait for five seconds or for company. */
export function sendSpansAtOnce(root: Loose): void {
  const runtime = root["layered_runtime"]?.["layers"]?.[0]?.["static_layer"] as Loose;
  Object.assign(runtime, { "tracing.opentelemetry.min_flush_spans": 1, "tracing.opentelemetry.flush_interval_ms": 20 });
}

/** A loose view of a configuration. */
export type Loose = { [key: string]: Loose } & Loose[];

export function managerOf(root: Loose): Loose {
  const chain = root["static_resources"]?.["listeners"]?.[0]?.["filter_chains"]?.[0];
  return chain?.["filters"]?.[0]?.["typed_config"] as Loose;
}
