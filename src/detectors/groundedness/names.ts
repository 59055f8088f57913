/**
 * Reads names out of tokens by their capitals, and tells whether the evidence knows them: in full, by surname, by initials.
 * Texts without capitals, or in a language that writes all nouns with one, have none, there but those of two words or more.
 */
import type { Token } from "./tokens.ts";
import { isGermanWord } from "./words/function-words.ts";
import { monthOf } from "./words/months.ts";

export type Name = {
  /** Its words, folded. */
  readonly words: readonly string[];
  /** It begins the sentence, where any word has a capital. */
  readonly isDoubtful: boolean;
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
};

/** Stand within a name in lower case. */
const joints: ReadonlySet<string> = new Set("of de la le du da di van von der den del the and y bin al el".split(" "));
const titles: ReadonlySet<string> = new Set(
  "mr mrs ms dr prof sir lord lady president king queen pope saint st minister senator judge herr frau monsieur madame".split(
    " ",
  ),
);

export function namesOf(tokens: readonly Token[]): readonly Name[] {
  const least = writesNounsLarge(tokens) ? 2 : 1;
  const names: Name[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as Token;
    if (!mayBeName(token)) continue;
    const to = nameEnd(tokens, at);
    const words = tokens
      .slice(at, to)
      .filter((each) => each.kind === "word" && each.isCapital && !titles.has(each.word));
    const isFirst = beginsSentence(tokens, at);
    if (words.length >= least && (token.isContent || words.length > 1)) {
      const isDoubtful = isFirst && words.length === 1 && !token.isAcronym;
      const last = tokens[to - 1] as Token;
      names.push({ words: words.map(({ word }) => word), isDoubtful, start: token.start, end: last.end, from: at, to });
    }
    at = to - 1;
  }
  return names;
}

/** Months are dates. */
const mayBeName = (token: Token): boolean =>
  token.kind === "word" && token.isCapital && (token.isContent || token.isAcronym) && monthOf(token.word) === null;

function nameEnd(tokens: readonly Token[], from: number): number {
  let to = from + 1;
  for (let at = from + 1; at < tokens.length && at < from + 10; at += 1) {
    const token = tokens[at] as Token;
    if (token.kind === "word" && token.isCapital && (token.isContent || token.word.length === 1)) to = at + 1;
    else if (token.kind === "word" && joints.has(token.word) && token.word !== "and" && token.word !== "the") continue;
    else if (/^[.&-]$/.test(token.word) && tokens[at - 1]?.end === token.start) continue;
    else break;
  }
  return to;
}

function beginsSentence(tokens: readonly Token[], at: number): boolean {
  for (let before = at - 1; before >= 0; before -= 1) {
    const { kind, word } = tokens[before] as Token;
    if (kind !== "mark") return false;
    if (/^[.!?:]$/.test(word)) return true;
  }
  return true;
}

function writesNounsLarge(tokens: readonly Token[]): boolean {
  let german = 0;
  for (const { word } of tokens) if (isGermanWord(word)) german += 1;
  return german >= 2 || tokens.every(({ isCapital, kind }) => isCapital || kind !== "word");
}

/** What the evidence says of names: all words that have a capital in it, and the initials of its names. */
export class KnownNames {
  readonly #words = new Set<string>();
  readonly #initials = new Set<string>();
  readonly #acronyms = new Set<string>();
  /** Last words of names that have others before them. */
  readonly #surnames = new Set<string>();
  /** Long words by their first two letters: other ways to write a name. */
  readonly #byStart = new Map<string, string[]>();

  add(tokens: readonly Token[]): void {
    for (const { kind, word, isAcronym } of tokens) {
      if (kind !== "word") continue;
      if (isAcronym) this.#acronyms.add(word);
      if (this.#words.has(word)) continue;
      this.#words.add(word);
      if (word.length < familyLeast) continue;
      const start = word.slice(0, 2);
      const known = this.#byStart.get(start);
      if (known === undefined) this.#byStart.set(start, [word]);
      else if (known.length < alikeMost) known.push(word);
    }
    for (const { words } of namesOf(tokens)) {
      if (words.length < 2) continue;
      this.#initials.add(words.map((word) => word.charAt(0)).join(""));
      this.#surnames.add(words.at(-1) as string);
    }
  }

  /** How many of a name's words the evidence does not hold, however written. */
  missing({ words }: Name): number {
    const [only = ""] = words;
    if (words.length === 1 && this.#initials.has(only)) return 0;
    if (words.length > 1 && this.#acronyms.has(words.map((word) => word.charAt(0)).join(""))) return 0;
    return words.filter((word) => !this.#knows(word)).length;
  }

  /** The evidence gives its last word alone, so that what stands before may well be so. */
  hasLastAlone({ words }: Name): boolean {
    const last = words.at(-1) ?? "";
    return this.#knows(last) && !this.#surnames.has(last);
  }

  #knows(word: string): boolean {
    if (this.#words.has(word) || word.length === 1) return true;
    if (word.length < familyLeast) return false;
    return (this.#byStart.get(word.slice(0, 2)) ?? []).some((known) => isOtherSpelling(word, known));
  }
}

/** Shorter names have no adjectives that one can tell. */
const familyLeast = 4;
/** Shorter names that differ by a letter are other names. */
const spellingLeast = 6;
const alikeMost = 64;

/** Zelensky and Zelenskyy, Gorbachev and Gorbachov; Italy and Italian. Not Iran and Iraq. */
function isOtherSpelling(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  let head = 0;
  while (head < short.length && short[head] === long[head]) head += 1;
  const [restShort, restLong] = [short.slice(head), long.slice(head)];
  if (restShort === "" && restLong.length <= 3) return true;
  if (head >= 4 && restShort.length <= 2 && isAdjectiveEnding.test(restLong)) return true;
  if (short.length < spellingLeast || restLong.length - restShort.length > 1 || head < 3) return false;
  let tail = 0;
  while (tail < restShort.length && restShort.at(-1 - tail) === restLong.at(-1 - tail)) tail += 1;
  return (
    isVowel.test(restShort.slice(0, restShort.length - tail)) && isVowel.test(restLong.slice(0, restLong.length - tail))
  );
}
const isAdjectiveEnding = /^(?:i?ans?|i?ese|ish|ic|ch|er|ers|i)$/;
const isVowel = /^[aeiouy]?$/;
