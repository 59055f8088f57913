/** The files that the configuration names for a collector: headers and certificates. Read once, at the start. */
import { readFile } from "node:fs/promises";
import type { OtelSettings } from "../../config/otel.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { otelSignals } from "../../telemetry/otel-metrics.ts";
import type { Collector } from "./protocol.ts";

/** The error says which file is wrong, and nothing of what stands in it. */
export async function readCollector(settings: OtelSettings): Promise<Result<Collector, string>> {
  const { endpoint, tls, headersFile, timeoutMs, compression } = settings;
  const files = { headersFile, "tls.caFile": tls.caFile, "tls.certFile": tls.certFile, "tls.keyFile": tls.keyFile };
  const contents = new Map<string, string>();
  for (const [key, file] of Object.entries(files)) {
    if (file === null) continue;
    const content = await readFile(file, "utf8").catch(() => "");
    if (content.trim() === "") return err(`${file}: cannot be read, or is empty; it is named in otel.${key}`);
    contents.set(key, content);
  }
  const headers = readHeaders(contents.get("headersFile") ?? "");
  if (headers === null)
    return err(`${headersFile}: each line must be NAME: VALUE, in printable ASCII; it is named in otel.headersFile`);
  const content = (key: keyof typeof files): string | null => contents.get(key) ?? null;
  const urls = Object.fromEntries(
    otelSignals.map((signal) => [signal, settings[signal] ? `${endpoint}/v1/${signal}` : null] as const),
  ) as Collector["urls"];
  return ok({
    urls,
    headers,
    ca: content("tls.caFile"),
    cert: content("tls.certFile"),
    key: content("tls.keyFile"),
    timeoutMs,
    gzip: compression === "gzip",
  });
}

function readHeaders(text: string): Readonly<Record<string, string>> | null {
  const headers: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [, name, value] =
      /^([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return null;
    headers[name.toLowerCase()] = value;
  }
  return headers;
}
