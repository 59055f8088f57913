/** Content-type headers, as far as a reader must know them. */
import type { StreamMediaKind } from "../domain/dialect.ts";

export type MediaKind = StreamMediaKind | "text" | "form" | "other" | "none";

/** One JSON text a line. `application/json-seq` is another form: records begin with a control character. */
const jsonLines: ReadonlySet<string> = new Set([
  "application/x-ndjson",
  "application/ndjson",
  "application/jsonl",
  "application/x-jsonlines",
]);

/** All our readers read UTF-8, of which ASCII is a part: a body that says otherwise is not what it looks like. */
const readable: ReadonlySet<string> = new Set(["utf-8", "utf8", "us-ascii", "ascii"]);

/** `none` for an absent or empty header; `other` for what cannot be read, another charset included. */
export function readMediaType(contentType: string | null): MediaKind {
  const [essence = "", ...parameters] = (contentType ?? "").toLowerCase().split(";");
  const type = essence.trim();
  if (type === "" && parameters.length === 0) return "none";
  for (const parameter of parameters) {
    const [name = "", value = ""] = parameter.split("=");
    if (name.trim() === "charset" && !readable.has(value.trim().replace(/^"(.*)"$/, "$1"))) return "other";
  }
  if (type === "application/json" || /^[a-z]+\/[a-z0-9.+-]+\+json$/.test(type)) return "json";
  if (type === "text/event-stream") return "event-stream";
  if (jsonLines.has(type)) return "json-lines";
  if (type === "application/vnd.amazon.eventstream") return "aws-event-stream";
  if (type === "application/x-www-form-urlencoded" || type === "multipart/form-data") return "form";
  return type.startsWith("text/") ? "text" : "other";
}
