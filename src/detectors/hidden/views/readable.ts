/**
 * Whether a run of base64 or hexadecimal digits holds text, and which. Pure. Does not look for runs.
 */

/** In characters of what is decoded. */
export const readableMin = 8;
/** Of the characters of a text, as shares. */
const brokenMax = 0.1;
const wordlikeMin = 0.5;
/** Bytes looked at to tell UTF-16 from UTF-8. */
const wideProbeBytes = 64;

/**
 * The text that `run` holds, `null` where it holds none. `run` may hold line breaks and padding. `cut`: it goes on, and
 * the last character may be incomplete.
 */
export function decodeRun(run: string, cut: boolean): string | null {
  const digits = run.replaceAll(/[\r\n=]/g, "");
  return decodeHex(digits, cut) ?? decodeBase64(digits, cut);
}

/** The text of a run whose first `length` digits hold text, whatever the rest holds; `null` where they do not. */
export function decodeBegun(run: string, length: number): string | null {
  const digits = run.replaceAll(/[\r\n=]/g, "");
  const begin = digits.slice(0, length);
  const isHex = decodeHex(begin, true) !== null;
  if (!isHex && decodeBase64(begin, true) === null) return null;
  const bytes = isHex ? Buffer.from(digits.replace(/^0[xX]/, ""), "hex") : Buffer.from(digits, "base64");
  return textOf(bytes);
}

function decodeHex(digits: string, cut: boolean): string | null {
  const bare = /^0[xX]/.test(digits) ? digits.slice(2) : digits;
  if (bare.length % 2 !== 0 || !/^[0-9a-fA-F]+$/.test(bare)) return null;
  return readableText(Buffer.from(bare, "hex"), cut);
}

/** Both alphabets. Text in base64 has capitals and others among them; words of prose and identifiers mostly do not. */
function decodeBase64(digits: string, cut: boolean): string | null {
  if (!/[A-Z]/.test(digits) || !/[a-z0-9]/.test(digits) || digits.length % 4 === 1) return null;
  return readableText(Buffer.from(digits, "base64"), cut);
}

/** The text in UTF-8 or UTF-16 (little-endian) that the bytes are; `null` where too much of them is none. */
export function readableText(bytes: Buffer, cut: boolean): string | null {
  const text = textOf(bytes);
  const whole = cut && text.endsWith("\ufffd") ? text.slice(0, -1) : text;
  return isReadable(whole) ? whole : null;
}

/** Without U+0000, which keeps texts of a view apart. */
function textOf(bytes: Buffer): string {
  return (isWide(bytes) ? bytes.toString("utf16le") : bytes.toString("utf8")).replaceAll("\0", "\ufffd");
}

/** ASCII in UTF-16: every second byte is zero. */
function isWide(bytes: Buffer): boolean {
  const end = Math.min(bytes.length - (bytes.length % 2), wideProbeBytes);
  if (bytes.length % 2 !== 0 || end < 2 * readableMin) return false;
  for (let at = 1; at < end; at += 2) if (bytes[at] !== 0 || bytes[at - 1] === 0) return false;
  return true;
}

/** `broken`: the share of its characters that may be none. `least`: how many there must be. */
export function isReadable(text: string, broken: number = brokenMax, least: number = readableMin): boolean {
  if (text.length < least) return false;
  let found = 0;
  let wordlike = 0;
  const foundMax = Math.floor(text.length * broken);
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isBroken(unit)) {
      found += 1;
      if (found > foundMax) return false;
    } else if (isWordlike(unit)) {
      wordlike += 1;
    }
  }
  return wordlike >= text.length * wordlikeMin;
}

const isBroken = (unit: number): boolean =>
  unit === 0xfffd || (unit < 0x20 && unit !== 0x09 && unit !== 0x0a && unit !== 0x0d) || (unit >= 0x7f && unit < 0xa0);

/** Letters, digits and blanks; everything above Latin-1 counts as a letter. */
const isWordlike = (unit: number): boolean =>
  (unit >= 0x61 && unit <= 0x7a) ||
  (unit >= 0x41 && unit <= 0x5a) ||
  (unit >= 0x30 && unit <= 0x39) ||
  unit === 0x20 ||
  unit === 0x0a ||
  unit >= 0xc0;
