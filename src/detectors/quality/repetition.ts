/**
 * Tells where a text says the same over and over: a period that fills what came last, or a handful of words that make up
 * all of it. Looks at a bounded stretch; knows exact repetition only, so counted lists and tables are none.
 */

/** How far back it looks, in UTF-16 code units. */
export const lookBack = 4_096;
/** A period has that many repeats at least, and all of them that length. */
const repeatsLeast = 10;
const lengthLeast = 400;
/** One word with a mark behind it is also how programs write rows of equal values. */
const repeatsLeastOfValues = 100;
/** A run without any blank may be padding. */
const lengthLeastUnbroken = 800;

/** What ends a text must stand there before: so many of its code units, at so many places at the most. */
const tailUnits = 12;
const candidatesMax = 8;

/** Of letters and blanks in what is repeated; below it, it is a table, a ruler or a row of numbers. */
const wordsShare = 0.75;

/** So many words, and so few different ones among them. */
const wordsWindow = 120;
const differentMost = 4;
/** Here nothing but words: a counted list says few words too. */
const fewWordsShare = 0.9;
/** In UTF-16 code units; the first word of the end may be a part of one. */
const wordsStretch = 1_024;
const wordsEnd = 128;

/** Whether the end of `text`, of which the last `lookBack` units count, repeats itself. Work is a small multiple of that. */
export function endsInRepetition(text: string): boolean {
  const recent = text.slice(-lookBack);
  return hasPeriod(recent) || saysFewWords(recent.slice(-wordsStretch));
}

function hasPeriod(text: string): boolean {
  if (text.length < lengthLeast) return false;
  const tail = text.slice(-tailUnits);
  const end = text.length - tailUnits;
  let at = end;
  for (let tries = 0; tries < candidatesMax; tries += 1) {
    at = text.lastIndexOf(tail, at - 1);
    const period = end - at;
    if (at <= 0 || period * repeatsLeast > text.length) return false;
    if (isFilled(text, period)) return true;
  }
  return false;
}

/** Whether the last code units of `text`, as many as that unit needs, repeat it. */
function isFilled(text: string, period: number): boolean {
  const needed = neededOf(text.slice(-period));
  if (needed > text.length) return false;
  const from = text.length - needed;
  for (let at = text.length - period - 1; at >= from; at -= 1) {
    if (text.charCodeAt(at) !== text.charCodeAt(at + period)) return false;
  }
  return true;
}

/** How long a run of that unit must be; infinite for what is no language. */
function neededOf(unit: string): number {
  if (!/[\p{L}\p{Extended_Pictographic}]/u.test(unit) || shareOfWords(unit) < wordsShare)
    return Number.POSITIVE_INFINITY;
  // Nor is a run without any blank base64.
  if (!/[\s\u0e00-\uffff]/.test(unit)) {
    return /^[\p{Ll}\p{M}\p{P}]+$/u.test(unit) ? lengthLeastUnbroken : Number.POSITIVE_INFINITY;
  }
  const value = onlyValueOf(unit);
  return Math.max(lengthLeast, value === null ? unit.length * repeatsLeast : (value.length + 1) * repeatsLeastOfValues);
}

/** The one word with a mark that the unit, wherever it begins in it, consists of; else `null`. */
function onlyValueOf(unit: string): string | null {
  const inner = new Set(unit.repeat(3).split(/\s+/).slice(1, -1));
  const [value] = inner;
  return inner.size === 1 && value !== undefined && /[,;|:]/.test(value) ? value : null;
}

function shareOfWords(unit: string): number {
  const words = unit.replace(/[^\p{L}\p{M}\p{Extended_Pictographic}\s]/gu, "");
  return words.length / unit.length;
}

/** The end alone first: in nearly every text that says enough. */
function saysFewWords(text: string): boolean {
  if (new Set(wordsOf(text.slice(-wordsEnd))).size > differentMost + 1) return false;
  const words = wordsOf(text);
  if (words.length < wordsWindow || shareOfWords(text) < fewWordsShare) return false;
  return new Set(words.slice(-wordsWindow)).size <= differentMost;
}

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];
