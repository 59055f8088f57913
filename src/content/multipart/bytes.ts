/**
 * Bodies that hold text among other bytes, as strings of one code unit a byte (latin1): what is no text stays as it is, and a
 * range of the string is a range of the bytes. Invariant: bytes -> string -> bytes is the identity.
 */
import type { Span } from "../../domain/segment.ts";
import type { Steps } from "../../stdx/paced.ts";
import { encodeUtf8 } from "../json/decode.ts";

/** Bytes that are decoded at once. */
const stepBytes = 262_144;

const viewOf = ({ buffer, byteOffset, length }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, length);

export const bytesAsText = (bytes: Uint8Array): string => viewOf(bytes).toString("latin1");
/** Of text that holds code units up to U+00FF only. */
export const textAsBytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

/** The text whose UTF-8 bytes stand in `span`; `null`: they are no UTF-8. A byte order mark is kept as text. */
export function* textIn(body: string, { start, end }: Span): Steps<string | null> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const parts: string[] = [];
  try {
    for (let at = start; at < end; at += stepBytes) {
      if (at > start) yield;
      parts.push(decoder.decode(textAsBytes(body.slice(at, Math.min(end, at + stepBytes))), { stream: true }));
    }
    parts.push(decoder.decode());
  } catch {
    return null;
  }
  return parts.join("");
}

/** As it is written among bytes. */
export const written = (text: string): string => bytesAsText(encodeUtf8(text));

/** What would end a quoted string, or the line that it stands in. */
const unquotable = /["\\]|[^\P{Cc}\u0080-\u009f]/gu;

/** The same inside a quoted string of a header; escaped as browsers do (WHATWG HTML, multipart/form-data encoding). */
export const writtenQuoted = (text: string): string =>
  written(text.replace(unquotable, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`));
