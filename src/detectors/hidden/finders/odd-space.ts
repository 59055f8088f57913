/**
 * Words written letter by letter (`i g n o r e`), and spaces other than the usual ones inside words.
 *
 * A spaced word has at least five letters, the same separator between all. Lists of letters (an alphabet, options,
 * abbreviations in capitals) are left alone. Of a longer word the first `lettersMax` letters are found.
 */
import { isIn } from "../characters/folds.ts";
import { type Finder, type Give, unitSearch } from "./finder.ts";
import { oddSpaceRanges, separators } from "./survey.ts";

const lettersMin = 5;
const lettersMax = 64;

const spaced = new RegExp(
  `(?<![A-Za-z0-9])[A-Za-z]([${separators.replace("-", "\\-")}])[A-Za-z](?:\\1[A-Za-z]){${lettersMin - 2},${lettersMax - 2}}(?![A-Za-z0-9])`,
  "g",
);
const oddSpace = unitSearch(oddSpaceRanges, "+");
const oddRunMax = 8;

export const oddSpaceFinder: Finder = {
  kind: "odd-space",
  leftContext: 4,
  longestSpan: 2 * lettersMax,
  rightContext: 2,
  mayFind: (survey) => survey.oddSpace || survey.longestSpaced >= 2 * lettersMin - 1,
  find(text, from, to, _ended, give) {
    const found: (readonly [number, number])[] = [];
    const add: Give = (start, end) => found.push([start, end]);
    findSpaced(text, from, to, add);
    findOdd(text, from, to, add);
    for (const [start, end] of found.sort((a, b) => a[0] - b[0] || b[1] - a[1])) give(start, end);
  },
  settled: (text, from) => Math.max(from, Math.min(openWord(text), openSpace(text))),
};

/** Where the letters at the end begin that may become a spaced word; the end where there are none. */
function openWord(text: string): number {
  let separator = separators.includes(text.at(-1) ?? "x") ? text.at(-1) : undefined;
  let at = separator === undefined ? text.length - 1 : text.length - 2;
  if (!isSingle(text, at)) return text.length;
  for (let letters = 1; letters < lettersMax; letters++) {
    separator ??= text[at - 1];
    const isApart = separator !== undefined && separators.includes(separator) && text[at - 1] === separator;
    if (!isApart || !isSingle(text, at - 2)) break;
    at -= 2;
  }
  return at;
}

/** Where the odd spaces at the end begin. */
function openSpace(text: string): number {
  let at = text.length;
  while (text.length - at < oddRunMax && isIn(oddSpaceRanges, text.charCodeAt(at - 1))) at -= 1;
  return at;
}

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
