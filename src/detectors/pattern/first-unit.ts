/**
 * Which code units a match can begin with: lets one look at a unit rule most patterns out before any of them runs.
 * Invariant: never leaves out a unit that a match can begin with.
 */
import type { AST } from "@eslint-community/regexpp";
import { assert, InvariantError } from "../../stdx/assert.ts";
import { isAtom } from "./measure.ts";

const unitCount = 65_536;
/** Bits in an entry of the table. */
export const mostPatterns = 32;

/** An expression for one unit. `pattern` has been measured, so it cannot match the empty text. */
export function firstUnitSource(pattern: AST.Pattern): string {
  const atoms: string[] = [];
  fromAlternatives(pattern.alternatives, atoms);
  return [...new Set(atoms)].join("|");
}

/** For each code unit, one bit for each expression that matches it; bit n for the n-th. */
export function firstUnitTable(expressions: readonly RegExp[]): Uint32Array {
  assert(expressions.length <= mostPatterns, "one detector has at most 32 patterns");
  const all = Array.from({ length: 256 }, (_, high) =>
    String.fromCharCode(...Array.from({ length: 256 }, (_, low) => high * 256 + low)),
  ).join("");
  const table = new Uint32Array(unitCount);
  for (const [bit, expression] of expressions.entries()) {
    for (const { index } of all.matchAll(expression)) table[index] = (table[index] as number) | (1 << bit);
  }
  return table;
}

/** Collects what may come first; returns whether all of it may be passed over without consuming anything. */
function fromAlternatives(alternatives: readonly AST.Alternative[], atoms: string[]): boolean {
  let passable = false;
  for (const { elements } of alternatives) {
    if (elements.every((element) => fromElement(element, atoms))) passable = true;
  }
  return passable;
}

function fromElement(element: AST.Element, atoms: string[]): boolean {
  if (isAtom(element)) {
    atoms.push(element.raw);
    return false;
  }
  switch (element.type) {
    case "Assertion":
      return true;
    case "Group":
    case "CapturingGroup":
      return fromAlternatives(element.alternatives, atoms);
    case "Quantifier":
      return fromElement(element.element, atoms) || element.min === 0;
    default:
      throw new InvariantError("only a measured pattern is read");
  }
}
