/**
 * Bytes <-> text. Invariant: what decodes encodes to the same bytes (fatal UTF-8, a byte order mark is kept as text).
 * Knows nothing of content codings.
 */
import { err, ok, type Result } from "../../stdx/result.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The text of whole UTF-8 bytes; `not-utf8` for anything else, a sequence cut off at the end included. */
export function decodeUtf8(bytes: Uint8Array): Result<string, "not-utf8"> {
  try {
    return ok(decoder.decode(bytes));
  } catch {
    return err("not-utf8");
  }
}

/** A lone surrogate becomes U+FFFD: UTF-8 has no form for it. Decoded text holds none. */
export const encodeUtf8 = (text: string): Uint8Array => encoder.encode(text);
