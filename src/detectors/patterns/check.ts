/**
 * Which regular expressions of a policy are taken, and what is said of the others. Pure; builds no automaton.
 * Invariant: what is taken matches at least one character, and says nothing of where a text begins or ends: a stream
 * has no end yet, and a view may begin anywhere.
 */
import { err, ok, type Result } from "../../stdx/result.ts";
import {
  patternInstructionsMax,
  patternUnitsMax,
  type Program,
  readProgram,
  type SyntaxMistake,
  textBegins,
  textEnds,
} from "./re2.ts";
import { shortestMatch } from "./width.ts";
import { anchorOffset, writtenOut } from "./tokens.ts";

/** Expressions that one rule may have. */
export const patternsMax = 200;
/** The longest match that a rule may ask for, in UTF-16 code units. */
export const longestMax = 4_096;

export type PatternMistakeCode =
  | "too-long"
  | "too-large"
  | "lookaround"
  | "backreference"
  | "syntax"
  | "edge"
  | "empty"
  | "never"
  | "too-wide";

/** `message` says what is wrong and how to mend it. `offset` counts in UTF-16 code units of the expression. */
export type PatternMistake = { readonly code: PatternMistakeCode; readonly message: string; readonly offset: number };

export type PatternToCheck = { readonly pattern: string; readonly caseSensitive: boolean; readonly longest: number };

/** A sentence for the person who wrote the policy, or `null` where nothing is wrong. */
export function checkPattern(spec: PatternToCheck): string | null {
  const read = readPattern(spec);
  return read.ok ? null : read.error.message;
}

export function readPattern({ pattern, caseSensitive, longest }: PatternToCheck): Result<Program, PatternMistake> {
  const refuse = (code: PatternMistakeCode, offset: number, message: string) => err({ code, offset, message });
  if (pattern.length > patternUnitsMax) {
    return refuse(
      "too-long",
      patternUnitsMax,
      `it has ${pattern.length} characters, the most is ${patternUnitsMax}: split it into several expressions, or use keywords for a list of words`,
    );
  }
  const large = `it expands to more than ${patternInstructionsMax} steps: use smaller counts, or + and *, which go up to \`longest\``;
  // Before it is compiled: writing out large counts would take seconds.
  if (writtenOut(pattern) > patternInstructionsMax) return refuse("too-large", 0, large);
  const read = readProgram(pattern, caseSensitive);
  if (!read.ok) return err(ofSyntax(pattern, read.error));
  const { instructions } = read.value;
  if (instructions.length > patternInstructionsMax) return refuse("too-large", 0, large);
  if (instructions.some((each) => each.op === "if" && (each.conditions & (textBegins | textEnds)) !== 0)) {
    return refuse(
      "edge",
      anchorOffset(pattern),
      "it asks for the beginning or the end of the text, which a stream does not have yet: leave the anchor out, use \\b for the edge of a word, or (?m) for ^ and $ at the edges of lines",
    );
  }
  const shortest = shortestMatch(read.value);
  if (shortest === 0) {
    return refuse(
      "empty",
      0,
      "it matches the empty text, so it would match everywhere: ask for at least one character",
    );
  }
  if (shortest === Number.POSITIVE_INFINITY)
    return refuse("never", 0, "it can never match: no character is in its class");
  if (shortest > longest) {
    return refuse(
      "too-wide",
      0,
      `its shortest match has ${shortest} characters, and \`longest\` is ${longest}: raise \`longest\` (at most ${longestMax}) or ask for less`,
    );
  }
  return ok(read.value);
}

/** What re2js says, in our words where the usual causes are known. */
function ofSyntax(pattern: string, { description, fragment: told }: SyntaxMistake): PatternMistake {
  const fragment = told?.endsWith(pattern) === true ? pattern : told;
  const at = fragment === null ? -1 : pattern.indexOf(fragment);
  const offset = Math.max(at, 0);
  const near = fragment === null || fragment === pattern ? "" : ` at \`${fragment}\``;
  if (fragment !== null && /^\(\?(?:<?[=!])/.test(fragment)) {
    return {
      code: "lookaround",
      offset,
      message: `it looks around${near}, which no linear engine can: write what comes before or after into the expression, or use \\b`,
    };
  }
  if (fragment !== null && /^\\(?:[1-9]|k)/.test(fragment)) {
    return {
      code: "backreference",
      offset,
      message: `it refers back${near}, which no linear engine can: write both parts out`,
    };
  }
  if (/too large|repeat count/.test(description)) {
    return {
      code: "too-large",
      offset,
      message: `its counts are too large${near}: a count goes up to 1,000, counts in counts together too; use + or *, which go up to \`longest\``,
    };
  }
  return { code: "syntax", offset, message: `${description}${near}: see RE2's syntax` };
}
