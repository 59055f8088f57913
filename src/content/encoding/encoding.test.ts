import assert from "node:assert/strict";
import { test } from "node:test";
import * as zlib from "node:zlib";
import type { Unreadable } from "../../domain/verdict.ts";
import type { Result } from "../../stdx/result.ts";
import { maxCodings } from "./codings.ts";
import { maxFramesInChunks } from "./decoder.ts";
import { decodeWhole, encodeWhole, openDecoder } from "./index.ts";

const limit = 1_000_000;
const plain = Buffer.from("hello hello hello, data of some length. ".repeat(30));
const garbage = Buffer.from("xyz");

const codings = [
  ["gzip", (bytes: Buffer) => zlib.gzipSync(bytes)],
  ["x-gzip", (bytes: Buffer) => zlib.gzipSync(bytes)],
  ["deflate", (bytes: Buffer) => zlib.deflateSync(bytes)],
  ["deflate", (bytes: Buffer) => zlib.deflateRawSync(bytes)],
  ["br", (bytes: Buffer) => zlib.brotliCompressSync(bytes)],
  ["zstd", (bytes: Buffer) => zlib.zstdCompressSync(bytes)],
  ["gzip, br", (bytes: Buffer) => zlib.brotliCompressSync(zlib.gzipSync(bytes))],
  ["deflate , ZSTD", (bytes: Buffer) => zlib.zstdCompressSync(zlib.deflateSync(bytes))],
] as const;

type Bytes = Result<Uint8Array, Unreadable>;
const text = (bytes: Bytes): string => (bytes.ok ? Buffer.from(bytes.value).toString() : bytes.error);

async function decodePieces(encoding: string, pieces: readonly Uint8Array[], maxBytes = limit): Promise<string> {
  const decoder = openDecoder(encoding, maxBytes);
  assert.ok(decoder.ok);
  const out: Uint8Array[] = [];
  let failure: Unreadable | null = null;
  for (const piece of pieces) {
    const read = await decoder.value.push(piece);
    if (read.ok) out.push(read.value);
    else failure ??= read.error;
  }
  const rest = await decoder.value.end();
  decoder.value.close();
  if (!rest.ok) return failure ?? rest.error;
  assert.equal(failure, null, "an error stays");
  return Buffer.concat([...out, rest.value]).toString();
}

const bytewise = (bytes: Uint8Array): Uint8Array[] => Array.from(bytes, (byte) => Uint8Array.of(byte));

for (const [encoding, pack] of codings) {
  const packed = pack(plain);
  const name = `${encoding} (${packed.length} bytes)`;

  test(`${name}: unpacks whole, byte by byte and cut in two`, async () => {
    assert.equal(text(await decodeWhole(packed, encoding, limit)), plain.toString());
    assert.equal(await decodePieces(encoding, bytewise(packed)), plain.toString());
    for (let at = 0; at <= packed.length; at += 7) {
      assert.equal(await decodePieces(encoding, [packed.subarray(0, at), packed.subarray(at)]), plain.toString());
    }
  });

  test(`${name}: the bound, one below, at, and one above`, async () => {
    assert.equal(text(await decodeWhole(packed, encoding, plain.length + 1)), plain.toString());
    assert.equal(text(await decodeWhole(packed, encoding, plain.length)), plain.toString());
    assert.equal(text(await decodeWhole(packed, encoding, plain.length - 1)), "expands-too-far");
    assert.equal(await decodePieces(encoding, bytewise(packed), plain.length - 1), "expands-too-far");
  });

  test(`${name}: truncated anywhere`, async () => {
    for (let length = 1; length < packed.length; length += 5) {
      assert.equal(text(await decodeWhole(packed.subarray(0, length), encoding, limit)), "truncated");
    }
    assert.equal(text(await decodeWhole(packed.subarray(0, packed.length - 1), encoding, limit)), "truncated");
  });

  test(`${name}: bytes after the end are an error, however they come`, async () => {
    for (const rest of [garbage, Buffer.alloc(1), Buffer.alloc(64)]) {
      assert.equal(text(await decodeWhole(Buffer.concat([packed, rest]), encoding, limit)), "encoding");
      assert.equal(await decodePieces(encoding, [packed, rest]), "encoding");
      assert.equal(await decodePieces(encoding, bytewise(Buffer.concat([packed, rest]))), "encoding");
    }
  });

  test(`${name}: what is not packed is an error`, async () => {
    const read = text(await decodeWhole(plain, encoding, limit));
    assert.ok(read === "encoding" || read === "truncated", read);
  });

  test(`${name}: packs again what it unpacked`, async () => {
    const again = await encodeWhole(plain, encoding);
    assert.equal(text(await decodeWhole(again, encoding, limit)), plain.toString());
  });

  test(`${name}: an empty body is empty`, async () => {
    assert.equal(text(await decodeWhole(new Uint8Array(0), encoding, limit)), "");
  });
}

for (const [encoding, pack] of [
  ["gzip", zlib.gzipSync],
  ["zstd", zlib.zstdCompressSync],
] as const) {
  test(`${encoding}: members one after the other are all read`, async () => {
    const members = [pack("one "), pack("two "), pack(""), pack("three")];
    const joined = Buffer.concat(members);
    assert.equal(text(await decodeWhole(joined, encoding, limit)), "one two three");
    assert.equal(await decodePieces(encoding, members), "one two three");
    assert.equal(await decodePieces(encoding, bytewise(joined)), "one two three");
    assert.equal(text(await decodeWhole(Buffer.concat([joined, garbage]), encoding, limit)), "encoding");
    assert.equal(text(await decodeWhole(joined.subarray(0, joined.length - 2), encoding, limit)), "truncated");
    assert.equal(text(await decodeWhole(joined, encoding, 12)), "expands-too-far");
  });
}

test("zstd frames in one chunk are bounded, one below, at, and one above", async () => {
  const frame = zlib.zstdCompressSync("a");
  for (const [more, wanted] of [
    [-1, "a".repeat(maxFramesInChunks)],
    [0, "a".repeat(maxFramesInChunks + 1)],
    [1, "encoding"],
  ] as const) {
    const frames = Array.from({ length: maxFramesInChunks + 1 + more }, () => frame);
    assert.equal(text(await decodeWhole(Buffer.concat(frames), "zstd", limit)), wanted);
  }
});

test("deflate and br have one member only", async () => {
  for (const [encoding, pack] of [
    ["deflate", zlib.deflateSync],
    ["br", zlib.brotliCompressSync],
  ] as const) {
    assert.equal(text(await decodeWhole(Buffer.concat([pack("a"), pack("b")]), encoding, limit)), "encoding");
  }
});

test("no coding passes bytes on, within the bound", async () => {
  for (const encoding of [null, "", "identity", " Identity , "]) {
    assert.equal(text(await decodeWhole(plain, encoding, plain.length)), plain.toString());
    assert.equal(text(await decodeWhole(plain, encoding, plain.length - 1)), "expands-too-far");
    assert.deepEqual(await encodeWhole(plain, encoding), plain);
  }
});

test("a coding that is not known is an error, also in a list", () => {
  for (const encoding of ["compress", "gzip, exi", "gzip; q=1", "x-br"]) {
    assert.deepEqual(openDecoder(encoding, limit), { ok: false, error: "encoding" });
  }
});

test("codings are bounded, one below, at, and one above", async () => {
  for (const [count, wanted] of [
    [maxCodings - 1, "x"],
    [maxCodings, "x"],
    [maxCodings + 1, "encoding"],
  ] as const) {
    let packed = Buffer.from("x");
    for (let each = 0; each < count; each++) packed = zlib.gzipSync(packed);
    assert.equal(text(await decodeWhole(packed, Array.from({ length: count }, () => "gzip").join(), limit)), wanted);
  }
});

test("a bomb is stopped near the bound, in each layer", async () => {
  const bomb = zlib.gzipSync(Buffer.alloc(64 * 1024 * 1024));
  assert.equal(text(await decodeWhole(bomb, "gzip", limit)), "expands-too-far");
  assert.equal(text(await decodeWhole(zlib.gzipSync(bomb), "gzip, gzip", limit)), "expands-too-far");
});

test("a zstd frame may not ask for a window above 8 MiB", async () => {
  const params = { [zlib.constants.ZSTD_c_windowLog]: 24, [zlib.constants.ZSTD_c_enableLongDistanceMatching]: 1 };
  const packer = zlib.createZstdCompress({ params });
  const parts: Buffer[] = [];
  packer.on("data", (part: Buffer) => parts.push(part));
  const ended = new Promise((resolve) => packer.on("end", resolve));
  packer.end(Buffer.alloc(100));
  await ended;
  assert.equal(text(await decodeWhole(Buffer.concat(parts), "zstd", limit)), "encoding");
});

test("what was flushed is given out at once: a stream of events does not stall", async () => {
  for (const [encoding, packer, flush] of [
    ["gzip", zlib.createGzip(), zlib.constants.Z_SYNC_FLUSH],
    ["deflate", zlib.createDeflate(), zlib.constants.Z_SYNC_FLUSH],
    ["br", zlib.createBrotliCompress(), zlib.constants.BROTLI_OPERATION_FLUSH],
    ["zstd", zlib.createZstdCompress(), zlib.constants.ZSTD_e_flush],
  ] as const) {
    const parts: Buffer[] = [];
    packer.on("data", (part: Buffer) => parts.push(part));
    const decoder = openDecoder(encoding, limit);
    assert.ok(decoder.ok);
    for (let number = 0; number < 20; number++) {
      packer.write(`data: ${number}\n\n`);
      await new Promise<void>((resolve) => packer.flush(flush, resolve));
      const read: Bytes = await decoder.value.push(Buffer.concat(parts.splice(0)));
      assert.equal(text(read), `data: ${number}\n\n`, encoding);
    }
    packer.end();
    await new Promise((resolve) => packer.on("end", resolve));
    assert.equal(text(await decoder.value.push(Buffer.concat(parts))), "");
    assert.equal(text(await decoder.value.end()), "");
  }
});

test("a decoder that is closed early leaves nothing behind", async () => {
  const decoder = openDecoder("gzip, br", limit);
  assert.ok(decoder.ok);
  await decoder.value.push(zlib.brotliCompressSync(zlib.gzipSync(plain)).subarray(0, 20));
  decoder.value.close();
  decoder.value.close();
});
