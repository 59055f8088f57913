/** Content codings: the only place of `content/` that calls node:zlib. No file or socket is touched. */
import type { Unreadable } from "../../domain/verdict.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { openDecoder } from "./decoder.ts";

export { type Decoder, openDecoder } from "./decoder.ts";
export { encodeWhole } from "./encode.ts";

/**
 * Unpacks a whole body. `contentEncoding` is the header's value, also a list such as `gzip, br`; `maxBytes` bounds the
 * result of each coding. Errors: `encoding`, `truncated`, `expands-too-far`.
 */
export async function decodeWhole(
  bytes: Uint8Array,
  contentEncoding: string | null,
  maxBytes: number,
): Promise<Result<Uint8Array, Unreadable>> {
  const decoder = openDecoder(contentEncoding, maxBytes);
  if (!decoder.ok) return err(decoder.error);
  const most = await decoder.value.push(bytes);
  const rest = most.ok ? await decoder.value.end() : most;
  decoder.value.close();
  if (!most.ok || !rest.ok) return rest;
  return ok(rest.value.length === 0 ? most.value : Buffer.concat([most.value, rest.value]));
}
