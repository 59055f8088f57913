/** What a detector made of patterns is told to look for: a pattern, and what else must hold for a match to count. */
import type { Category } from "../../domain/detector.ts";
import type { Score } from "../../domain/score.ts";
import type { Pattern } from "./pattern.ts";

/** The next offset >= from at which a match may start, or -1. May name too many, never too few. */
export type Starts = (text: string, from: number) => number;

/**
 * Words of which one must stand to the left of a match, all of it, and end no more than `within` units before it (0: directly before).
 * A matcher with a context costs nothing where no such word stands, so it may have a pattern that would match everywhere.
 */
export type Context = {
  /** Two units or more each, ASCII letters in lower case; found in any case. */
  readonly words: readonly string[];
  /** In UTF-16 code units, at most `mostContextUnits`. */
  readonly within: number;
  /** No letter or digit touches the word on either side. Absent: it may be a part of a longer word. */
  readonly whole?: boolean;
};

/** How far left of a match a context or `accept` may look, in UTF-16 code units, the word itself not counted. */
export const mostContextUnits = 128;

/**
 * For example, a passport number: `{ category, pattern: reviewed("(?<![A-Z0-9])[A-Z][0-9]{7}(?![A-Z0-9])"),
 * context: { words: ["passport"], within: 32 }, score: score(0.85) }`.
 */
export type Matcher = {
  readonly category: Category;
  readonly pattern: Pattern;
  readonly context?: Context;
  /**
   * How many units of the match count, from its start; 0 refuses it. Depends on its arguments alone: the matched text,
   * and the `leftUnits` units before it (fewer where the text begins).
   * Absent: the whole match counts.
   */
  readonly accept?: (matched: string, left: string) => number;
  /** How much of the text before a match `accept` sees. At most `mostContextUnits`; absent: nothing. */
  readonly leftUnits?: number;
  /** A cheaper way to the starts than the pattern's beginning. Made anew for each window, so it may remember. */
  readonly starts?: () => Starts;
  /** Absent: certain. */
  readonly score?: Score;
  /** Its finding is dropped where another matcher's finding begins at the same offset and is no shorter. */
  readonly weak?: boolean;
};
