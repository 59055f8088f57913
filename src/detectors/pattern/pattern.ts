/**
 * A reviewed regular expression with a bound on its reach, matched at every start. Owns the compiled expressions;
 * validation of what they match and the joining of several patterns are elsewhere.
 *
 * Invariant: what is found at an offset depends on nothing but [start - leftContext, end + rightContext), so a search
 * may begin and stop anywhere.
 */
import { type AST, RegExpParser } from "@eslint-community/regexpp";
import { InvariantError } from "../../stdx/assert.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { Reach } from "../../domain/detector.ts";
import { type LeadingUnits, leadingUnits } from "./leading-units.ts";
import { literalBeginnings } from "./literals.ts";
import { measure, Refused, type Refusal } from "./measure.ts";
import { openEndSource } from "./open-end.ts";

/** UTF-16 code units are counted, so `u` and `v` are not taken; nor is `m`, which would move `$`. */
const flagsTaken = /^[is]*$/;

export class Pattern {
  readonly reach: Reach;
  readonly flags: string;
  /** Every match begins with one of them, in any case of ASCII letters; `null`: none are worth looking for. */
  readonly beginnings: readonly string[] | null;
  readonly leading: LeadingUnits;
  readonly #match: RegExp;
  readonly #open: RegExp;

  /** `tree` is measured, and is what `source` reads as. */
  constructor(tree: AST.Pattern, source: string, flags: string, reach: Reach) {
    this.reach = reach;
    this.flags = flags;
    this.beginnings = literalBeginnings(tree, flags.includes("i"));
    this.leading = leadingUnits(tree);
    this.#match = new RegExp(source, `y${flags}`);
    this.#open = new RegExp(openEndSource(tree), `y${flags}`);
  }

  /** The match that starts at `at`, or null. */
  matchAt(text: string, at: number): string | null {
    this.#match.lastIndex = at;
    return this.#match.test(text) ? text.slice(at, this.#match.lastIndex) : null;
  }

  /** Whether more text could begin, end, lengthen or forbid a match at `at`. */
  isOpenAt(text: string, at: number): boolean {
    if (text.length - at > this.reach.longestSpan) return false;
    this.#open.lastIndex = at;
    return this.#open.test(text);
  }
}

/**
 * Refuses what has no bound, looks further right than one character, refers back, or speaks of the text's edges
 * (the end of a piece is not the end of the text).
 */
export function compilePattern(source: string, flags = ""): Result<Pattern, Refusal> {
  if (!flagsTaken.test(flags)) return err({ code: "flags", offset: 0 });
  try {
    const tree = new RegExpParser({ ecmaVersion: 2025 }).parsePattern(source, undefined, undefined, {});
    const { width, leftContext, rightContext } = measure(tree);
    const reach = { longestSpan: width.max, leftContext, rightContext };
    return ok(new Pattern(tree, source, flags, reach));
  } catch (error) {
    if (error instanceof Refused) return err(error.refusal);
    if (error instanceof SyntaxError) return err({ code: "syntax", offset: (error as { index?: number }).index ?? 0 });
    throw error;
  }
}

/** For expressions of our own: a refusal is a bug. */
export function reviewed(source: string, flags = ""): Pattern {
  const compiled = compilePattern(source, flags);
  if (!compiled.ok)
    throw new InvariantError(`a reviewed pattern was refused: ${compiled.error.code} at ${compiled.error.offset}`);
  return compiled.value;
}
