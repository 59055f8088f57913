/**
 * JSON lines (NDJSON) as a form of streams: one JSON text a line. Whether it is one, its reader says.
 * A blank line carries nothing; white space around the text, and the line's end, stay as they came.
 */
import type { StreamFormat } from "../../domain/dialect.ts";
import { ok } from "../../stdx/result.ts";
import { jsonSpan } from "../frames/json-span.ts";
import { decodeUtf8, encodeUtf8 } from "../json/decode.ts";
import { LineFramer } from "./framer.ts";

/** A raw line end would begin another line. JSON text needs none: its strings escape theirs. */
const inOneLine = (data: string): string => data.replaceAll(/[\r\n]+/g, " ");

export const jsonLines: StreamFormat = {
  id: "json-lines",
  contentType: "application/x-ndjson",
  splitsLineEnds: false,
  openFramer: (maxFrameBytes) => new LineFramer(maxFrameBytes),
  parse(frame) {
    const decoded = decodeUtf8(frame);
    if (!decoded.ok) return decoded;
    const text = decoded.value;
    const { start, end } = jsonSpan(text, 0);
    const data = start === end ? null : text.slice(start, end);
    return ok({
      name: "",
      data,
      pieces: [],
      isKeepAlive: data === null,
      // After a line without an end nothing can be said: it would go on in that line.
      isEnd: !text.endsWith("\n"),
      rewrite: (other) =>
        other === null || other === data
          ? frame
          : encodeUtf8(text.slice(0, start) + inOneLine(other) + text.slice(end)),
    });
  },
  encode: (messages) => encodeUtf8(messages.map(({ data }) => `${inOneLine(data)}\n`).join("")),
};
