/** Which script a text is written in, and which languages are written so. Knows no words. */
import { weightOf } from "./units.ts";

/** Scripts that one or a few languages have to themselves, by ISO 639-1. Latin is what everybody may write in. */
const scripts: readonly (readonly [letters: RegExp, languages: readonly string[]])[] = [
  [/\p{Script=Latin}/u, []],
  [
    /\p{Script=Cyrillic}/u,
    [
      "ab",
      "av",
      "az",
      "ba",
      "be",
      "bg",
      "bs",
      "ce",
      "cu",
      "cv",
      "kk",
      "kv",
      "ky",
      "mk",
      "mn",
      "os",
      "ru",
      "sr",
      "tg",
      "tk",
      "tt",
      "uk",
      "uz",
    ],
  ],
  [/\p{Script=Greek}/u, ["el"]],
  [/\p{Script=Armenian}/u, ["hy"]],
  [/\p{Script=Hebrew}/u, ["he", "yi"]],
  [
    /\p{Script=Arabic}/u,
    ["ar", "az", "fa", "ha", "kk", "ks", "ku", "ky", "ms", "pa", "ps", "sd", "tk", "ug", "ur", "uz"],
  ],
  [/\p{Script=Thaana}/u, ["dv"]],
  [/\p{Script=Devanagari}/u, ["bh", "hi", "ks", "mr", "ne", "pi", "sa", "sd"]],
  [/\p{Script=Bengali}/u, ["as", "bn"]],
  [/\p{Script=Gurmukhi}/u, ["pa"]],
  [/\p{Script=Gujarati}/u, ["gu"]],
  [/\p{Script=Oriya}/u, ["or"]],
  [/\p{Script=Tamil}/u, ["ta"]],
  [/\p{Script=Telugu}/u, ["te"]],
  [/\p{Script=Kannada}/u, ["kn"]],
  [/\p{Script=Malayalam}/u, ["ml"]],
  [/\p{Script=Sinhala}/u, ["pi", "si"]],
  [/\p{Script=Thai}/u, ["pi", "th"]],
  [/\p{Script=Lao}/u, ["lo"]],
  [/\p{Script=Tibetan}/u, ["bo", "dz"]],
  [/\p{Script=Myanmar}/u, ["my"]],
  [/\p{Script=Georgian}/u, ["ka"]],
  [/\p{Script=Ethiopic}/u, ["am", "ti"]],
  [/\p{Script=Khmer}/u, ["km"]],
  [/\p{Script=Mongolian}/u, ["mn"]],
  [/\p{Script=Canadian_Aboriginal}/u, ["cr", "iu", "oj"]],
  [/\p{Script=Hangul}/u, ["ko"]],
  [/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u, ["ja", "za", "zh"]],
];

/** Of all letters by their weight; below it a text is mixed. */
const dominantShare = 0.8;

/** `languages`: those of that script; empty for Latin, which anybody may write in. */
export type Written = { readonly isLatin: boolean; readonly languages: readonly string[] };

/** `null` for mixed text, and for scripts that are not in the table. Linear in the text. */
export function scriptOf(text: string): Written | null {
  const counts = scripts.map(() => 0);
  let all = 0;
  let last = 0;
  for (const letter of text) {
    const at = isAsciiLetter(letter) ? 0 : scriptAt(letter, last);
    if (at === -1 && !isLetter(letter)) continue;
    const weight = Math.max(1, weightOf(letter.charCodeAt(0)));
    if (at !== -1) counts[at] = (counts[at] as number) + weight;
    all += weight;
    last = Math.max(at, 0);
  }
  const most = Math.max(...counts);
  const dominant = scripts[counts.indexOf(most)];
  if (dominant === undefined || most === 0 || most < all * dominantShare) return null;
  return { isLatin: dominant[1].length === 0, languages: dominant[1] };
}

const isAsciiLetter = (letter: string): boolean => (letter >= "a" && letter <= "z") || (letter >= "A" && letter <= "Z");

const isLetter = (char: string): boolean => char >= "\u00aa" && /\p{L}/u.test(char);

/** `likely`: that of the letter before. */
function scriptAt(letter: string, likely: number): number {
  if (!isLetter(letter)) return -1;
  if (scripts[likely]?.[0].test(letter) === true) return likely;
  return scripts.findIndex(([ofScript]) => ofScript.test(letter));
}
