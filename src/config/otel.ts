/** Where telemetry goes by OTLP: the part of the configuration that says so. Nothing is opened here. */
import * as z from "zod";
import { err, ok, type Result } from "../stdx/result.ts";
import { isLoopback } from "./address.ts";
import { besideFile, complain, oneOf, saidOf, take, wholeNumber, type Written } from "./written.ts";

export type OtelSettings = {
  /** `http://HOST:PORT` or `https://HOST:PORT`, perhaps with a path; `/v1/traces` and the like come behind it. */
  readonly endpoint: string;
  readonly traces: boolean;
  readonly metrics: boolean;
  readonly logs: boolean;
  /** The share of exchanges that begin a trace where nobody else has, 0 to 1. */
  readonly sampleRatio: number;
  /** A traceparent in the request counts where Envoy sends none of its own. */
  readonly trustRequestTraceparent: boolean;
  readonly serviceName: string;
  /** More attributes of the resource. */
  readonly resource: Readonly<Record<string, string>>;
  readonly headersFile: string | null;
  readonly tls: {
    /** The authority of the collector's certificate; the system's own where `null`. */
    readonly caFile: string | null;
    readonly certFile: string | null;
    readonly keyFile: string | null;
  };
  /** Milliseconds that one request may take, with its answer. */
  readonly timeoutMs: number;
  /** Milliseconds between two reports of the metrics. */
  readonly metricsIntervalMs: number;
  readonly compression: "none" | "gzip";
};

const numbers = {
  timeoutMs: { standard: 5000, min: 100, max: 60_000 },
  metricsIntervalMs: { standard: 30_000, min: 1000, max: 3_600_000 },
} as const;
const compressions = ["none", "gzip"] as const;
const standardServiceName = "sallyport";
const file = (about: string) => z.string().min(1).optional().describe(about);
const flag = (about: string) => z.boolean().optional().describe(about);
const milliseconds = (name: keyof typeof numbers, about: string) =>
  z
    .int()
    .min(numbers[name].min)
    .max(numbers[name].max)
    .optional()
    .describe(`milliseconds ${about}; ${numbers[name].standard} where left out`);

export const otelSource = z
  .strictObject({
    endpoint: z
      .string()
      .min(1)
      .optional()
      .describe(
        "where an OTLP collector takes HTTP with protobuf, such as http://127.0.0.1:4318; without it nothing is sent",
      ),
    traces: flag("spans of exchanges; true where left out"),
    metrics: flag("the metrics of /metrics; false where left out"),
    logs: flag("the lines of the log; false where left out"),
    sampleRatio: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe(
        "the share of exchanges that begin a trace where Envoy began none, 0 to 1; 0 where left out: Envoy decides",
      ),
    trustRequestTraceparent: flag(
      "a traceparent in the request, which a client may write, counts where Envoy sends none of its own; true where left out",
    ),
    serviceName: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe(`service.name of all that is sent; ${standardServiceName} where left out`),
    headersFile: file(
      "file with headers of each request, such as Authorization: Bearer TOKEN, one a line, relative to this file; read once",
    ),
    tls: z
      .strictObject({
        caFile: file("PEM file of the authority that signs the collector's certificate; the system's where left out"),
        certFile: file("PEM file of the guard's certificate, where the collector asks for one"),
        keyFile: file("PEM file of its private key"),
      })
      .optional()
      .describe("for https:// alone"),
    timeoutMs: milliseconds("timeoutMs", "that one request may take, with its answer"),
    metricsIntervalMs: milliseconds("metricsIntervalMs", "between two reports of the metrics"),
    compression: z.enum(compressions).optional().describe("of what is sent: none or gzip; none where left out"),
  })
  .describe("where spans, metrics and log lines go by OTLP; nothing waits for it, and losing it costs a counter");

/** `null`: nothing is sent. */
export function readOtel(written: Written): OtelSettings | null {
  const said = saidOf(written, ["otel", "endpoint"]);
  const general = generalOf(written, "OTEL_EXPORTER_OTLP_ENDPOINT");
  if (said === null && general === null) {
    const other = written.source?.otel === undefined ? null : (Object.keys(written.source.otel)[0] ?? "endpoint");
    if (other !== null) complain(written, saidOf(written, ["otel", other]), "otel also needs endpoint");
    return null;
  }
  const endpoint = readEndpoint(written, said, general);
  const path = (...keys: readonly string[]): string | null => {
    const each = saidOf(written, ["otel", ...keys]);
    return each === null ? null : besideFile(written, each);
  };
  const onOff = (name: "traces" | "metrics" | "logs" | "trustRequestTraceparent", standard: boolean): boolean =>
    take(written, ["otel", name], undefined, String(standard), (text) => oneOf(text, ["true", "false"])) === "true";
  const number = (name: keyof typeof numbers): number => {
    const { standard, min, max } = numbers[name];
    return take(written, ["otel", name], undefined, String(standard), (text) => wholeNumber(text, min, max));
  };
  const settings = {
    endpoint,
    traces: onOff("traces", true),
    metrics: onOff("metrics", false),
    logs: onOff("logs", false),
    sampleRatio: take(written, ["otel", "sampleRatio"], undefined, "0", parseShare),
    trustRequestTraceparent: onOff("trustRequestTraceparent", true),
    serviceName: take(
      written,
      ["otel", "serviceName"],
      undefined,
      generalOf(written, "OTEL_SERVICE_NAME") ?? standardServiceName,
      (text) => ok(text),
    ),
    resource: Object.freeze(readResource(written)),
    headersFile: path("headersFile"),
    tls: Object.freeze({
      caFile: path("tls", "caFile"),
      certFile: path("tls", "certFile"),
      keyFile: path("tls", "keyFile"),
    }),
    timeoutMs: number("timeoutMs"),
    metricsIntervalMs: number("metricsIntervalMs"),
    compression: take(written, ["otel", "compression"], undefined, "none", (text) => oneOf(text, compressions)),
  };
  checkTogether(written, settings);
  return Object.freeze(settings);
}

/** A variable of OpenTelemetry's own; weaker than anything of ours. An empty one says nothing. */
const generalOf = ({ env }: Written, name: string): string | null => env[name]?.trim() || null;

function readEndpoint(written: Written, said: ReturnType<typeof saidOf>, general: string | null): string {
  const standard = "http://127.0.0.1:4318";
  if (said !== null) return take(written, ["otel", "endpoint"], undefined, standard, parseEndpoint);
  const parsed = parseEndpoint(general ?? standard);
  if (parsed.ok) return parsed.value;
  const where = "OTEL_EXPORTER_OTLP_ENDPOINT";
  complain(written, { text: "", where, place: null }, `it must be ${parsed.error}`);
  return standard;
}

/** The error repeats nothing of it: there may be a password in it. */
function parseEndpoint(text: string): Result<string, string> {
  const form = "http://HOST:PORT or https://HOST:PORT, such as http://127.0.0.1:4318";
  if (!URL.canParse(text)) return err(form);
  const { protocol, username, password, search, hash, origin, pathname } = new URL(text);
  if (protocol !== "http:" && protocol !== "https:") return err(form);
  if (username !== "" || password !== "") return err("without a user and a password; write them in headersFile");
  if (search !== "" || hash !== "") return err("without a query");
  if (/\/v1\/(traces|metrics|logs)\/*$/.test(pathname))
    return err("without /v1/traces and the like, which come behind it");
  return ok(`${origin}${pathname.replace(/\/+$/, "")}`);
}

function parseShare(text: string): Result<number, string> {
  const share = Number(text);
  return text.trim() !== "" && share >= 0 && share <= 1 ? ok(share) : err("a number from 0 to 1");
}

/** `KEY=VALUE,KEY=VALUE`, each percent-encoded, as OpenTelemetry says it. */
function readResource(written: Written): Readonly<Record<string, string>> {
  const name = "OTEL_RESOURCE_ATTRIBUTES";
  const attributes: Record<string, string> = {};
  for (const pair of (generalOf(written, name) ?? "").split(",").filter((each) => each.trim() !== "")) {
    const [, key, value] = /^\s*([^=\s]{1,255})\s*=\s*([^=]{0,1024}?)\s*$/.exec(pair) ?? [];
    const plain = value === undefined ? null : unescaped(value);
    if (key === undefined || plain === null) {
      complain(
        written,
        { text: "", where: name, place: null },
        "it must be KEY=VALUE with commas between, percent-encoded",
      );
      break;
    }
    attributes[key] = plain;
  }
  return attributes;
}

function unescaped(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function checkTogether(
  written: Written,
  { endpoint, tls, headersFile }: Pick<OtelSettings, "endpoint" | "tls" | "headersFile">,
) {
  const { protocol, hostname } = new URL(endpoint);
  const tlsSaid = (["caFile", "certFile", "keyFile"] as const)
    .map((key) => saidOf(written, ["otel", "tls", key]))
    .find((each) => each !== null);
  if (tlsSaid !== undefined && protocol !== "https:")
    complain(written, tlsSaid, "otel.tls counts for https:// alone; write the endpoint so, or leave tls out");
  if ((tls.certFile === null) !== (tls.keyFile === null))
    complain(written, tlsSaid ?? null, "otel.tls needs certFile and keyFile together");
  if (headersFile !== null && protocol !== "https:" && !isLoopback(hostname.replace(/^\[|\]$/g, "")))
    complain(
      written,
      saidOf(written, ["otel", "headersFile"]),
      "what headersFile holds would go in the clear; write the endpoint as https://, or on loopback",
    );
}
