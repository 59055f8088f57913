/**
 * Derives from an expression the one that says "not decided yet": it matches at an offset when some path of the
 * original can consume the text from there to its very end, so that what follows may begin, lengthen or forbid a match.
 *
 * Each character x becomes `(?:x|$)`: past the end every further character is taken as read. Invariant: it may match
 * where all is decided (never twice as long as the pattern), and always matches where something is not.
 */
import type { AST } from "@eslint-community/regexpp";
import { InvariantError } from "../../stdx/assert.ts";
import { isAtom } from "./measure.ts";

/** The source of the derived expression. `pattern` has been measured. */
export function openEndSource(pattern: AST.Pattern): string {
  return `(?:${ofAlternatives(pattern.alternatives, true)})$`;
}

/** `first`: nothing was consumed yet, so the end of the text cannot have been reached. */
function ofAlternatives(alternatives: readonly AST.Alternative[], first: boolean): string {
  return alternatives.map((alternative) => ofElements(alternative.elements, first)).join("|");
}

function ofElements(elements: readonly AST.Element[], first: boolean): string {
  let source = "";
  let before = first;
  for (const element of elements) {
    source += ofElement(element, before);
    if (element.type !== "Assertion") before = false;
  }
  return source;
}

function ofElement(element: AST.Element, first: boolean): string {
  switch (element.type) {
    case "Character":
    case "CharacterSet":
    case "CharacterClass":
      return first ? element.raw : `(?:${element.raw}|$)`;
    case "Group":
    case "CapturingGroup":
      return `(?:${ofAlternatives(element.alternatives, first)})`;
    case "Quantifier":
      return ofQuantifier(element, first);
    case "Assertion":
      return ofAssertion(element, first);
    default:
      throw new InvariantError("only a measured pattern is derived from");
  }
}

function ofQuantifier({ element, min, max }: AST.Quantifier, first: boolean): string {
  // A lookaround may be quantified by an old rule of the language; it consumes nothing, so it decides nothing twice.
  if (element.type === "Assertion") return min === 0 ? "" : ofAssertion(element, first);
  if (isAtom(element)) {
    // A plain counted loop over one character stays one: engines run it far faster than a loop over groups.
    const whole = `${element.raw}{${min},${max}}`;
    const least = first ? 1 : 0;
    return min > least ? `(?:${whole}|${element.raw}{${least},${min - 1}}$)` : whole;
  }
  // The first round may be the first to consume; later rounds may meet the end.
  return `(?:${ofElement(element, false)}){${min},${max}}`;
}

function ofAssertion(assertion: AST.Assertion, first: boolean): string {
  if (assertion.kind === "lookbehind") return first ? assertion.raw : `(?:${assertion.raw}|$)`;
  // At the end of the text a negative lookahead holds by itself; the others are not decided there.
  if (assertion.kind === "lookahead" && assertion.negate) return assertion.raw;
  return `(?:${assertion.raw}|$)`;
}
