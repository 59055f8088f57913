/**
 * What passes between the stages of the clear view: UTF-16 code units, each with the range of the text that it stands
 * for. Owns the classes of units that the stages tell apart.
 */
import { foldedUnits } from "../characters/folds.ts";

export type UnitSink = {
  /** `start` and `end` are offsets of the text. */
  unit(unit: number, start: number, end: number): void;
  /** The text is over. */
  end(): void;
};

/** Bits of `unitClass`. */
export const letterBit = 1;
export const alphanumericBit = 2;
/** A letter after it may begin a spaced word. */
export const openerBit = 4;
/** May stand between the letters of a spaced word. */
export const separatorBit = 8;
/** Begins an escape. */
export const escapeBit = 16;
/** Begins or is a character whose plain reading is another. */
export const foldBit = 32;
export const changeBits = escapeBit | foldBit;

/** The units of a text as numbers: many times faster to look at one by one than a slice of a string is. */
export function unitsOf(text: string): Uint16Array {
  const bytes = Buffer.allocUnsafe(text.length * 2);
  // A pooled buffer begins at a multiple of eight.
  bytes.write(text, "utf16le");
  return new Uint16Array(bytes.buffer, bytes.byteOffset, text.length);
}

const openers = " \t\n\r\"'`([{<>*_~|:=#\u201c\u2018\u00ab";
const separators = " \n.-_*/|,+~\u00b7\u2022";

export const unitClass: Uint8Array = buildClasses();

function buildClasses(): Uint8Array {
  const classes = new Uint8Array(65_536);
  const mark = (characters: string, bits: number): void => {
    for (let at = 0; at < characters.length; at++) classes[characters.charCodeAt(at)]! |= bits;
  };
  const letters = "abcdefghijklmnopqrstuvwxyz";
  mark(letters + letters.toUpperCase(), letterBit | alphanumericBit);
  mark("0123456789", alphanumericBit);
  mark(openers, openerBit);
  mark(separators, separatorBit);
  mark("&%\\", escapeBit);
  for (let unit = 0; unit < 65_536; unit++) if (foldedUnits[unit] === 1) classes[unit]! |= foldBit;
  return classes;
}
