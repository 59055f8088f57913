/**
 * AWS event streams (Bedrock) as a form of streams. `eventStream`: the payload is JSON text. `bytesEventStream`: that of a
 * `chunk` is `{"bytes":"<base64 of JSON text>"}`, and the JSON text in it counts.
 */
import { crc32 } from "node:zlib";
import type { StreamEvent, StreamFormat, StreamMessage } from "../../domain/dialect.ts";
import type { Unreadable } from "../../domain/verdict.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { decodeUtf8, encodeUtf8 } from "../json/decode.ts";
import { encodeHeaders, headerPieces, type Headers, readHeaders, stringOf, writeHeaders } from "./headers.ts";
import { MessageFramer } from "./framer.ts";
import { chunkName, readWrapped, wrapped } from "./wrapped.ts";
import { checksumBytes, preludeBytes, readPrelude, viewOf, writeMessage } from "./prelude.ts";

/** A payload's JSON text, and how another takes its place. `text` is `null` where the payload is empty. */
type Payload = { readonly text: string | null; readonly with: (text: string) => string };

export const eventStream: StreamFormat = formatOf(
  (_name, payload) => ok(plain(payload)),
  ({ name, data }) => ({ name, payload: data }),
);

export const bytesEventStream: StreamFormat = formatOf(
  (name, payload) => (name === chunkName && payload !== "" ? readWrapped(payload) : ok(plain(payload))),
  ({ name, data }) =>
    name === "" || name === chunkName ? { name: chunkName, payload: wrapped(data) } : { name, payload: data },
);

const plain = (payload: string): Payload => ({ text: payload === "" ? null : payload, with: (text) => text });

function formatOf(
  readPayload: (name: string, payload: string) => Result<Payload, Unreadable>,
  write: (message: StreamMessage) => { readonly name: string; readonly payload: string },
): StreamFormat {
  return {
    id: "event-stream",
    contentType: "application/vnd.amazon.eventstream",
    splitsLineEnds: false,
    openFramer: (maxFrameBytes) => new MessageFramer(maxFrameBytes),
    /** Errors: `malformed-frame`; `not-utf8` for a header or a payload that is no text. */
    parse(frame) {
      const parts = readParts(frame);
      if (!parts.ok) return parts;
      const { headers, payload } = parts.value;
      const name = nameOf(headers);
      const read = readPayload(name, payload);
      return read.ok ? ok(eventOf(frame, headers, name, read.value)) : read;
    },
    encode: (messages) => Buffer.concat(messages.map((message) => encodeMessage(write(message)))),
  };
}

function readParts(frame: Uint8Array): Result<{ readonly headers: Headers; readonly payload: string }, Unreadable> {
  if (frame.length < preludeBytes + checksumBytes) return err("malformed-frame");
  const prelude = readPrelude(frame);
  if (!prelude.ok) return prelude;
  const end = frame.length - checksumBytes;
  if (prelude.value.totalBytes !== frame.length || viewOf(frame).getUint32(end) !== crc32(frame.subarray(0, end))) {
    return err("malformed-frame");
  }
  const payloadAt = preludeBytes + prelude.value.headersBytes;
  const headers = readHeaders(frame.subarray(preludeBytes, payloadAt));
  if (!headers.ok) return headers;
  const payload = decodeUtf8(frame.subarray(payloadAt, end));
  return payload.ok ? ok({ headers: headers.value, payload: payload.value }) : payload;
}

function nameOf(headers: Headers): string {
  switch (stringOf(headers, ":message-type")) {
    case "exception":
      return stringOf(headers, ":exception-type");
    case "error":
      return stringOf(headers, ":error-code");
    default:
      return stringOf(headers, ":event-type");
  }
}

function eventOf(frame: Uint8Array, headers: Headers, name: string, payload: Payload): StreamEvent {
  return {
    name,
    data: payload.text,
    pieces: headerPieces(headers),
    isKeepAlive: false,
    isEnd: false,
    rewrite(other, edits) {
      const isSame = other === null || other === payload.text;
      if (isSame && edits.length === 0) return frame;
      const { headersBytes } = lengthsOf(frame);
      const body = isSame
        ? frame.subarray(preludeBytes + headersBytes, frame.length - checksumBytes)
        : encodeUtf8(payload.with(other));
      return writeMessage(writeHeaders(headers, edits), body);
    },
  };
}

/** Of a frame that was read. */
const lengthsOf = (frame: Uint8Array): { readonly headersBytes: number } => ({
  headersBytes: viewOf(frame).getUint32(4),
});

function encodeMessage({ name, payload }: { readonly name: string; readonly payload: string }): Uint8Array {
  const named: readonly (readonly [string, string])[] = name === "" ? [] : [[":event-type", name]];
  const headers = encodeHeaders([...named, [":content-type", "application/json"], [":message-type", "event"]]);
  return writeMessage(headers, encodeUtf8(payload));
}
