/**
 * What servers send to keep a connection open. A closed list: anything else in a comment or field is text, and judged.
 */
import type { SseEvent, SseLine } from "./parse.ts";

const comments: ReadonlySet<string> = new Set([
  "",
  "ping",
  "keep-alive",
  "keepalive",
  "heartbeat",
  "OPENROUTER PROCESSING",
]);
const names: ReadonlySet<string> = new Set(["ping", "keep-alive", "keepalive", "heartbeat"]);

/** True when nothing in the frame could carry text: it may pass at once. */
export const isKeepAlive = (event: SseEvent): boolean => event.lines.every((line) => carriesNothing(event.text, line));

/** True for a line without anything to judge, its name included. */
export function carriesNothing(text: string, line: SseLine): boolean {
  const value = text.slice(line.value.start, line.value.end);
  switch (line.field) {
    case "blank":
      return true;
    case "comment":
      return comments.has(value.trim());
    case "event":
      return value === "" || names.has(value);
    case "retry":
      return /^\d{0,10}$/.test(value);
    case "data":
    case "id":
      return value === "";
    case "unknown":
      return false;
  }
}
