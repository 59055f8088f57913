/**
 * The names of one conversation as bytes. A text is not among them: it is known again by a keyed digest. Pure.
 *
 * `seconds (4), kinds (1), for each its length (1) and UTF-8; names (2), for each digest (16), kind (1), number (4), length of the
 * tail (1), tail`, all numbers big-endian.
 */
import type { PlaceholderName } from "../../domain/vault.ts";

export const digestBytes = 16;

/** `digest`: in hex. */
export type KeptName = PlaceholderName & { readonly digest: string; readonly kind: string };
/** `writtenS`: seconds since the Unix epoch. Least recently used first. */
export type KeptNames = { readonly writtenS: number; readonly names: readonly KeptName[] };

/** Names of one conversation. */
export const namesMax = 0xffff;
const shortMax = 0xff;
const numberMax = 0xffff_ffff;
const fixedBytes = digestBytes + 1 + 4 + 1;

/** What does not fit is left out, which costs it its name: of more names than `namesMax`, the first. */
export function encodeNames({ writtenS, names }: KeptNames): Uint8Array {
  const kinds = new Map<string, number>();
  const fitting = names.slice(-namesMax).filter(({ kind, tail, number }) => {
    if (number > numberMax || Buffer.byteLength(tail) > shortMax) return false;
    if (kinds.has(kind)) return true;
    if (kinds.size === shortMax || Buffer.byteLength(kind) > shortMax) return false;
    kinds.set(kind, kinds.size);
    return true;
  });
  const head = Buffer.alloc(5);
  head.writeUInt32BE(Math.min(writtenS, numberMax));
  head.writeUInt8(kinds.size, 4);
  const count = Buffer.alloc(2);
  count.writeUInt16BE(fitting.length);
  // In one piece: there may be thousands, and nobody else runs meanwhile.
  const body = Buffer.alloc(fitting.reduce((total, { tail }) => total + fixedBytes + Buffer.byteLength(tail), 0));
  let at = 0;
  for (const { digest, kind, number, tail } of fitting) {
    body.write(digest, at, "hex");
    at = body.writeUInt8(kinds.get(kind) ?? 0, at + digestBytes);
    at = body.writeUInt32BE(number, at);
    const written = body.write(tail, at + 1);
    at = body.writeUInt8(written, at) + written;
  }
  return Buffer.concat([head, ...[...kinds.keys()].map(short), count, body]);
}

/** `null`: it is not what `encodeNames` makes. */
export function decodeNames(bytes: Uint8Array): KeptNames | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const has = (length: number): boolean => at + length <= buffer.length;
  const readShort = (): string | null => {
    const length = has(1) ? buffer.readUInt8(at) : Number.POSITIVE_INFINITY;
    if (!has(1 + length)) return null;
    const text = buffer.toString("utf8", at + 1, at + 1 + length);
    at += 1 + length;
    return text;
  };
  if (!has(5)) return null;
  const writtenS = buffer.readUInt32BE(0);
  const kinds: string[] = [];
  at = 5;
  for (let left = buffer.readUInt8(4); left > 0; left--) {
    const kind = readShort();
    if (kind === null) return null;
    kinds.push(kind);
  }
  if (!has(2)) return null;
  const names: KeptName[] = [];
  const count = buffer.readUInt16BE(at);
  at += 2;
  for (let left = count; left > 0; left--) {
    if (!has(fixedBytes)) return null;
    const digest = buffer.toString("hex", at, at + digestBytes);
    const kind = kinds[buffer.readUInt8(at + digestBytes)];
    const number = buffer.readUInt32BE(at + digestBytes + 1);
    at += digestBytes + 1 + 4;
    const tail = readShort();
    if (kind === undefined || tail === null) return null;
    names.push({ digest, kind, number, tail });
  }
  return at === buffer.length ? { writtenS, names } : null;
}

const short = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
};
