/**
 * How a kind of number is told to the detector: its written forms, the words that announce it, and its proof. Owns the small
 * language of forms. Matches nothing itself.
 */
import { type Score, score } from "../../../domain/score.ts";
import type { PiiKind } from "../../../domain/pii-kinds.ts";
import { assert } from "../../../stdx/assert.ts";

/**
 * What a match is worth by itself: `no` refuses it; `form` says that it can be one; `checksum` that its check digits,
 * or as much as that, hold.
 */
export type Proof = "no" | "form" | "checksum";

/** A match, in ASCII: `id` without separators and in capitals, `written` as it stands. */
export type Prove = (id: string, written: string) => Proof;

/**
 * In a form `9` is a digit, `A` a letter, `X` either, `~` an optional blank or dash; all else is itself. What that cannot say
 * is a regular expression. A blank stands for all blanks, a dash for all dashes, a digit for all digits.
 * A form without small letters is found in capitals, and near a word in any case.
 */
export type WrittenForm = string | RegExp;

export type IdKind = {
  readonly kind: PiiKind;
  /** In lower case and without accents. */
  readonly words: readonly string[];
  /** Forms that are found wherever they stand. */
  readonly alone?: readonly WrittenForm[];
  /** Forms that are found near one of the words only. */
  readonly near?: readonly WrittenForm[];
  /** Absent: each match is a `form`. */
  readonly prove?: Prove;
  /** Absent: told from each form. */
  readonly casing?: Casing;
  /** How near the end of a word must stand, in UTF-16 code units; absent: as far as is looked. */
  readonly within?: number;
  /** The score of a match of `alone` without a word, where it is not that of its proof. */
  readonly aloneScore?: Score;
  /** Not found where this matches the 24 units before. Anchored at its end. */
  readonly notAfter?: RegExp;
  /** Not found where this matches the two units behind: a joint and what it joins. Anchored at its beginning. */
  readonly notBefore?: RegExp;
};

/** With and without one of the words near. */
export const scores = {
  checksum: { near: score(1), alone: score(0.9) },
  form: { near: score(0.8), alone: score(0.6) },
} as const satisfies Record<Exclude<Proof, "no">, { readonly near: Score; readonly alone: Score }>;

export const checked =
  (holds: (id: string, written: string) => boolean): Prove =>
  (id, written) =>
    holds(id, written) ? "checksum" : "no";

export const formed =
  (holds: (id: string, written: string) => boolean): Prove =>
  (id, written) =>
    holds(id, written) ? "form" : "no";

const tokens: Readonly<Record<string, string>> = { "9": "\\d", A: "[A-Z]", X: "[A-Z0-9]", "~": "[ \\-]?" };

/**
 * How letters count. `capitals`: the form is written in capitals, and so taken in any case where a word announces it.
 * `exact`: as it is, since the form has small letters. `any`: it says so itself.
 */
export type Casing = "capitals" | "exact" | "any";

export type FormExpression = { readonly expression: RegExp; readonly casing: Casing };

export function formExpression(form: WrittenForm, own?: Casing): FormExpression {
  const { source, flags } = typeof form === "string" ? { source: sourceOf(form), flags: "" } : form;
  const casing = own ?? casingOf(source, flags);
  return { expression: new RegExp(source, casing === "exact" ? "" : "i"), casing };
}

function casingOf(source: string, flags: string): Casing {
  if (flags.includes("i")) return "any";
  return /[a-z]/.test(source.replace(/\\(?:u[0-9a-f]{4}|[a-z])/gi, "")) ? "exact" : "capitals";
}

function sourceOf(form: string): string {
  assert(form !== "", "a form is not empty");
  return [...form].map((letter) => tokens[letter] ?? letter.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&")).join("");
}
