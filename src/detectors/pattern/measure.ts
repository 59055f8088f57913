/**
 * How far a regular expression reaches, read from its syntax tree, and which expressions are refused.
 * Invariant: what is measured is an upper bound. Does not match anything itself.
 */
import type { AST } from "@eslint-community/regexpp";
import { unreachable } from "../../stdx/assert.ts";

/** In UTF-16 code units. */
export type Width = { readonly min: number; readonly max: number };

export type RefusalCode =
  | "syntax"
  | "flags"
  | "empty"
  | "unbounded"
  | "too-wide"
  | "backreference"
  | "edge"
  | "lookaround"
  | "modifiers";
/** `offset` counts in the expression's source. */
export type Refusal = { readonly code: RefusalCode; readonly offset: number };

/** The longest match and the widest lookbehind that are taken, in UTF-16 code units. */
export const widestPatternUnits = 65_536;
export const widestLookbehindUnits = 64;

export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(code: RefusalCode, offset: number) {
    super(code);
    this.refusal = { code, offset };
  }
}

export type Measure = { readonly width: Width; readonly leftContext: number; readonly rightContext: number };

/** Throws Refused for an expression whose reach has no bound, or a wider right context than one character. */
export function measure(pattern: AST.Pattern): Measure {
  const context = { left: 0, right: 0 };
  const width = ofAlternatives(pattern.alternatives, context);
  if (width.min === 0) throw new Refused("empty", 0);
  if (width.max > widestPatternUnits) throw new Refused("too-wide", 0);
  return { width, leftContext: context.left, rightContext: context.right };
}

type Context = { left: number; right: number };

function ofAlternatives(alternatives: readonly AST.Alternative[], context: Context): Width {
  const widths = alternatives.map((alternative) => ofElements(alternative.elements, context));
  return { min: Math.min(...widths.map((w) => w.min)), max: Math.max(...widths.map((w) => w.max)) };
}

function ofElements(elements: readonly AST.Element[], context: Context): Width {
  let min = 0;
  let max = 0;
  for (const element of elements) {
    const width = ofElement(element, context);
    min += width.min;
    max += width.max;
  }
  return { min, max };
}

function ofElement(element: AST.Element, context: Context): Width {
  switch (element.type) {
    case "Character":
    case "CharacterSet":
    case "CharacterClass":
      return { min: 1, max: 1 };
    case "Group":
      if (element.modifiers !== null) throw new Refused("modifiers", element.start);
      return ofAlternatives(element.alternatives, context);
    case "CapturingGroup":
      return ofAlternatives(element.alternatives, context);
    case "Quantifier": {
      if (element.max === Number.POSITIVE_INFINITY) throw new Refused("unbounded", element.start);
      const width = ofElement(element.element, context);
      return { min: width.min * element.min, max: width.max * element.max };
    }
    case "Assertion":
      ofAssertion(element, context);
      return { min: 0, max: 0 };
    case "Backreference":
      throw new Refused("backreference", element.start);
    case "ExpressionCharacterClass":
      throw new Refused("flags", element.start);
    default:
      return unreachable(element);
  }
}

function ofAssertion(assertion: AST.Assertion, context: Context): void {
  switch (assertion.kind) {
    case "word":
      context.left = Math.max(context.left, 1);
      context.right = 1;
      return;
    case "lookbehind": {
      const inner = { left: 0, right: 0 };
      const width = ofAlternatives(assertion.alternatives, inner);
      if (inner.left > 0 || inner.right > 0 || width.max > widestLookbehindUnits)
        throw new Refused("lookaround", assertion.start);
      context.left = Math.max(context.left, width.max);
      return;
    }
    case "lookahead": {
      if (!assertion.alternatives.every(isOneCharacter)) throw new Refused("lookaround", assertion.start);
      context.right = 1;
      return;
    }
    case "start":
    case "end":
      throw new Refused("edge", assertion.start);
    default:
      unreachable(assertion);
  }
}

function isOneCharacter(alternative: AST.Alternative): boolean {
  const [only, more] = alternative.elements;
  return only !== undefined && more === undefined && isAtom(only);
}

/** Consumes exactly one UTF-16 code unit. */
export function isAtom(element: AST.Element): boolean {
  return element.type === "Character" || element.type === "CharacterSet" || element.type === "CharacterClass";
}
