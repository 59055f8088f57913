/**
 * A JSON array that is sent item by item, as a form of streams. Each item is an event; the "]" is one without a payload.
 * An object in place of the array (an error) is one event. White space, "[" and "," stay as they came.
 */
import type { StreamEvent, StreamFormat } from "../../domain/dialect.ts";
import type { Span } from "../../domain/segment.ts";
import type { Unreadable } from "../../domain/verdict.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { jsonSpan } from "../frames/json-span.ts";
import { decodeUtf8, encodeUtf8 } from "../json/decode.ts";
import { endOfSpace } from "../json/scan.ts";
import { ArrayFramer } from "./framer.ts";

export const jsonArray: StreamFormat = {
  id: "json-array",
  contentType: "application/json",
  splitsLineEnds: false,
  openFramer: (maxFrameBytes) => new ArrayFramer(maxFrameBytes),
  /** Of frames as the framer gives them. Error: `not-json`, `not-utf8`. */
  parse(frame, first) {
    const decoded = decodeUtf8(frame);
    return decoded.ok ? parseText(frame, decoded.value, first) : decoded;
  },
  /** The "]" of a stream is given out last of all, so it is still to come. */
  encode(messages, begun) {
    const items = messages.map(({ data }) => data).join(",\n");
    const separator = begun && messages.length > 0 ? ",\n" : "";
    return encodeUtf8(`${begun ? separator : "["}${items}]\n`);
  },
};

function parseText(frame: Uint8Array, text: string, first: boolean): Result<StreamEvent, Unreadable> {
  const at = endOfSpace(text, 0);
  const opening = text[at];
  if (opening === "]" && !first) return ok(eventOf(frame, text, null, true));
  if (opening === "{" && first) return ok(eventOf(frame, text, jsonSpan(text, at), true));
  if (opening !== (first ? "[" : ",")) return err("not-json");
  const item = jsonSpan(text, at + 1);
  if (item.start === item.end) return err("not-json");
  const isEmpty = first && text.slice(item.start, item.end) === "]";
  return ok(eventOf(frame, text, isEmpty ? null : item, isEmpty));
}

function eventOf(frame: Uint8Array, text: string, span: Span | null, isEnd: boolean): StreamEvent {
  const data = span === null ? null : text.slice(span.start, span.end);
  return {
    name: "",
    data,
    pieces: [],
    isKeepAlive: false,
    isEnd,
    rewrite: (other) =>
      span === null || other === null || other === data
        ? frame
        : encodeUtf8(text.slice(0, span.start) + other + text.slice(span.end)),
  };
}
