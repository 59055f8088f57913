/**
 * Whether digits hold nothing but text. Looks at one byte after another and stops at the first that is none,
 * since it is asked at each place of every long run. Pure.
 */

export type Form = "base64" | "hex";

/** Characters of a piece: a few in East Asian scripts, where each takes three bytes. */
const charactersMin = 4;
/** Of the characters, as a share. */
const wordlikeMin = 0.7;

/** The value of each base64 digit of both alphabets, of each hexadecimal one; 255 for anything else. */
const sextets = table("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
sextets[0x2d] = 62;
sextets[0x5f] = 63;
const nibbles = table("0123456789abcdef");
for (let value = 10; value < 16; value++) nibbles[0x37 + value] = value;

/** Behind the last unit. */
const none = 0xffff;

export const isBase64Digit = (unit: number): boolean => unit < 128 && sextets[unit] !== 255;

/**
 * `count` digits from `at` on. `whole`: the first byte begins a character and the last one ends one. True for UTF-8, and
 * for ASCII in UTF-16, without control characters and mostly letters, digits and blanks.
 */
export function holdsText(units: Uint16Array, at: number, count: number, form: Form, whole: boolean): boolean {
  const bytes = form === "hex" ? count >> 1 : Math.floor((count * 3) / 4);
  const first = byteAt(units, at, 0, form);
  const second = byteAt(units, at, 1, form);
  if (first < 0 || second < 0) return false;
  if (first === 0 || second === 0) return holdsWide(units, at, bytes, form);
  let characters = 0;
  let wordlike = 0;
  let more = 0;
  let lead = 0;
  let scripts = 0;
  for (let index = 0; index < bytes; index++) {
    const byte = byteAt(units, at, index, form);
    if (byte < 0) return false;
    if (more > 0) {
      if (!isContinuation(byte) || !isInRange(lead, byte)) return false;
      lead = 0;
      more -= 1;
    } else if (isContinuation(byte)) {
      // The end of a character that began before.
      if (whole || characters > 0 || index > 2) return false;
    } else {
      if (!isBegin(byte)) return false;
      characters += 1;
      if (isWordlike(byte)) wordlike += 1;
      lead = byte;
      scripts |= scriptOf(byte);
      more = byte < 0x80 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    }
  }
  if ((whole && more > 0) || isMany(scripts)) return false;
  return characters >= charactersMin && wordlike >= characters * wordlikeMin;
}

/** Every second byte is zero, from the first or the second on. */
function holdsWide(units: Uint16Array, at: number, bytes: number, form: Form): boolean {
  let characters = 0;
  let wordlike = 0;
  const zeroFirst = byteAt(units, at, 0, form) === 0;
  for (let index = 0; index < bytes; index++) {
    const byte = byteAt(units, at, index, form);
    if ((index % 2 === 0) === zeroFirst) {
      if (byte !== 0) return false;
    } else {
      if (byte <= 0 || byte >= 0x80 || !isBegin(byte)) return false;
      characters += 1;
      if (isWordlike(byte)) wordlike += 1;
    }
  }
  return characters >= charactersMin && wordlike >= characters * wordlikeMin;
}

/** -1 where the digits are none. */
function byteAt(units: Uint16Array, at: number, index: number, form: Form): number {
  if (form === "hex") {
    const high = digitAt(nibbles, units, at + index * 2);
    const low = digitAt(nibbles, units, at + index * 2 + 1);
    return high === 255 || low === 255 ? -1 : (high << 4) | low;
  }
  const place = at + Math.floor(index / 3) * 4 + (index % 3);
  const high = digitAt(sextets, units, place);
  const low = digitAt(sextets, units, place + 1);
  if (high === 255 || low === 255) return -1;
  const part = index % 3;
  return ((high << (2 + 2 * part)) | (low >> (4 - 2 * part))) & 0xff;
}

function digitAt(values: Uint8Array, units: Uint16Array, at: number): number {
  const unit = units[at] ?? none;
  return unit < 128 ? (values[unit] as number) : 255;
}

const isContinuation = (byte: number): boolean => byte >= 0x80 && byte < 0xc0;

/** ASCII that is no control character, or the first byte of a character. */
const isBegin = (byte: number): boolean =>
  (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09 || (byte >= 0xc2 && byte < 0xf5);

/** The byte behind a first one: no C1 character, nothing longer than it need be, no surrogate. */
function isInRange(lead: number, byte: number): boolean {
  if (lead === 0xc2) return byte >= 0xa0;
  if (lead === 0xe0) return byte >= 0xa0;
  if (lead === 0xed) return byte < 0xa0;
  if (lead === 0xf0) return byte >= 0x90;
  return lead !== 0xf4 || byte < 0x90;
}

/** A bit for the scripts that a first byte may begin; none for ASCII and general punctuation. */
function scriptOf(byte: number): number {
  if (byte < 0xc3 || byte === 0xe2) return 0;
  if (byte < 0xcd) return 1;
  if (byte < 0xe0) return 2 << ((byte - 0xcc) >> 2);
  if (byte < 0xe3) return 64;
  return byte < 0xee ? 128 : 256;
}

/** Of more than two bits: no text mixes so many. */
const isMany = (bits: number): boolean => {
  const less = bits & (bits - 1);
  return (less & (less - 1)) !== 0;
};

/** Letters, digits, blanks, and what begins a character above Latin-1's signs. */
const isWordlike = (byte: number): boolean =>
  (byte >= 0x61 && byte <= 0x7a) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  (byte >= 0x30 && byte <= 0x39) ||
  byte === 0x20 ||
  byte === 0x0a ||
  byte > 0xc2;

function table(digits: string): Uint8Array {
  const values = new Uint8Array(128).fill(255);
  for (let value = 0; value < digits.length; value++) values[digits.charCodeAt(value)] = value;
  return values;
}
