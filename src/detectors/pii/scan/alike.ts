/**
 * Characters that people and programs write for one another: digits of other widths and scripts, kinds of blanks and
 * dashes. All are of the basic plane. Owns the table both ways: what a form's character also stands for, and reading a
 * match back as ASCII.
 */

/** Zeros of digit runs that are read as ASCII digits: full-width, Arabic-Indic, Persian, Devanagari, Bengali, Thai. */
const zeros = [0xff10, 0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50];
const blanks = [0xa0, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x202f];
const moreBlanks = [0x205f, 0x3000];
const dashes = [0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xfe63, 0xff0d];
const fullWidth = 0xff00 - 0x20;

const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57;
const isLetter = (unit: number): boolean => (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122);

/** A form's unit and all that is read as it. */
export function alike(unit: number): readonly number[] {
  if (isDigit(unit)) return [unit, ...zeros.map((zero) => zero + unit - 48)];
  if (isLetter(unit)) return [unit, unit + fullWidth];
  if (unit === 0x20) return [unit, ...blanks, ...moreBlanks];
  if (unit === 0x2d) return [unit, ...dashes];
  return [unit];
}

/** The ASCII unit that is meant, or the unit itself. */
export function plain(unit: number): number {
  if (unit < 0xa0) return unit;
  for (const zero of zeros) if (unit >= zero && unit <= zero + 9) return unit - zero + 48;
  if (unit > 0xff00 && unit < 0xff5f) return unit - fullWidth;
  if (blanks.includes(unit) || moreBlanks.includes(unit)) return 0x20;
  return dashes.includes(unit) ? 0x2d : unit;
}

/** A match as it would be written in ASCII, separators included. Same length. */
export function asPlain(text: string): string {
  let whole = "";
  for (let at = 0; at < text.length; at++) whole += String.fromCharCode(plain(text.charCodeAt(at)));
  return whole;
}

/** Letters and digits alone, in ASCII capitals; what is no ASCII letter or digit is left out. */
export const compact = (text: string): string => text.replace(/[^A-Za-z0-9]/g, "").toUpperCase();
