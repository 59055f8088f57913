/**
 * Reads numbers, amounts and ordinals out of tokens, written in digits or words, each with its unit and what it counts. What a
 * number is worth may be open (`1.200`): then all that it can mean is kept. Pure, linear.
 */
import { stemOf, type Token } from "./tokens.ts";
import { loosenessOf, type Looseness, numberWord, partWord } from "./words/number-words.ts";
import { isCurrencySign, type Unit, unitOf } from "./words/units.ts";

export type Quantity = {
  readonly kind: "quantity";
  /** All that it can mean. */
  readonly values: readonly number[];
  readonly unit: Unit | null;
  readonly isOrdinal: boolean;
  /** Four digits that mostly mean a year. */
  readonly isYear: boolean;
  /** `1990s`. */
  readonly isDecade: boolean;
  /** `about`, `more than`, `up to`; `null`: it is meant as it stands. */
  readonly loose: Looseness | null;
  /** What a word behind it multiplies by: 1,000,000 for 1.2 million. */
  readonly scale: number;
  /** The last place that it tells: 1.2 million tells hundred thousands. */
  readonly place: number;
  /** What it counts: the stem of the word behind it. */
  readonly counts: string | null;
  /** What it is the number of: the stem of the word before it, `tier` of Tier 1. */
  readonly label: string | null;
  /** Of the text; the unit is not part of it. */
  readonly start: number;
  readonly end: number;
  /** Tokens that it is made of. */
  readonly from: number;
  readonly to: number;
};

type Reading = {
  readonly values: readonly number[];
  readonly place: number;
  readonly scale: number;
  readonly to: number;
  readonly isOrdinal: boolean;
  readonly isDecade: boolean;
};

const labels: ReadonlySet<string> = new Set(
  "tier part route season chapter section version level phase type grade step stage size number day week position room gate page episode volume article class model line highway interstate figure table group round act platform terminal track channel district ward psalm book band category mark model apollo windows quarter q teil kapitel staffel stufe klasse partie saison chapitre niveau parte temporada capitulo nivel"
    .split(" ")
    .map(stemOf),
);

const spacesInNumber = /[\u00a0\u202f'\u2019]/g;

/** `null`: no quantity begins at `from`. */
export function quantityAt(tokens: readonly Token[], from: number): Quantity | null {
  const read = digitsAt(tokens, from) ?? wordsAt(tokens, from);
  if (read === null) return null;
  const { values, place, scale, isOrdinal, isDecade } = read;
  const unit = unitAfter(tokens, read.to) ?? unitBefore(tokens, from);
  const first = tokens[from] as Token;
  const last = tokens[read.to - 1] as Token;
  const [value = 0] = values;
  const isYear =
    unit === null &&
    !isOrdinal &&
    read.to === from + 1 &&
    first.kind === "number" &&
    /^(?:1\d|20)\d\d$/.test(first.word);
  return {
    kind: "quantity",
    values,
    unit,
    isOrdinal,
    isYear: isYear && value >= 1000,
    isDecade,
    loose: loosenessBefore(tokens, from),
    place,
    scale,
    counts: countedAfter(tokens, read.to),
    label: labelBefore(tokens, from),
    start: first.start,
    end: last.end,
    from,
    to: read.to,
  };
}

function digitsAt(tokens: readonly Token[], from: number): Reading | null {
  const token = tokens[from];
  if (token?.kind !== "number") return null;
  const base = numberValues(token.word);
  if (base === null) return null;
  const next = tokens[from + 1];
  const isTouching = next !== undefined && next.kind === "word" && next.start === token.end;
  if (isTouching && /^(?:st|nd|rd|th|er|eme|o|a)$/.test(next.word))
    return { ...base, scale: 1, to: from + 2, isOrdinal: true, isDecade: false };
  if (isTouching && next.word === "s") return { ...base, scale: 1, to: from + 2, isOrdinal: false, isDecade: true };
  let scale = 1;
  let to = from + 1;
  for (let next = scaleAt(tokens, to, isTouching); next !== null; next = scaleAt(tokens, to, false)) {
    scale *= next;
    to += 1;
  }
  const values = base.values.map((value) => value * scale);
  return { values, place: base.place * scale, scale, to, isOrdinal: false, isDecade: false };
}

/** One letter (`5k`, `3m`) scales only where it touches its number. */
function scaleAt(tokens: readonly Token[], at: number, isTouching: boolean): number | null {
  const token = tokens[at];
  if (token?.kind !== "word" || (token.word.length === 1 && !isTouching)) return null;
  if (token.word === "m" && tokens[at - 2]?.kind !== "mark") return null;
  const word = numberWord(token.word);
  return word?.kind === "scale" ? word.value : null;
}

/** What digits with separators can mean; `null`: no single number (`10:30`, `3-4`). */
function numberValues(written: string): { readonly values: readonly number[]; readonly place: number } | null {
  const digits = written.replace(spacesInNumber, "").replace(/^\./, "0.");
  if (/^\d+$/.test(digits)) return { values: [Number(digits)], place: trailingPlace(digits) };
  const groups = digits.split(/[.,]/);
  if (groups.length === 1 || groups.some((group) => !/^\d+$/.test(group))) return null;
  const separators = digits.replace(/\d/g, "");
  const [head = ""] = groups;
  const tail = groups.at(-1) as string;
  const isGrouped = head.length <= 3 && groups.slice(1).every((group) => group.length === 3);
  const isOneKind = new Set(separators).size === 1;
  const whole = Number(groups.join(""));
  if (isOneKind && groups.length > 2) return isGrouped ? { values: [whole], place: 1 } : null;
  const decimal = { value: Number(`${groups.slice(0, -1).join("")}.${tail}`), place: 10 ** -tail.length };
  if (!isOneKind || !isGrouped || head === "0") return { values: [decimal.value], place: decimal.place };
  return separators === ","
    ? { values: [whole, decimal.value], place: 1 }
    : { values: [decimal.value, whole], place: decimal.place };
}

/** 1200 may be rounded to hundreds, 1187 not. */
const trailingPlace = (digits: string): number => 10 ** (digits.length - digits.replace(/0+$/, "").length);

/** `two hundred and five`, `twenty-three`, `half a million`, `two thirds`. */
function wordsAt(tokens: readonly Token[], from: number): Reading | null {
  let total = 0;
  let current: number | null = null;
  let place = 1;
  let isOrdinal = false;
  let at = from;
  for (; at < tokens.length && at < from + 12; at += 1) {
    const token = tokens[at] as Token;
    if (token.kind === "mark" && token.word === "-" && current !== null && isNumber(tokens[at + 1])) continue;
    if (token.word === "and" && current !== null && place >= 100 && isNumber(tokens[at + 1])) continue;
    const part = token.kind === "word" && !isHalfInOrder(tokens, at) ? partWord(token.word) : null;
    if (part !== null && (current !== null || part === 0.5)) return partReading(tokens, (current ?? 1) * part, at + 1);
    const word = token.kind === "word" ? numberWord(token.word) : null;
    if (word === null || (token.word.length <= 2 && word.kind === "scale")) break;
    if (word.kind === "scale") {
      if (current === null && at > from) break;
      const scaled: number = (current ?? 1) * word.value;
      if (word.value >= 1000) {
        total += scaled;
        current = 0;
      } else current = scaled;
      place = word.value;
    } else if (current === null || fits(current, word.value)) {
      current = (current ?? 0) + word.value;
      place = 1;
      if (word.kind === "ordinal") {
        isOrdinal = true;
        at += 1;
        break;
      }
    } else break;
  }
  if (current === null) return null;
  let to = at;
  while (tokens[to - 1]?.kind === "mark" || tokens[to - 1]?.word === "and") to -= 1;
  return { values: [total + current], place: Math.max(1, place), scale: 1, to, isOrdinal, isDecade: false };
}

/** The second half is a place, not 50 percent. */
const isHalfInOrder = (tokens: readonly Token[], at: number): boolean => {
  const before = tokens[at - 1]?.word ?? "";
  return /^(?:other|latter|former|last)$/.test(before) || numberWord(before)?.kind === "ordinal";
};

/** What is less than the last round number adds to it: twenty three, two hundred five, two thousand ten. */
const fits = (current: number, value: number): boolean =>
  current === 0 || (current % 100 === 0 && value < 100) || (current % 10 === 0 && current % 100 >= 20 && value < 10);

const isNumber = (token: Token | undefined): boolean => token?.kind === "word" && numberWord(token.word) !== null;

/** `half a million`, `half of`. */
function partReading(tokens: readonly Token[], part: number, to: number): Reading {
  const at = /^(?:a|an|one)$/.test(tokens[to]?.word ?? "") ? to + 1 : to;
  const scale = scaleAt(tokens, at, false);
  const value = scale === null ? part : part * scale;
  return {
    values: scale === null ? [part, part * 100] : [value],
    place: scale ?? 0.01,
    scale: 1,
    to: scale === null ? to : at + 1,
    isOrdinal: false,
    isDecade: false,
  };
}

function unitAfter(tokens: readonly Token[], to: number): Unit | null {
  const token = tokens[to];
  if (token === undefined) return null;
  if (token.word === "basis" && /^points?$/.test(tokens[to + 1]?.word ?? "")) return unitOf("bps");
  if (token.word === "per" && tokens[to + 1]?.word === "cent") return unitOf("percent");
  if (/^(?:por|pour|per)$/.test(token.word) && /^cento?$|^ciento$/.test(tokens[to + 1]?.word ?? ""))
    return unitOf("percent");
  if (token.word === "-" || token.word === "\u00b0" || /^(?:us|square|degrees?|additional|more)$/.test(token.word)) {
    const next = tokens[to + 1];
    return next === undefined ? null : unitOf(next.word);
  }
  // "in 5 m": one letter is a unit where it stands close by, "c" and "f" behind a degree sign alone.
  if (/^[cf]$/.test(token.word)) return null;
  return unitOf(token.word);
}

function unitBefore(tokens: readonly Token[], from: number): Unit | null {
  const before = tokens[from - 1];
  if (before === undefined) return null;
  if (before.kind === "mark") return isCurrencySign(before.word) ? unitOf(before.word) : null;
  return /^(?:usd|eur|gbp|jpy|inr|chf)$/.test(before.word) ? unitOf(before.word) : null;
}

function loosenessBefore(tokens: readonly Token[], from: number): Looseness | null {
  for (let at = from - 1; at >= Math.max(0, from - 3); at -= 1) {
    const { kind, word } = tokens[at] as Token;
    if (kind === "mark" && (word === "~" || word === "\u2248")) return "about";
    if (kind === "mark" && (word === "<" || word === ">")) return word === ">" ? "least" : "most";
    const looseness = kind === "word" ? loosenessOf(word) : null;
    if (looseness !== null) return bindsOnlyWith(word, tokens[at + 1]?.word ?? "") ? null : looseness;
    if (kind === "word" && !/^(?:the|a|an|than|to|of|als|que|de|di|dan)$/.test(word)) return null;
  }
  return null;
}

/** "Up 40 percent" is no bound, "up to 40 percent" is one; so with "more" and "more than". */
const bindsOnlyWith = (word: string, next: string): boolean =>
  (word === "up" && next !== "to") || (compared.test(word) && !/^(?:than|als|que|de|di|do|dan)$/.test(next));
const compared = /^(?:more|less|fewer|mehr|weniger|plus|moins|mas|menos|meno|meer|minder)$/;

/** "Tier 1", "Route 5", "season four": the number is a name, and not of how many. `null`: it may count. */
function labelBefore(tokens: readonly Token[], from: number): string | null {
  const before = tokens[from - 1];
  if (before?.kind !== "word" || !before.isContent) return null;
  return labels.has(before.stem) ? before.stem : null;
}

/** The last content word of the run behind it: `two million new jobs` counts jobs. Near enough: the first. */
function countedAfter(tokens: readonly Token[], to: number): string | null {
  for (let at = to; at < Math.min(tokens.length, to + 4); at += 1) {
    const { kind, isContent, word, stem } = tokens[at] as Token;
    if (kind !== "word") {
      if (/^[.,;:!?]$/.test(word)) return null;
      continue;
    }
    if (isContent && unitOf(word) === null) return stem;
  }
  return null;
}
