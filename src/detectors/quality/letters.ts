/**
 * Tells where the words of a text are none of any language: random letters, a hand on the keyboard. Also runs of random
 * printable characters.
 *
 * Only words are looked at: what holds digits, marks or changes of case inside (hashes, base64, names in programs, paths)
 * says nothing. Other scripts than Latin, and words in an odd order, are not judged.
 */
import { letterTable } from "./letter-table.ts";

/** Letters of words that are needed, and their share of all characters, blanks left out. */
const lettersLeast = 40;
const lettersShare = 0.6;

/** Bits a letter, in the mean. Prose of every language tried stays below 6.3, random letters above 6.5. */
export const bitsOfGibberish = 6.4;

/** Each letter may weigh so much: one foreign name must not speak for all. */
const mostBits = 12;
const letters = 27;
const edge = 26;

const table = unpack(letterTable);

function unpack(packed: string): Uint8Array {
  const bytes = Buffer.from(packed, "base64");
  return Uint8Array.from({ length: letters ** 3 }, (_, at) => {
    const pair = bytes[at >> 1] ?? 0;
    return Math.min(mostBits, at % 2 === 0 ? pair >> 4 : pair & 15);
  });
}

const word = /^\p{P}*([\p{L}\p{M}'\u2019-]+)\p{P}*$/u;
const changesCase = /\p{Ll}\p{Lu}/u;
const isCapitals = /^\p{Lu}{2,}$/u;

/** How unusual the letters of the words are, in bits each; `null` where there are too few to say. Linear in the text. */
export function bitsOf(text: string): number | null {
  let bits = 0;
  let count = 0;
  let all = 0;
  let inWords = 0;
  for (const token of text.split(/\s+/)) {
    all += token.length;
    const found = word.exec(token)?.[1];
    if (found === undefined || changesCase.test(found) || isCapitals.test(found)) continue;
    inWords += token.length;
    for (const part of unaccented(found).split(/[^a-z]+/)) {
      if (part.length < 2) continue;
      bits += bitsOfWord(part);
      count += part.length + 1;
    }
  }
  return count < lettersLeast || inWords < all * lettersShare ? null : bits / count;
}

function unaccented(text: string): string {
  return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
}

function bitsOfWord(part: string): number {
  let bits = 0;
  let before = edge;
  let last = edge;
  for (let at = 0; at <= part.length; at += 1) {
    const letter = at === part.length ? edge : part.charCodeAt(at) - 97;
    bits += table[(before * letters + last) * letters + letter] as number;
    before = last;
    last = letter;
  }
  return bits;
}

/** Shares of a run of random printable characters, and how often its kind of character changes. */
const least = { lower: 0.1, upper: 0.15, digits: 0.04, marks: 0.2, changes: 0.6 } as const;
const othersMost = 0.1;
const differentMarksLeast = 14;

/** For a whole block. Base64 and hashes have hardly a mark; programs stay longer with one kind, or repeat their marks. */
export function isRandomCharacters(text: string): boolean {
  const counts = { lower: 0, upper: 0, digits: 0, marks: 0, others: 0 };
  const marks = new Set<string>();
  let changes = 0;
  let last: keyof typeof counts | null = null;
  for (const char of text) {
    const kind = kindOf(char);
    counts[kind] += 1;
    if (kind === "marks") marks.add(char);
    if (last !== null && kind !== last) changes += 1;
    last = kind;
  }
  const share = (count: number, of: number): boolean => count >= of * text.length;
  return (
    marks.size >= differentMarksLeast &&
    share(changes, least.changes) &&
    (["lower", "upper", "digits", "marks"] as const).every((kind) => share(counts[kind], least[kind])) &&
    counts.others <= othersMost * text.length
  );
}

function kindOf(char: string): "lower" | "upper" | "digits" | "marks" | "others" {
  if (char >= "a" && char <= "z") return "lower";
  if (char >= "A" && char <= "Z") return "upper";
  if (char >= "0" && char <= "9") return "digits";
  return char > " " && char < "\u007f" ? "marks" : "others";
}
