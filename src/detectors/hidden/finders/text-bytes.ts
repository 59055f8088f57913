/** Whether bytes are nothing but text, for pieces that may begin and end within a character. Pure. */
import { isReadable } from "../views/readable.ts";

/** Characters of a piece: a few in East Asian scripts, where each takes three bytes. */
const pieceMin = 4;

export const bytesOf = (digits: string, form: "base64" | "hex"): Buffer => Buffer.from(digits, form);

/** UTF-8 without control characters, mostly letters. `whole`: the bytes begin and end with a character. */
export function holdsText(bytes: Buffer, whole: boolean): boolean {
  if (isWide(bytes)) return isReadable(bytes.toString("utf16le"), 0, pieceMin);
  let from = 0;
  let to = bytes.length;
  if (!whole) {
    while (from < 3 && isContinuation(bytes[from])) from += 1;
    to = beginOfLast(bytes);
  }
  const text = bytes.toString("utf8", from, to);
  return isReadable(text, 0, pieceMin);
}

/** Where the last character begins, if it is not complete. */
function beginOfLast(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back < bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (isContinuation(byte)) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x80 && byte < 0xc0;

/** ASCII in UTF-16: every second byte is zero, from the first or the second on. */
function isWide(bytes: Buffer): boolean {
  for (let at = 1; at < bytes.length; at += 2) if (bytes[at] !== 0 || bytes[at - 1] === 0) return false;
  return bytes.length >= 12;
}
