/**
 * Bodies of character classes that the personal-data patterns share, and how what they match is read back as ASCII.
 * All are of the basic plane: one UTF-16 code unit a character.
 */

/** ASCII and full-width digits. */
export const digits = "0-9\\uFF10-\\uFF19";
/** Blank, no-break, en to hair, narrow no-break, mathematical and ideographic spaces. Not tabs, not line ends. */
export const spaces = " \\u00A0\\u2000-\\u200A\\u202F\\u205F\\u3000";
/** Hyphens, dashes, the minus sign, small and full-width hyphen. Safe in a class at any place. */
export const dashes = "\\-\\u2010-\\u2015\\u2212\\uFE63\\uFF0D";

const fullWidthZero = 0xff10;

/** The value of a digit's code unit, or -1. */
export function digitAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit >= 48 && unit <= 57) return unit - 48;
  if (unit >= fullWidthZero && unit <= fullWidthZero + 9) return unit - fullWidthZero;
  return -1;
}

/** The digits of a text in ASCII, all else left out. */
export function digitsOf(text: string): string {
  let found = "";
  for (let at = 0; at < text.length; at++) {
    const digit = digitAt(text, at);
    if (digit >= 0) found += digit;
  }
  return found;
}

/** A run of digits, in ASCII, and the offset where it ends. */
export type Group = { readonly digits: string; readonly end: number };

/** The runs of digits in order. */
export function groupsOf(text: string): readonly Group[] {
  const groups: Group[] = [];
  let run = "";
  for (let at = 0; at <= text.length; at++) {
    const digit = at < text.length ? digitAt(text, at) : -1;
    if (digit >= 0) run += digit;
    else if (run !== "") {
      groups.push({ digits: run, end: at });
      run = "";
    }
  }
  return groups;
}
