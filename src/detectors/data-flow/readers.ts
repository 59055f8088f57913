/**
 * How a reply is read for what it may carry: percent-escapes of ASCII decoded, case folded. `spelled` reads unit by unit,
 * `bare` letters and digits alone. The same readings make the words that are looked for.
 */
import { Letters, type TakeLetter } from "../letters/letters.ts";
import type { Reader } from "../letters/word-search.ts";

/** Between two letters of a number or an identifier, in UTF-16 code units. */
export const bareGapUnits = 8;
/** What one letter takes at most: a percent-escape. */
export const letterUnits = 3;

export type Reading = Reader & { join(text: string): string };

export function createReadings(): { readonly spelled: Reading; readonly bare: Reading } {
  const letters = new Letters(true);
  return {
    spelled: reading(0, readUnits, (unit) => unit),
    bare: reading(
      bareGapUnits,
      (text, from, to, take) => letters.read(text, from, to, take),
      (unit) => (isAlphanumeric(unit) ? unit : 0),
    ),
  };
}

/** Where an escape begins that the end of the text cuts; the text's length where there is none. */
export function escapeOpenFrom(text: string): number {
  const { length } = text;
  if (text.endsWith("%")) return length - 1;
  return length > 1 && text[length - 2] === "%" && hexAt(text, length - 1) >= 0 ? length - 2 : length;
}

type ReadPart = (text: string, from: number, to: number, take: TakeLetter) => void;

/** `escaped`: what an escaped unit, in lower case, counts as; 0 for nothing. */
function reading(gapMax: number, readPart: ReadPart, escaped: (unit: number) => number): Reading {
  const read = (text: string, from: number, take: TakeLetter): void => {
    const state = { goesOn: true };
    const taking: TakeLetter = (letter, start, end) => (state.goesOn = take(letter, start, end));
    for (let at = from; at < text.length && state.goesOn; ) {
      const sign = text.indexOf("%", at);
      const end = sign < 0 ? text.length : sign;
      readPart(text, at, end, taking);
      if (sign < 0 || !state.goesOn) return;
      const unit = unitAt(text, sign);
      if (unit < 0) readPart(text, sign, sign + 1, taking);
      else if (escaped(lower(unit)) !== 0) taking(escaped(lower(unit)), sign, sign + 3);
      at = unit < 0 ? sign + 1 : sign + 3;
    }
  };
  const join = (text: string): string => {
    let joined = "";
    read(text, 0, (letter) => {
      joined += String.fromCharCode(letter);
      return true;
    });
    return joined;
  };
  return { gapMax, read, join };
}

function readUnits(text: string, from: number, to: number, take: TakeLetter): void {
  for (let at = from; at < to; at++) if (!take(lower(text.charCodeAt(at)), at, at + 1)) return;
}

/** The unit before `at` as it is read, and where it begins; `unit` is 0 at the text's beginning. */
export function unitBefore(text: string, at: number): { readonly unit: number; readonly start: number } {
  if (at === 0) return { unit: 0, start: 0 };
  const escaped = text[at - 3] === "%" ? unitAt(text, at - 3) : -1;
  return escaped < 0 ? { unit: text.charCodeAt(at - 1), start: at - 1 } : { unit: escaped, start: at - 3 };
}

/** The ASCII character that the escape at `sign` stands for, or -1. Escapes of other bytes stay as they are. */
function unitAt(text: string, sign: number): number {
  const high = hexAt(text, sign + 1);
  const low = hexAt(text, sign + 2);
  return high < 0 || high > 7 || low < 0 || high + low === 0 ? -1 : high * 16 + low;
}

function hexAt(text: string, at: number): number {
  const unit = at < text.length ? lower(text.charCodeAt(at)) : 0;
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  return unit >= 0x61 && unit <= 0x66 ? unit - 0x57 : -1;
}

const lower = (unit: number): number => (unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit);

const isAlphanumeric = (unit: number): boolean => (unit >= 0x30 && unit <= 0x39) || (unit >= 0x61 && unit <= 0x7a);
