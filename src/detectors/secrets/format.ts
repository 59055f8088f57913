/**
 * How the tables of formats are written: a token that its own beginning tells, or a value that a provider's name before
 * it tells. Turns either into matchers; owns no format.
 */
import type { Category } from "../../domain/detector.ts";
import { type Score, score } from "../../domain/score.ts";
import type { Matcher } from "../pattern/pattern-detector.ts";
import { reviewed } from "../pattern/pattern.ts";
import { isMadeUp, isPlaceholder } from "./not-secret.ts";

/** The beginning is the provider's alone: nothing else is written so. */
export type Token = {
  readonly how: "token";
  readonly pattern: string;
  readonly flags: "" | "i";
  /** The whole token proves itself. Without proof `unproved` is the score. */
  readonly proof: ((token: string) => boolean) | null;
};
/**
 * The value alone says little; `names` stand before it, with a word for a key and a sign of assignment between. An underscore
 * in a name stands for any joint, or none: `new_relic` is `newRelic` too.
 */
export type Named = {
  readonly how: "named";
  readonly names: readonly string[];
  readonly value: string;
  /** Where the value has a beginning of its own, the name alone is enough. */
  readonly bare: boolean;
  readonly holds: ((value: string) => boolean) | null;
};
export type Format = Token | Named;

/** Score of a token with a checksum that does not hold: made up, mistyped, or of a newer form. */
export const unproved: Score = score(0.6);
export const namedScore: Score = score(0.8);

/** Classes of code units, for the tables. */
export const alnum = "[A-Za-z0-9]";
export const lower = "[a-z0-9]";
export const upper = "[A-Z0-9]";
export const hex = "[a-f0-9]";
export const anyHex = "[A-Fa-f0-9]";
export const url = "[A-Za-z0-9_\\-]";
export const base64 = "[A-Za-z0-9+/]";
export const uuid = `${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}`;

/** Exactly `units` of a class, and no more of them after. Before them may stand anything. */
export const exactly = (units: number, of: string): string => `${of}{${units}}(?!${of})`;
/** `units` of a class or more. Past the bound a longer token is not masked. */
export const atLeast = (units: number, of: string): string => `${of}{${units},${units + boundUnits}}`;
/** How much longer than known a token may be, in UTF-16 code units. */
export const boundUnits = 160;
/** For beginnings that are short or common: not within a word. */
export const apart = "(?<![A-Za-z0-9])";

export const token = (pattern: string, flags: "" | "i" = ""): Token => ({ how: "token", pattern, flags, proof: null });
export const proved = (pattern: string, proof: (token: string) => boolean): Token => ({
  how: "token",
  pattern,
  flags: "",
  proof,
});
/** `value`: one class and its length, or an expression; it is not taken out of a longer word. Any case. */
export const named = (names: readonly string[], value: string): Named => ({
  how: "named",
  names,
  value,
  bare: false,
  holds: null,
});
/** The name alone is enough: no word for a key need stand between. */
export const bare = (names: readonly string[], value: string, holds: Named["holds"] = null): Named => ({
  how: "named",
  names,
  value,
  bare: true,
  holds,
});

export function matchersOf(category: Category, format: Format): readonly Matcher[] {
  return format.how === "token" ? ofToken(category, format) : [ofNamed(category, format)];
}

function ofToken(category: Category, { pattern, flags, proof }: Token): readonly Matcher[] {
  const compiled = reviewed(pattern, flags);
  const accept = (matched: string): number => (isPlaceholder(matched) ? 0 : matched.length);
  const plain: Matcher = { category, pattern: compiled, accept };
  if (proof === null) return [plain];
  return [
    { ...plain, score: unproved },
    { ...plain, accept: (matched) => (proof(matched) ? accept(matched) : 0) },
  ];
}

/** How far before a value its name may end, in UTF-16 code units. */
const nameWithin = 56;
const nameUnits = 96;
const keyWord = "(?:key|token|secret|passw|pwd|auth|cred|pat(?![a-z]))\\w{0,16}";
/** Between a name and its value: quotes, also escaped ones, and what assigns. */
export const assigns =
  "[\"'`\\]]?\\\\{0,3}[\"'`\\]]?\\s{0,3}(?:=>|:=|={1,3}|:|,|>|\\(|\\bis\\b)\\s{0,4}\\\\{0,3}[\"'`]{0,3}";

function ofNamed(category: Category, { names, value, bare: isBare, holds }: Named): Matcher {
  const between = isBare ? "[\\w .\\-]{0,32}" : `[\\w .\\-]{0,24}?${keyWord}`;
  const before = new RegExp(`(?:${names.map(nameSource).join("|")})${between}${assigns}$`, "i");
  return {
    category,
    pattern: reviewed(`(?<![A-Za-z0-9])(?:${value})(?![A-Za-z0-9])`, "i"),
    context: { words: names.flatMap(writtenForms), within: nameWithin },
    leftUnits: nameUnits,
    accept: (matched, left) =>
      isMadeUp(matched) || !before.test(left) || holds?.(matched) === false ? 0 : matched.length,
    score: namedScore,
  };
}

/** A short name is not looked for within words. */
function nameSource(name: string): string {
  return `${name.length < shortNameUnits ? "(?<![A-Za-z])" : ""}${name.replaceAll("_", "[ _.\\-]?")}`;
}

function writtenForms(name: string): readonly string[] {
  return name.includes("_") ? ["_", "-", " ", ".", ""].map((joint) => name.replaceAll("_", joint)) : [name];
}

const shortNameUnits = 6;
