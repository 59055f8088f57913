/**
 * The twelve bytes that begin each message of an AWS event stream: its length, that of its headers, and their CRC32, all
 * big-endian. Specification: https://smithy.io/2.0/aws/amazon-eventstream.html
 */
import { crc32 } from "node:zlib";
import type { Unreadable } from "../../domain/verdict.ts";
import { err, ok, type Result } from "../../stdx/result.ts";

export const preludeBytes = 12;
export const checksumBytes = 4;
/** What AWS's own readers take. */
export const messageBytesMax = 16 * 1024 * 1024;
export const headersBytesMax = 128 * 1024;

/** `totalBytes`: of the message, prelude and checksums included. */
export type Prelude = { readonly totalBytes: number; readonly headersBytes: number };

/** Of at least twelve bytes. Error: `malformed-frame`. */
export function readPrelude(bytes: Uint8Array): Result<Prelude, Unreadable> {
  const view = viewOf(bytes);
  const totalBytes = view.getUint32(0);
  const headersBytes = view.getUint32(4);
  if (view.getUint32(8) !== crc32(bytes.subarray(0, 8))) return err("malformed-frame");
  const fits = totalBytes >= preludeBytes + headersBytes + checksumBytes;
  if (!fits || totalBytes > messageBytesMax || headersBytes > headersBytesMax) return err("malformed-frame");
  return ok({ totalBytes, headersBytes });
}

/** A message of these headers and that payload, with its lengths and checksums. */
export function writeMessage(headers: Uint8Array, payload: Uint8Array): Uint8Array {
  const message = new Uint8Array(preludeBytes + headers.length + payload.length + checksumBytes);
  const view = viewOf(message);
  view.setUint32(0, message.length);
  view.setUint32(4, headers.length);
  view.setUint32(8, crc32(message.subarray(0, 8)));
  message.set(headers, preludeBytes);
  message.set(payload, preludeBytes + headers.length);
  const end = message.length - checksumBytes;
  view.setUint32(end, crc32(message.subarray(0, end)));
  return message;
}

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
