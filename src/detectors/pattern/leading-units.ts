/**
 * Which code units a match can begin with, and which can stand before it, read from an expression's syntax tree.
 * Invariant: never leaves out a unit that can stand at its place. Does not search.
 */
import type { AST } from "@eslint-community/regexpp";
import { InvariantError } from "../../stdx/assert.ts";
import { isAtom } from "./measure.ts";

/** How many places of a match are told. */
export const leadingPlaces = 8;

export type LeadingUnits = {
  /** For each of the first places an expression for one unit; `null` where a match may have ended before, or anything may stand. */
  readonly places: readonly (string | null)[];
  /** An expression for units that a match never stands directly after; `null`: none is known. */
  readonly notAfter: string | null;
  /** An expression for the only units that a match stands directly after; `null`: none is known. */
  readonly onlyAfter: string | null;
};

/** `pattern` has been measured, so it cannot match the empty text. */
export function leadingUnits(pattern: AST.Pattern): LeadingUnits {
  const sets = Array.from({ length: leadingPlaces }, () => new Set<string>());
  const ends = alternatives(pattern.alternatives, new Set([0]), sets);
  const shortest = Math.min(...ends);
  return {
    places: sets.map((set, place) => (place < shortest && set.size > 0 ? [...set].join("|") : null)),
    notAfter: notAfter(leadingLookbehind(pattern, true)),
    onlyAfter: onlyAfter(leadingLookbehind(pattern, false)),
  };
}

type Sets = readonly Set<string>[];
/** Places, of which the last stands for all from there on. */
type Places = ReadonlySet<number>;

function alternatives(all: readonly AST.Alternative[], from: Places, sets: Sets): Places {
  const ends = new Set<number>();
  for (const { elements } of all) {
    let at = from;
    for (const one of elements) at = element(one, at, sets);
    for (const end of at) ends.add(end);
  }
  return ends;
}

function element(one: AST.Element, from: Places, sets: Sets): Places {
  if (isAtom(one)) {
    for (const place of from) sets[place]?.add(one.raw);
    return new Set([...from].map((place) => Math.min(place + 1, leadingPlaces)));
  }
  switch (one.type) {
    case "Assertion":
      return from;
    case "Group":
    case "CapturingGroup":
      return alternatives(one.alternatives, from, sets);
    case "Quantifier":
      return repeated(one, from, sets);
    default:
      throw new InvariantError("only a measured pattern is read");
  }
}

function repeated({ element: inner, min, max }: AST.Quantifier, from: Places, sets: Sets): Places {
  const ends = new Set<number>(min === 0 ? from : []);
  let at = from;
  // After as many rounds as there are places nothing new can come.
  const rounds = Math.min(max, leadingPlaces);
  for (let round = 1; round <= rounds; round++) {
    at = element(inner, at, sets);
    if (round >= Math.min(min, rounds)) for (const end of at) ends.add(end);
  }
  return ends;
}

/** `(?<!x)` or `(?<=x)` at the very beginning: the alternatives of `x`. */
function leadingLookbehind({ alternatives: all }: AST.Pattern, negate: boolean): readonly AST.Alternative[] {
  const [only, more] = all;
  const first = only?.elements[0];
  if (more !== undefined || first?.type !== "Assertion" || first.kind !== "lookbehind") return [];
  return first.negate === negate ? first.alternatives : [];
}

/** Of the alternatives that are one unit, whatever may come before it. */
function notAfter(all: readonly AST.Alternative[]): string | null {
  const atoms = all.flatMap(({ elements }) => {
    const needed = elements.filter((one) => one.type !== "Quantifier" || one.min > 0);
    const [single] = needed;
    return needed.length === 1 && single !== undefined && isAtom(single) ? [single.raw] : [];
  });
  return atoms.length === 0 ? null : atoms.join("|");
}

/** Where each of the alternatives ends in one unit that must be there. */
function onlyAfter(all: readonly AST.Alternative[]): string | null {
  const last = all.map(({ elements }) => elements.at(-1));
  if (last.length === 0 || !last.every((one) => one !== undefined && isAtom(one))) return null;
  return last.map((one) => one?.raw).join("|");
}
