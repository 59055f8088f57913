/**
 * One frame -> its lines and the event they make, with positions in the frame's text, by the rules of the HTML
 * standard (9.2.6). Invariant: each character of the frame is in exactly one line.
 */
import type { Span } from "../../domain/segment.ts";
import type { Unreadable } from "../../domain/verdict.ts";
import { ok, type Result } from "../../stdx/result.ts";
import { decodeUtf8 } from "../json/decode.ts";

export type SseField = "data" | "event" | "id" | "retry" | "comment" | "unknown" | "blank";

export type SseLine = {
  readonly field: SseField;
  /** The field's name; empty for comments and blank lines. */
  readonly name: Span;
  /** After the colon and one space. */
  readonly value: Span;
  /** With its line end; the last line of an unfinished frame has none. */
  readonly whole: Span;
};

export type SseEvent = {
  readonly text: string;
  readonly lines: readonly SseLine[];
  /** Values of the data lines joined by "\n"; `null` without a data line. */
  readonly data: string | null;
  /** Empty where none is named. */
  readonly event: string;
  readonly id: string | null;
};

const named: ReadonlyMap<string, SseField> = new Map([
  ["data", "data"],
  ["event", "event"],
  ["id", "id"],
  ["retry", "retry"],
]);

/** `first`: the stream begins here, so a byte order mark is no text. Error: `not-utf8`. */
export function parseFrame(frame: Uint8Array, first: boolean): Result<SseEvent, Unreadable> {
  const decoded = decodeUtf8(frame);
  if (!decoded.ok) return decoded;
  const text = decoded.value;
  const lines = splitLines(text, first);
  const data: string[] = [];
  let event = "";
  let id: string | null = null;
  for (const line of lines) {
    if (line.field === "data") data.push(read(text, line.value));
    else if (line.field === "event") event = read(text, line.value);
    else if (line.field === "id") id = read(text, line.value);
  }
  return ok({ text, lines, data: data.length === 0 ? null : data.join("\n"), event, id });
}

const read = (text: string, span: Span): string => text.slice(span.start, span.end);

function splitLines(text: string, first: boolean): readonly SseLine[] {
  const lines: SseLine[] = [];
  const returns = text.includes("\r");
  let start = 0;
  while (start < text.length) {
    const end = endOfLine(text, start, returns);
    const next = text.startsWith("\r\n", end) ? end + 2 : Math.min(end + 1, text.length);
    const mark = first && start === 0 && text.startsWith("\uFEFF") ? 1 : 0;
    lines.push(readLine(text, { start: start + mark, end }, { start, end: next }));
    start = next;
  }
  return lines;
}

function endOfLine(text: string, from: number, returns: boolean): number {
  const feed = text.indexOf("\n", from);
  const end = feed === -1 ? text.length : feed;
  if (!returns) return end;
  const back = text.indexOf("\r", from);
  return back === -1 ? end : Math.min(back, end);
}

function readLine(text: string, content: Span, whole: Span): SseLine {
  const { start, end } = content;
  if (start === end) return { field: "blank", name: content, value: content, whole };
  const colon = text.indexOf(":", start);
  const hasColon = colon !== -1 && colon < end;
  const nameEnd = hasColon ? colon : end;
  const valueStart = hasColon ? colon + (colon + 1 < end && text[colon + 1] === " " ? 2 : 1) : end;
  const field = hasColon && colon === start ? "comment" : (named.get(read(text, { start, end: nameEnd })) ?? "unknown");
  return { field, name: { start, end: nameEnd }, value: { start: valueStart, end }, whole };
}
