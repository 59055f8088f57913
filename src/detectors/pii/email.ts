/**
 * E-mail addresses: a dot-atom of up to 64 characters, `@`, and a host name of at least two labels.
 * A longer run before the `@` does not hide the address: its last 64 characters count.
 * Not found: quoted local parts, addresses at a bare host or an IP, and local parts in scripts without letter case.
 */
import { reviewed } from "../pattern/pattern.ts";
import type { Matcher } from "../pattern/pattern-detector.ts";

/** Letters of scripts that put spaces between words; with others, a whole sentence would be a local part. */
const letters = "A-Za-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u024F\\u0370-\\u03FF\\u0400-\\u052F";
const word = `${letters}0-9_`;
const joint = ".%+'&~\\-";
const label = `[${letters}0-9\\-]{1,63}`;
const top = `[${letters}](?:[${letters}0-9\\-]{0,61}[${letters}0-9])`;
const longestLocalUnits = 64;

const start = `(?<![${word}][${joint}]?)[${word}][${word}${joint}]{0,${longestLocalUnits - 1}}`;
const tail = `[${word}${joint}]{${longestLocalUnits}}`;

export const email: Matcher = {
  category: "pii/email",
  pattern: reviewed(`(?:${start}|${tail})@(?:${label}\\.){1,8}${top}`),
  starts: () => beforeAtSigns,
};

/** Most texts have no `@`; an address begins at most 64 units before one. */
function beforeAtSigns(text: string, from: number): number {
  const sign = text.indexOf("@", from);
  return sign < 0 ? -1 : Math.max(from, sign - longestLocalUnits);
}
