/**
 * Texts of a policy against a fact: exact, or with `*` for any characters. Linear in the text for each alternative, and
 * exact alternatives cost one look-up together. Pure.
 */
import type { MatchSource } from "../source/when-source.ts";

export type Matcher = { fits(text: string): boolean };

/** `fold`: applied to the alternatives here, and by the caller to the texts. */
export function compileMatch(source: MatchSource, fold: (text: string) => string = (text) => text): Matcher {
  if (typeof source === "object" && !Array.isArray(source)) {
    const inner = anyOf(listOf(source.not).map(fold));
    return { fits: (text) => !inner.fits(text) };
  }
  return anyOf(listOf(source).map(fold));
}

/** All texts that a source names, for checks. */
export const alternativesOf = (source: MatchSource): readonly string[] =>
  typeof source === "object" && !Array.isArray(source) ? listOf(source.not) : listOf(source);

/** Whether a text with `*` fits. */
export function globFits(glob: string, text: string): boolean {
  return fitsParts(glob.split("*"), text);
}

const listOf = (source: string | readonly string[]): readonly string[] =>
  typeof source === "string" ? [source] : source;

function anyOf(alternatives: readonly string[]): Matcher {
  const exact = new Set(alternatives.filter((each) => !each.includes("*")));
  const globs = alternatives.filter((each) => each.includes("*")).map((each) => each.split("*"));
  return { fits: (text) => exact.has(text) || globs.some((parts) => fitsParts(parts, text)) };
}

/** The parts between the stars, each at its first place: where that fails, no later place can help. */
function fitsParts(parts: readonly string[], text: string): boolean {
  const [head = "", ...rest] = parts;
  const tail = rest.pop();
  if (tail === undefined) return text === head;
  if (text.length < head.length + tail.length || !text.startsWith(head) || !text.endsWith(tail)) return false;
  const end = text.length - tail.length;
  let from = head.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at === -1 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
