/** The content codings of HTTP (RFC 9110, 8.4) that can be read, by their names. Other codings are unreadable. */
import * as zlib from "node:zlib";
import { err, ok, type Result } from "../../stdx/result.ts";

export type Coding = "gzip" | "deflate" | "br" | "zstd";

/** Codings on one body. More are refused: each one multiplies the work that a byte can cause. */
export const maxCodings = 4;

const known: ReadonlyMap<string, Coding> = new Map([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
  ["br", "br"],
  ["zstd", "zstd"],
]);

/** The codings of a content-encoding header in the order in which they were applied; `identity` is none. */
export function parseCodings(contentEncoding: string | null): Result<readonly Coding[], "encoding"> {
  const codings: Coding[] = [];
  for (const part of (contentEncoding ?? "").split(",")) {
    const name = part.trim().toLowerCase();
    if (name === "" || name === "identity") continue;
    const coding = known.get(name);
    if (coding === undefined || codings.length === maxCodings) return err("encoding");
    codings.push(coding);
  }
  return ok(codings);
}

/** 8 MiB, the most that RFC 9659 allows for zstd on the web: a frame may otherwise ask for far more memory. */
const zstdWindowLogMax = 23;

export type Unpacker = zlib.Gunzip | zlib.Inflate | zlib.InflateRaw | zlib.BrotliDecompress | zlib.ZstdDecompress;

/** `head`: the first bytes, two at least where there are two. `deflate` on the web is zlib's form or, wrongly, bare. */
export function openUnpacker(coding: Coding, head: Uint8Array): Unpacker {
  switch (coding) {
    case "gzip":
      return zlib.createGunzip();
    case "deflate":
      return hasZlibHeader(head) ? zlib.createInflate() : zlib.createInflateRaw();
    case "br":
      return zlib.createBrotliDecompress();
    case "zstd":
      return zlib.createZstdDecompress({ params: { [zlib.constants.ZSTD_d_windowLogMax]: zstdWindowLogMax } });
  }
}

/** RFC 1950: method 8 and a header divisible by 31. */
function hasZlibHeader([cmf = 0, flg = 0]: Uint8Array): boolean {
  return (cmf & 0x0f) === 8 && (cmf * 256 + flg) % 31 === 0;
}

export type Packer = zlib.Gzip | zlib.Deflate | zlib.BrotliCompress | zlib.ZstdCompress;

/** Light settings: the body is on its way. */
export function openPacker(coding: Coding): Packer {
  switch (coding) {
    case "gzip":
      return zlib.createGzip();
    case "deflate":
      return zlib.createDeflate();
    case "br":
      return zlib.createBrotliCompress({ params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } });
    case "zstd":
      return zlib.createZstdCompress();
  }
}
