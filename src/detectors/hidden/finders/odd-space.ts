/**
 * Words written letter by letter (`i g n o r e`), and spaces other than the usual ones inside words.
 *
 * A spaced word has at least five letters, the same separator between all. Lists of letters (an alphabet, options,
 * abbreviations in capitals) are left alone. Of a longer word the first `lettersMax` letters are found.
 */
import type { Finder, Give } from "./finder.ts";

const lettersMax = 64;

const spaced =
  /(?<![A-Za-z0-9])[A-Za-z]([ _*\-.~\u00a0\u00b7\u2000-\u200a\u2022\u202f\u3000])[A-Za-z](?:\1[A-Za-z]){3,62}(?![A-Za-z0-9])/g;
/** What may become a spaced word, at the end of a text. */
const openEnd =
  /(?<![A-Za-z0-9])[A-Za-z](?:$|([ _*\-.~\u00a0\u00b7\u2000-\u200a\u2022\u202f\u3000])(?:[A-Za-z]\1){0,63}[A-Za-z]?$)/;

const oddSpace = /[\u1680\u2000-\u200a\u205f\u2800\u3000]+/g;
const oddRunMax = 8;
const tail = 2 * lettersMax + 2;

export const oddSpaceFinder: Finder = {
  kind: "odd-space",
  leftContext: 4,
  longestSpan: 2 * lettersMax,
  rightContext: 2,
  find(text, from, to, _ended, give) {
    const found: (readonly [number, number])[] = [];
    const add: Give = (start, end) => found.push([start, end]);
    findSpaced(text, from, to, add);
    findOdd(text, from, to, add);
    for (const [start, end] of found.sort((a, b) => a[0] - b[0] || b[1] - a[1])) give(start, end);
  },
  settled(text, from) {
    const begin = Math.max(from, text.length - tail);
    const word = openEnd.exec(text.slice(Math.max(0, begin - 4)));
    const odd = /[\u1680\u2000-\u200a\u205f\u2800\u3000]{1,8}$/.exec(text.slice(-oddRunMax));
    const wordAt = word === null ? text.length : Math.max(0, begin - 4) + word.index;
    const oddAt = odd === null ? text.length : text.length - odd[0].length;
    return Math.max(from, Math.min(wordAt, oddAt));
  },
};

function findSpaced(text: string, from: number, to: number, give: Give): void {
  spaced.lastIndex = from;
  for (let match = spaced.exec(text); match !== null && match.index < to; match = spaced.exec(text)) {
    const start = match.index;
    const separator = match[1] as string;
    spaced.lastIndex = start + 1;
    // In the middle of a word that began before.
    if (text[start - 1] === separator && isSingle(text, start - 2)) continue;
    if (isWord(match[0].replaceAll(separator, ""), separator)) give(start, start + match[0].length);
  }
}

/** A letter without another letter or digit before it. */
function isSingle(text: string, at: number): boolean {
  return at >= 0 && /[A-Za-z]/.test(text[at] as string) && !/[A-Za-z0-9]/.test(text[at - 1] ?? "");
}

/** Rather a word than a list of letters. */
function isWord(letters: string, separator: string): boolean {
  if (separator !== " " && separator !== "*" && !/[a-z]{2}/.test(letters)) return false;
  const lower = letters.toLowerCase();
  if (!/[aeiouy]/.test(lower) || !/[^aeiou]/.test(lower) || new Set(lower).size < 4) return false;
  let inOrder = 0;
  for (let at = 1; at < lower.length; at++) if (lower.charCodeAt(at) - lower.charCodeAt(at - 1) === 1) inOrder += 1;
  return inOrder * 2 < lower.length - 1;
}

/** Between two small letters, where no typesetter puts one. */
function findOdd(text: string, from: number, to: number, give: Give): void {
  oddSpace.lastIndex = from;
  for (let match = oddSpace.exec(text); match !== null && match.index < to; match = oddSpace.exec(text)) {
    const { index: start, 0: run } = match;
    const end = start + run.length;
    if (run.length > oddRunMax || !isSmall(text[start - 1]) || !isSmall(text[end])) continue;
    give(start, end);
  }
}

const isSmall = (character: string | undefined): boolean => character !== undefined && /[a-z]/.test(character);
