/**
 * Cuts text into words, numbers and marks, with offsets in UTF-16 code units, and brings words to a form in which they compare:
 * lower case, no accents, no ending. Linear. Knows no grammar; letters of scripts without spaces are words of one letter each.
 */
import { isFunctionWord } from "./words/function-words.ts";

export type Token = {
  readonly kind: "word" | "number" | "mark";
  /** In the text that was cut. */
  readonly start: number;
  readonly end: number;
  /** Lower case without accents; as written for numbers and marks. */
  readonly word: string;
  /** Without ending, for words; else `word`. */
  readonly stem: string;
  /** Begins with a capital letter. */
  readonly isCapital: boolean;
  /** Two letters or more, all capitals. */
  readonly isAcronym: boolean;
  /** Says something by itself: no article, no preposition, no pronoun. */
  readonly isContent: boolean;
};

/** One of: a number with its separators, a word, a mark. Each branch begins with another character and repeats simple classes. */
const pieces =
  /(?<number>\d{4}-\d\d?-\d\d?(?!\d)|\d\d?[/.-]\d\d?[/.-]\d{2,4}(?!\d)|\d+(?:[.,:'\u2019\u00a0\u202f]\d+)*|(?<![\p{L}\p{N}.])\.\d+)|(?<single>[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}])|(?<word>[\p{L}\p{M}][\p{L}\p{M}\p{N}]*(?:['\u2019\u02bc][\p{L}\p{M}]+)?)|(?<mark>[^\s\p{L}\p{M}\p{N}])/gu;

/** Longer than any word that compares. */
const wordUnitsMax = 64;

export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const found of text.matchAll(pieces)) {
    const [written] = found;
    const start = found.index;
    const end = start + written.length;
    const { number, mark } = found.groups ?? {};
    if (number !== undefined || mark !== undefined)
      tokens.push(plain(number === undefined ? "mark" : "number", written, start));
    else tokens.push(wordToken(written, start, end));
  }
  return tokens;
}

const plain = (kind: "mark" | "number", written: string, start: number): Token => ({
  kind,
  start,
  end: start + written.length,
  word: written,
  stem: written,
  isCapital: false,
  isAcronym: false,
  isContent: false,
});

function wordToken(written: string, start: number, end: number): Token {
  const word = folded(written.slice(0, wordUnitsMax));
  const first = written.charAt(0);
  return {
    kind: "word",
    start,
    end,
    word,
    stem: stemOf(word),
    isCapital: first !== first.toLowerCase(),
    isAcronym:
      written.length > 1 &&
      written.length <= 8 &&
      written === written.toUpperCase() &&
      written !== written.toLowerCase(),
    isContent: !isFunctionWord(word) && !(word.length === 1 && /[a-z]/.test(word)),
  };
}

const plainAscii = /^[a-z0-9]*$/;
const odd: Readonly<Record<string, string>> = { ß: "ss", ø: "o", ł: "l", đ: "d", æ: "ae", œ: "oe", ı: "i" };

/** Lower case, without accents and without a possessive ending; `can't` stays one word. */
export function folded(written: string): string {
  let word = written.toLowerCase();
  if (plainAscii.test(word)) return word;
  word = word
    .normalize("NFKD")
    .replace(/\p{Mn}/gu, "")
    .replace(/[ßøłđæœı]/g, (each) => odd[each] ?? each);
  word = word.replace(/[\u2019\u02bc]/g, "'");
  return word.replace(/'s?$/, "");
}

/** Endings that say number, person or time, longest first, and what is put in their place. */
const endings: readonly (readonly [ending: string, instead: string])[] = [
  ["ities", "i"],
  ["ity", "i"],
  ["ness", ""],
  ["ies", "i"],
  ["ied", "i"],
  ["ings", ""],
  ["ing", ""],
  ["ers", ""],
  ["ors", ""],
  ["est", ""],
  ["ed", ""],
  ["er", ""],
  ["or", ""],
  ["ly", ""],
  ["en", ""],
  ["es", ""],
  ["em", ""],
  ["s", ""],
  ["e", ""],
  ["y", "i"],
  ["n", ""],
];
const stemLeast = 3;

/** So light that it does for the languages of Europe; words of other scripts stay as they are. */
export function stemOf(word: string): string {
  if (word.length <= stemLeast || !plainAscii.test(word)) return word;
  const irregular = irregulars.get(word);
  if (irregular !== undefined) return irregular;
  let stem = word;
  for (const [ending, instead] of endings) {
    if (!stem.endsWith(ending) || stem.length - ending.length < stemLeast) continue;
    if (ending === "s" && stem.endsWith("ss")) continue;
    if (ending === "n" && !/[aeiou]n$/.test(stem)) continue;
    stem = stem.slice(0, -ending.length) + instead;
    break;
  }
  const last = stem.charAt(stem.length - 1);
  if (stem.length > stemLeast && last === stem.charAt(stem.length - 2) && /[bdgklmnprt]/.test(last))
    stem = stem.slice(0, -1);
  if (stem.length > stemLeast && /[ei]$/.test(stem)) stem = stem.slice(0, -1);
  return stem;
}

/** Past forms that share too little with the word they come from. */
const irregulars: ReadonlyMap<string, string> = new Map(
  [
    "be is are was were been being am",
    "have has had having",
    "do does did done doing",
    "go goes went gone going",
    "say says said",
    "make makes made making",
    "take takes took taken taking",
    "give gives gave given giving",
    "get gets got gotten getting",
    "find finds found",
    "know knows knew known",
    "see sees saw seen seeing",
    "come comes came coming",
    "become becomes became becoming",
    "win wins won winning",
    "lose loses lost losing loss losses",
    "grow grows grew grown growing growth",
    "rise rises rose risen rising",
    "fall falls fell fallen falling",
    "write writes wrote written writing",
    "build builds built building buildings",
    "buy buys bought buying",
    "sell sells sold selling sale sales",
    "lead leads led leading",
    "leave leaves left leaving",
    "hold holds held holding",
    "begin begins began begun beginning",
    "die dies died dying death deaths dead",
    "bear born births birth",
    "marry marries married marriage",
    "person people persons",
    "child children",
    "man men",
    "woman women",
    "speak speaks spoke spoken speech",
    "think thinks thought",
    "teach teaches taught teacher",
    "fight fights fought fighting",
    "spend spends spent spending",
    "pay pays paid payment payments paying",
    "run runs ran running",
    "meet meets met meeting",
    "send sends sent",
    "drive drives drove driven",
    "choose chooses chose chosen choice",
    "break breaks broke broken",
    "shoot shoots shot",
    "show shows showed shown",
    "tell tells told",
    "keep keeps kept",
    "good better best",
    "bad worse worst",
  ].flatMap((line) => {
    const [base = "", ...forms] = line.split(" ");
    return [base, ...forms].map((form): [string, string] => [form, base]);
  }),
);
