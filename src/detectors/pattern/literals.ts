/**
 * The literal beginnings of an expression: every match begins with one of them, so that text without them need not be
 * looked at. Letters are in lower case, whatever the expression's flags.
 * Invariant: never leaves out a beginning. Does not search.
 */
import type { AST } from "@eslint-community/regexpp";

/** In UTF-16 code units. */
const longestLiteral = 12;
const mostLiterals = 96;
/** Larger classes say too little. */
const mostUnitsOfClass = 12;

type Beginning = { readonly text: string; readonly open: boolean };

/** `null` where an expression has none worth looking for: too many, or shorter than three units (two with a sign). */
export function literalBeginnings(pattern: AST.Pattern, ignoreCase: boolean): readonly string[] | null {
  const found = ofAlternatives(pattern.alternatives, [{ text: "", open: true }], ignoreCase);
  if (found === null) return null;
  const texts = [...new Set(found.map(({ text }) => text))];
  return texts.every((text) => text.length > 2 || (text.length === 2 && /[^a-z0-9]/.test(text))) ? texts : null;
}

/** ASCII letters in lower case. */
export const folded = (text: string): string => text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());

function ofAlternatives(
  alternatives: readonly AST.Alternative[],
  before: readonly Beginning[],
  ignoreCase: boolean,
): readonly Beginning[] | null {
  const all: Beginning[] = [];
  for (const { elements } of alternatives) {
    const found = ofElements(elements, before, ignoreCase);
    if (found === null || all.length + found.length > mostLiterals) return null;
    all.push(...found);
  }
  return all;
}

function ofElements(
  elements: readonly AST.Element[],
  before: readonly Beginning[],
  ignoreCase: boolean,
): readonly Beginning[] | null {
  let now: readonly Beginning[] | null = before;
  for (const element of elements) {
    if (now === null || now.every(({ open }) => !open)) return now;
    now = ofElement(element, now, ignoreCase);
  }
  return now;
}

function ofElement(element: AST.Element, now: readonly Beginning[], ignoreCase: boolean): readonly Beginning[] | null {
  switch (element.type) {
    case "Assertion":
      return now;
    case "Group":
    case "CapturingGroup": {
      const done = now.filter(({ open }) => !open);
      const went = ofAlternatives(
        element.alternatives,
        now.filter(({ open }) => open),
        ignoreCase,
      );
      return went === null ? null : [...done, ...went];
    }
    case "Quantifier": {
      let went: readonly Beginning[] | null = now;
      for (let round = 0; round < Math.min(element.min, longestLiteral) && went !== null; round++)
        went = ofElement(element.element, went, ignoreCase);
      return went !== null && element.max > element.min ? closed(went) : went;
    }
    default:
      return ofAtom(element, now, ignoreCase);
  }
}

function ofAtom(atom: AST.Element, now: readonly Beginning[], ignoreCase: boolean): readonly Beginning[] | null {
  const units = unitsOf(atom, ignoreCase);
  if (units === null) return closed(now);
  const next = now.flatMap((beginning): readonly Beginning[] => {
    if (!beginning.open) return [beginning];
    return units.map((unit) => ({ text: beginning.text + unit, open: beginning.text.length + 1 < longestLiteral }));
  });
  return next.length > mostLiterals ? closed(now) : next;
}

const closed = (beginnings: readonly Beginning[]): readonly Beginning[] =>
  beginnings.map(({ text }) => ({ text, open: false }));

/** The few units that an atom matches, or `null`. */
function unitsOf(atom: AST.Element, ignoreCase: boolean): readonly string[] | null {
  if (atom.type === "Character") return unitsOfRange(atom.value, atom.value, ignoreCase);
  if (atom.type !== "CharacterClass" || atom.negate) return null;
  const units = new Set<string>();
  for (const member of atom.elements) {
    const some =
      member.type === "Character"
        ? unitsOfRange(member.value, member.value, ignoreCase)
        : member.type === "CharacterClassRange"
          ? unitsOfRange(member.min.value, member.max.value, ignoreCase)
          : null;
    if (some === null) return null;
    for (const unit of some) units.add(unit);
  }
  return units.size > 0 && units.size <= mostUnitsOfClass ? [...units] : null;
}

function unitsOfRange(min: number, max: number, ignoreCase: boolean): readonly string[] | null {
  // Beyond ASCII, letters have relations that folding here does not know.
  if (max - min >= mostUnitsOfClass || (ignoreCase && max > 127)) return null;
  return Array.from({ length: max - min + 1 }, (_, n) => folded(String.fromCharCode(min + n)));
}
