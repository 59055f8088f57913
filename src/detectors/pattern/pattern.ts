/**
 * A reviewed regular expression with a bound on its reach, matched at every start. Owns the two compiled expressions;
 * validation of what they match and the joining of several patterns are elsewhere.
 *
 * Invariant: what is found at an offset depends on nothing but [start - leftContext, end + rightContext), so a search
 * may begin and stop anywhere.
 */
import { RegExpParser } from "@eslint-community/regexpp";
import { InvariantError } from "../../stdx/assert.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { Reach } from "../../domain/detector.ts";
import { measure, Refused, type Refusal } from "./measure.ts";
import { openEndSource } from "./open-end.ts";

/** UTF-16 code units are counted, so `u` and `v` are not taken; nor is `m`, which would move `$`. */
const flagsTaken = /^[is]*$/;

export class Pattern {
  readonly reach: Reach;
  readonly #match: RegExp;
  readonly #open: RegExp;

  constructor(reach: Reach, match: RegExp, open: RegExp) {
    this.reach = reach;
    this.#match = match;
    this.#open = open;
  }

  /** The first match that starts at `from` or later, or null. Search again from its index + 1 for the next start. */
  next(text: string, from: number): { readonly index: number; readonly matched: string } | null {
    this.#match.lastIndex = from;
    const match = this.#match.exec(text);
    return match === null ? null : { index: match.index, matched: match[0] };
  }

  /** The smallest offset >= from at which it is open whether and how far the expression matches; else text.length. */
  settled(text: string, from: number): number {
    this.#open.lastIndex = Math.max(from, text.length - this.reach.longestSpan);
    return this.#open.exec(text)?.index ?? text.length;
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
    return ok(new Pattern(reach, new RegExp(source, `g${flags}`), new RegExp(openEndSource(tree), `g${flags}`)));
  } catch (error) {
    if (error instanceof Refused) return err(error.refusal);
    if (error instanceof SyntaxError) return err({ code: "syntax", offset: (error as { index?: number }).index ?? 0 });
    throw error;
  }
}

/** For expressions of our own: a refusal is a bug. */
export function reviewed(source: string, flags = ""): Pattern {
  const compiled = compilePattern(source, flags);
  if (!compiled.ok) throw new InvariantError(`a reviewed pattern was refused: ${compiled.error.code} at ${compiled.error.offset}`);
  return compiled.value;
}
