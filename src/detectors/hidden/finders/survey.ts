/**
 * One look at a text that says which kinds of hidden text it cannot hold, so that ordinary text is looked at once and not
 * once a kind. Pure. Never says no where something might be found.
 */
import { bidi, control, type Ranges, tags, zeroWidth } from "../characters/folds.ts";
import { unitsOf } from "../views/units.ts";
import { foreignUnits } from "./look-alike.ts";

export type Survey = {
  readonly zeroWidth: boolean;
  readonly bidi: boolean;
  readonly tags: boolean;
  readonly control: boolean;
  readonly lookAlike: boolean;
  readonly oddSpace: boolean;
  /** What may begin an escape. */
  readonly escape: boolean;
  /** Of base64 digits, in units. */
  readonly longestRun: number;
  /** Of letters and separators in turn, in units. */
  readonly longestSpaced: number;
};

const zeroWidthBit = 1;
const bidiBit = 2;
const tagsBit = 4;
const controlBit = 8;
const lookAlikeBit = 16;
const oddSpaceBit = 32;
const escapeBit = 64;
const digitBit = 128;
const letterBit = 256;
const separatorBit = 512;

/** Spaces that no typesetter puts inside a word. */
export const oddSpaceRanges: Ranges = [
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x205f, 0x205f],
  [0x2800, 0x2800],
  [0x3000, 0x3000],
];
/** What stands between the letters of a spaced word. */
export const separators =
  " _*-.~\u00a0\u00b7\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2022\u202f\u3000";

const classes = buildClasses();

export function surveyOf(text: string): Survey {
  const units = unitsOf(text);
  const table = classes;
  let bits = 0;
  let run = 0;
  let longestRun = 0;
  let spaced = 0;
  let longestSpaced = 0;
  for (let at = 0; at < units.length; at++) {
    const own = table[units[at] as number] as number;
    bits |= own;
    run = (own & digitBit) === 0 ? 0 : run + 1;
    if (run > longestRun) longestRun = run;
    // Odd after a letter, even after a separator.
    if ((own & letterBit) !== 0) spaced = (spaced & 1) === 0 ? spaced + 1 : 1;
    else spaced = (own & separatorBit) !== 0 && (spaced & 1) === 1 ? spaced + 1 : 0;
    if (spaced > longestSpaced) longestSpaced = spaced;
  }
  return {
    zeroWidth: (bits & zeroWidthBit) !== 0,
    bidi: (bits & bidiBit) !== 0,
    tags: (bits & tagsBit) !== 0,
    control: (bits & controlBit) !== 0,
    lookAlike: (bits & lookAlikeBit) !== 0,
    oddSpace: (bits & oddSpaceBit) !== 0,
    escape: (bits & escapeBit) !== 0,
    longestRun,
    longestSpaced,
  };
}

function buildClasses(): Uint16Array {
  const table = new Uint16Array(65_536);
  const mark = (ranges: Ranges, bit: number): void => {
    for (const [first, last] of ranges) {
      const [low, high] = [first, last].map((point) => String.fromCodePoint(point).charCodeAt(0));
      for (let unit = low as number; unit <= (high as number); unit++) table[unit]! |= bit;
    }
  };
  const markAll = (characters: string, bit: number): void => {
    for (const character of characters) table[character.charCodeAt(0)]! |= bit;
  };
  mark(zeroWidth, zeroWidthBit);
  mark(bidi, bidiBit);
  mark(tags, tagsBit);
  mark(control, controlBit);
  mark(oddSpaceRanges, oddSpaceBit);
  for (const unit of foreignUnits) table[unit]! |= lookAlikeBit;
  const letters = "abcdefghijklmnopqrstuvwxyz";
  markAll(letters + letters.toUpperCase(), letterBit | digitBit);
  markAll("0123456789+/_-", digitBit);
  markAll("&%\\", escapeBit);
  markAll(separators, separatorBit);
  return table;
}
