/**
 * Runs that hold readable text in another form: base64 and hexadecimal digits, and letters written as escapes.
 *
 * A long run is found piece by piece: at each place where the next `window` digits hold nothing but text. The pieces
 * overlap, so they cover the run, and it does not matter where it began. A base64 run shorter than that is judged whole.
 * Does not decode for judging; the views do.
 */
import { readEscape } from "../views/escapes.ts";
import { unitsOf } from "../views/units.ts";
import type { Finder, Give } from "./finder.ts";
import { holdsText, isBase64Digit } from "./text-bytes.ts";

/** Digits of a piece. So many of hexadecimal hold too little to tell text from a hash, where there are more. */
const window = 24;
const hexWindow = 32;
/** A piece takes what is left of its run, if that is no more. */
const restMax = 28;
/** Escapes of letters in a row. */
const escapesMin = 8;
const escapeMax = 12;
/** Digits of the shortest run. */
const runMin = 16;

const escape = /[&%\\]/g;

export const payloadFinder: Finder = {
  kind: "payload",
  leftContext: 2,
  longestSpan: Math.max(hexWindow + restMax, escapesMin * escapeMax),
  rightContext: restMax + 2,
  mayFind: (survey) => survey.longestRun >= runMin || survey.escape,
  find(text, from, to, ended, give) {
    const found: (readonly [number, number])[] = [];
    const add: Give = (start, end) => found.push([start, end]);
    findRuns(text, from, to, add);
    findEscapes(text, from, to, ended, add);
    for (const [start, end] of found.sort((a, b) => a[0] - b[0] || b[1] - a[1])) give(start, end);
  },
  settled(text, from) {
    return Math.max(from, Math.min(openRun(text, from), openEscapes(text, from)));
  },
};

function findRuns(text: string, from: number, to: number, give: Give): void {
  const units = unitsOf(text);
  let at = from;
  while (at < to) {
    if (!isBase64Digit(units[at] as number)) {
      at += 1;
      continue;
    }
    const start = at;
    while (at < units.length && isBase64Digit(units[at] as number)) at += 1;
    if (at - start >= runMin) findInRun(text, units, start, Math.min(at, to), at, give);
  }
}

/** Looks at each place of [start, to) in the digits that end at `bare`. One that began before `start` goes on there. */
function findInRun(text: string, units: Uint16Array, start: number, to: number, bare: number, give: Give): void {
  let end = bare;
  while (end < bare + 2 && units[end] === padding) end += 1;
  const begins = start === 0 || !isBase64Digit(units[start - 1] as number);
  if (bare - start < window) {
    if (begins && isBase64(text, units, start, bare - start, true)) give(start, end);
    return;
  }
  for (let at = start; at < to && bare - at >= window; at++) {
    const isPiece = isBase64(text, units, at, window, false);
    const stop = isPiece ? at + window : hexPiece(text, units, at, begins ? start : -1, bare);
    if (stop > 0) give(at, end - stop <= restMax ? end : stop);
  }
}

const padding = 0x3d;

/** Text in base64 has capitals and others among its digits; words of prose and identifiers mostly do not. */
function isBase64(text: string, units: Uint16Array, at: number, count: number, whole: boolean): boolean {
  if (!holdsText(units, at, count, "base64", whole)) return false;
  const digits = text.slice(at, at + count);
  return /[A-Z]/.test(digits) && /[a-z0-9]/.test(digits);
}

/**
 * Where the piece of hexadecimal digits ends that begins at `at`; 0 where none does. A run that begins at `begin` and is
 * short is judged whole; -1: it began before.
 */
function hexPiece(text: string, units: Uint16Array, at: number, begin: number, bare: number): number {
  const isShort = at === begin && bare - at < hexWindow;
  const count = isShort ? bare - at : hexWindow;
  if (bare - at < count || count % 2 !== 0 || !holdsText(units, at, count, "hex", isShort)) return 0;
  // Decimal digits alone are a number, but for such as are nothing but small letters.
  const digits = text.slice(at, at + count);
  return /[A-Fa-f]/.test(digits) || /^(?:[67]\d|20)+$/.test(digits) ? at + count : 0;
}

/** Each place from which on so many escapes in a row are letters. */
function findEscapes(text: string, from: number, to: number, ended: boolean, give: Give): void {
  escape.lastIndex = from;
  for (let match = escape.exec(text); match !== null && match.index < to; match = escape.exec(text)) {
    const letters = escapedLetters(text, match.index, ended);
    if (letters.count === escapesMin) give(match.index, letters.end);
  }
}

type Letters = { readonly count: number; readonly end: number; readonly open: boolean };

/** Up to `escapesMin` escapes of ASCII letters and digits from `at` on; three in four are letters. */
function escapedLetters(text: string, at: number, ended: boolean): Letters {
  const units = unitsOf(text.slice(at, at + escapesMin * escapeMax));
  let place = 0;
  let letters = 0;
  for (let count = 0; count < escapesMin; count++) {
    const cut = at + units.length === text.length;
    const found = place < units.length ? readEscape(units, place, units.length, ended || !cut) : "open";
    if (found === "open") return { count, end: at + place, open: cut && !ended };
    if (found === "none" || !/^[ -~]$/.test(found.text)) return { count, end: at + place, open: false };
    if (/[A-Za-z]/.test(found.text)) letters += 1;
    place += found.length;
  }
  const isFound = letters * 4 >= escapesMin * 3;
  return { count: isFound ? escapesMin : 0, end: at + place, open: false };
}

function openRun(text: string, from: number): number {
  let start = text.length;
  let padding = 0;
  while (padding < 2 && text[start - 1] === "=") {
    start -= 1;
    padding += 1;
  }
  const least = Math.max(from, text.length - hexWindow - restMax - 2);
  const end = start;
  while (start > least && isBase64Digit(text.charCodeAt(start - 1))) start -= 1;
  return start === end ? text.length : start;
}

function openEscapes(text: string, from: number): number {
  escape.lastIndex = Math.max(from, text.length - escapesMin * escapeMax);
  for (let match = escape.exec(text); match !== null; match = escape.exec(text)) {
    if (escapedLetters(text, match.index, false).open) return match.index;
  }
  return text.length;
}
