/**
 * Cuts a text into units that are long enough to tell a language by and short enough to find one paragraph among others.
 * Where a unit ends depends on nothing but the text from its beginning to there.
 */

/** In UTF-16 code units; a unit without any mark or blank ends there. */
export const unitLongest = 600;

/** A letter of an alphabet weighs 1; one that is a syllable or a word weighs more. In such letters: */
export const weightLeast = 40;
const weightOfSentence = 120;
const weightOfWords = 200;

const isSpace = (unit: number): boolean => unit === 0x20 || unit === 0x09 || unit === 0x3000;
const endsSentence = new Set(Array.from(".!?\u2026\u3002\uff01\uff1f\u0964\u06d4\u061f", (char) => char.charCodeAt(0)));

/** Rough, by code unit: marks and symbols above ASCII may count as letters of an alphabet. */
export function weightOf(unit: number): number {
  if (unit < 0x41) return 0;
  if (unit < 0x80) return (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a ? 1 : 0;
  if (unit < 0xc0 || (unit >= 0x2000 && unit < 0x3005)) return 0;
  // Thai and its neighbours, Khmer; then kana, Han and Hangul.
  if ((unit >= 0x0e00 && unit < 0x10a0) || (unit >= 0x1780 && unit < 0x1800)) return 2;
  return unit >= 0x3041 && unit < 0xd7b0 ? 4 : unit >= 0xd800 ? 0 : 1;
}

/** Where the unit that begins at `from` ends; -1 where that is not known yet. */
export function unitEnd(text: string, from: number): number {
  let weight = 0;
  for (let at = from; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    weight += weightOf(unit);
    const least =
      unit === 0x0a ? weightLeast : endsSentence.has(unit) ? weightOfSentence : isSpace(unit) ? weightOfWords : -1;
    if (least !== -1 && weight >= least) return at + 1;
    if (at - from + 1 >= unitLongest - 1 && !isHighSurrogate(unit)) return at + 1;
  }
  return -1;
}

const isHighSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xd800;

const blanks = /[\s\u3001-\u3003\u3008-\u3011\uff01-\uff0f\uff1a-\uff1f\u2026\u0964]+/u;
const word = /^["'(\u00a1\u00ab\u00bf\u2018-\u201f*_[]*([\p{L}\p{M}'\u2019\u00ad-]+)\p{P}*$/u;
const changesCase = /\p{Ll}\p{Lu}/u;
/** Scripts that set no blanks between words: digits and foreign names stand among them. */
const withoutBlanks = /[\u0e00-\u109f\u1780-\u17ff\u3041-\ud7af]/;

/** `share`: of the unit's characters, blanks left out. */
export type Words = { readonly words: string; readonly share: number };

/**
 * The words of natural language in a unit, each once, joined by blanks: no code, names of files, links, addresses or
 * numbers, and little of lists that say the same again.
 */
export function wordsOf(unit: string): Words {
  const words = new Set<string>();
  let all = 0;
  let inWords = 0;
  const add = (found: string): void => {
    words.add(found);
    inWords += found.length;
  };
  for (const token of unit.split(blanks)) {
    if (withoutBlanks.test(token)) {
      // A name in Latin letters takes more room than the sentence it stands in.
      for (const [run] of token.matchAll(/[\p{L}\p{M}]+/gu)) {
        add(run);
        all += totalWeight(run) - run.length;
        inWords += totalWeight(run) - run.length;
      }
      all += token.length;
      continue;
    }
    all += token.length;
    const found = word.exec(token)?.[1];
    if (found !== undefined && !changesCase.test(found)) add(found);
  }
  return { words: [...words].join(" "), share: all === 0 ? 0 : inWords / all };
}

export function totalWeight(text: string): number {
  let weight = 0;
  for (let at = 0; at < text.length; at += 1) weight += weightOf(text.charCodeAt(at));
  return weight;
}
