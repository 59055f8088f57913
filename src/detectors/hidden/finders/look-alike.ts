/**
 * Words that read as Latin and are not: letters of other scripts among Latin ones, styled letters (mathematical,
 * circled, full-width ...), letters struck through or under a pile of accents.
 *
 * A word is judged whole, up to `wordMax` units; in a longer one each foreign letter beside a Latin one is found. Words of
 * another script, even where all their letters could be taken for Latin ones, are that script's.
 */
import { codePointAt } from "../../../stdx/code-points.ts";
import { plainOf } from "../characters/folds.ts";
import { lookAlikes } from "../characters/look-alikes.ts";
import { type Finder, type Give, inClass, isHigh, pointAt, pointBefore, widthOf } from "./finder.ts";

export const wordMax = 64;
/** How near characters of East Asian scripts must be for full-width letters to be in place, in units. */
const wideContext = 16;

/**
 * - `latin`: ASCII letters and other Latin ones.
 * - `strict`: reads as a Latin letter; `loose`: might, by its shape.
 * - `styled`, `wide`: a Latin letter in another style; full-width.
 * - `other`: a letter that nobody takes for a Latin one.
 */
type Letter = "latin" | "strict" | "loose" | "styled" | "wide" | "mark" | "other";

/** Small Cyrillic letters drawn like small capitals: many words of these languages are made of nothing else. */
const looseLetters: ReadonlySet<number> = new Set([0x432, 0x43a, 0x43c, 0x43d, 0x43f, 0x442, 0x433, 0x44c]);

const isLatin = inClass("\\p{Script=Latin}");
const isMark = inClass("\\p{M}");
const isWordPoint = inClass("\\p{Alphabetic}\\p{M}");
const isGreek = inClass("\\p{Script=Greek}");
const isCyrillic = inClass("\\p{Script=Cyrillic}");
const eastAsian = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00\uff61-\uff9f\u3000-\u3002]/;

/** Accents, and marks that go through a letter. */
const strikes = [
  [0x300, 0x36f],
  [0x20d2, 0x20eb],
] as const;

const foreign = buildForeign();
/** Units that begin a letter to look at, or a mark that strikes one through. */
export const foreignUnits: ReadonlySet<number> = foreign.units;
const search = new RegExp(
  `[${[...foreignUnits].map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("")}]`,
  "g",
);

export const lookAlikeFinder: Finder = {
  kind: "look-alike",
  leftContext: wordMax + wideContext + 2,
  longestSpan: wordMax,
  rightContext: wideContext + 2,
  mayFind: (survey) => survey.lookAlike,
  find(text, from, to, _ended, give) {
    let doneUntil = from;
    search.lastIndex = from;
    for (let match = search.exec(text); match !== null; match = search.exec(text)) {
      const word = wordAround(text, match.index);
      if (word.start >= to && match.index >= to) break;
      if (word.end - word.start <= wordMax && !word.isLong) {
        if (word.start >= doneUntil && word.start < to && isFound(text, word.start, word.end))
          give(word.start, word.end);
        doneUntil = Math.max(doneUntil, word.end);
        search.lastIndex = Math.max(search.lastIndex, word.end);
      } else if (match.index < to) {
        findInside(text, match.index, give);
      }
    }
  },
  settled(text, from) {
    // Half a character may become a letter.
    const end = isHigh(text.charCodeAt(text.length - 1)) ? text.length - 1 : text.length;
    let start = end;
    while (start > from && end - start <= wordMax && isWordUnit(text, start - 1)) start -= 1;
    if (end - start > wordMax) return Math.max(from, end - 3);
    return Math.max(from, Math.min(start, wideBegin(text)));
  },
};

type Bounds = { readonly start: number; readonly end: number; readonly isLong: boolean };

/** The word around `at`, or `wordMax` units and a little more of it to each side. */
function wordAround(text: string, at: number): Bounds {
  let start = at;
  while (start > 0 && at - start <= wordMax && isWordUnit(text, start - 1)) start -= 1;
  let end = at;
  while (end < text.length && end - start <= wordMax && isWordUnit(text, end)) end += 1;
  return { start, end, isLong: at - start > wordMax || end - start > wordMax };
}

/** Halves of a pair belong to the character that they make. */
function isWordUnit(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit < 0x80) return (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a;
  const isLow = unit >= 0xdc00 && unit <= 0xdfff;
  return isWordPoint(isLow ? pointBefore(text, at + 1) : pointAt(text, at));
}

function findInside(text: string, at: number, give: Give): void {
  const point = pointAt(text, at);
  const letter = letterOf(point);
  if (letter !== "strict" && letter !== "styled" && letter !== "wide") return;
  const end = at + widthOf(point);
  if (isAsciiLetter(pointBefore(text, at)) || isAsciiLetter(pointAt(text, end))) give(at, end);
}

const isAsciiLetter = (point: number): boolean => point < 0x80 && (point | 0x20) >= 0x61 && (point | 0x20) <= 0x7a;

function isFound(text: string, start: number, end: number): boolean {
  const word = text.slice(start, end);
  const count = { latin: 0, strict: 0, loose: 0, styled: 0, wide: 0, mark: 0, other: 0 };
  for (const character of word) count[letterOf(codePointAt(character, 0) as number)] += 1;
  if (count.mark >= 3 && count.latin >= 1 && struck.test(word)) return true;
  if (count.other > 0) return false;
  if (count.wide > 0) return isWideFound(text, start, end, count);
  if (count.styled >= 4 || (count.styled > 0 && count.latin >= 2 && isMathematical(word))) return true;
  if (count.latin === 0) return areMixed(word);
  // Letters that are no Latin ones at a second look, and more foreign than Latin ones: a slip of the keyboard.
  if (count.loose > 0 && count.latin <= count.strict + count.loose) return false;
  return count.strict + count.loose > 0 && !isFormula(word);
}

/** Three marks on one letter, or as many letters struck through. */
const struck = /[\u0300-\u036f]{3}|(?:\p{L}[\u0334-\u0338\u20d2\u20d3\u20d8-\u20da\u20e5\u20e6\u20ea\u20eb]){3}/u;

function isWideFound(text: string, start: number, end: number, count: Readonly<Record<Letter, number>>): boolean {
  const around = text.slice(Math.max(0, start - wideContext), start) + text.slice(end, end + wideContext);
  return count.latin + count.wide >= 3 && !eastAsian.test(around);
}

const isMathematical = (word: string): boolean => /[\u{1d400}-\u{1d7ff}]/u.test(word);

/** Letters that read as Latin, all foreign, of more than one script. */
function areMixed(word: string): boolean {
  const scripts = new Set<string>();
  for (const character of word) {
    const point = codePointAt(character, 0) as number;
    const letter = letterOf(point);
    if (letter !== "strict" && letter !== "loose") continue;
    scripts.add(isCyrillic(point) ? "Cyrillic" : isGreek(point) ? "Greek" : "other");
  }
  return scripts.size > 1;
}

/** Greek letters in names of the sciences: among capitals alone, or in a very short word. */
function isFormula(word: string): boolean {
  const rest = word.replaceAll(/[\p{Script=Greek}\p{M}]/gu, "");
  if (/[^A-Za-z]/.test(rest)) return false;
  return rest.length <= 3 || !/[a-z]{2}/.test(rest);
}

function letterOf(point: number): Letter {
  if (point < 0x80) return "latin";
  return foreign.letters.get(point) ?? (isMark(point) ? "mark" : isLatin(point) ? "latin" : "other");
}

/** Where a full-width word begins that still wants to see what follows it; the end where there is none. */
function wideBegin(text: string): number {
  wideLetters.lastIndex = Math.max(0, text.length - wordMax - wideContext);
  for (let match = wideLetters.exec(text); match !== null; match = wideLetters.exec(text)) {
    const { start, end, isLong } = wordAround(text, match.index);
    // Letters inside a long word look at their neighbours alone.
    if (isLong) continue;
    if (end + wideContext > text.length) return start;
    wideLetters.lastIndex = end;
  }
  return text.length;
}

const wideLetters = /[\uff21-\uff3a\uff41-\uff5a]/g;

function buildForeign(): { readonly letters: ReadonlyMap<number, Letter>; readonly units: ReadonlySet<number> } {
  const letters = new Map<number, Letter>();
  const styles = [
    [0x1d00, 0x1d2b],
    [0x249c, 0x24e9],
    [0x1d400, 0x1d7ff],
    [0x1f110, 0x1f189],
  ] as const;
  for (const [point, plain] of plainOf) {
    if (!/^[A-Za-z]$/.test(plain)) continue;
    if (point >= 0xff21 && point <= 0xff5a) letters.set(point, "wide");
    else if (styles.some(([first, last]) => point >= first && point <= last)) letters.set(point, "styled");
  }
  for (const points of Object.values(lookAlikes)) {
    for (const point of points.split(" ").map((it) => Number.parseInt(it, 16))) {
      if (letters.has(point) || isLatin(point)) continue;
      letters.set(point, looseLetters.has(point) ? "loose" : "strict");
    }
  }
  const units = new Set([...letters.keys()].map((point) => String.fromCodePoint(point).charCodeAt(0)));
  for (const [first, last] of strikes) for (let unit = first; unit <= last; unit++) units.add(unit);
  return { letters, units };
}
