/** Checksums that tokens carry. */
import { crc32 } from "node:zlib";

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const checksumDigits = 6;

/** After the first `_`, the last six characters are the CRC-32 of the others in base 62: GitHub's and npm's classic tokens. */
export function hasBase62Crc(token: string): boolean {
  const body = token.slice(token.indexOf("_") + 1, -checksumDigits);
  return token.endsWith(base62Crc(body));
}

/** Six digits. */
export function base62Crc(body: string): string {
  let rest = crc32(body);
  let text = "";
  for (let n = 0; n < checksumDigits; n++) {
    text = digits.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}
