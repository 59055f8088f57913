/**
 * Keywords such as `secret` or `email` are part of what masking writes. Says where the whole placeholder around an
 * occurrence ends, and whether that is still open. For words that cannot stand in a placeholder it costs nothing.
 *
 * The forms are `[EMAIL]`, `[EMAIL:3f2a9c04d1b6]` and `<EMAIL_1_x7k2q9>`, with a kind from the program's own list alone:
 * any word in brackets would be a way around the keywords.
 */
import { ownKinds } from "../placeholder.ts";
import type { Trie } from "./trie.ts";

export type PlaceholderCheck = {
  /** In UTF-16 code units on each side of a word; 0 when no word can be part of a placeholder. */
  readonly context: number;
  /** Whether a word, by its node in the trie, can stand in a placeholder. */
  mayCover(word: number): boolean;
  /** Where the whole placeholder around `start` ends, or -1: it covers the words that begin at `start` and end no later. */
  endAround(text: string, start: number): number;
  /** Whether more text could change what `endAround` says. */
  isOpen(text: string, start: number): boolean;
};

const kinds = new Set(ownKinds);
const kindBeginnings = new Set(ownKinds.flatMap((kind) => Array.from(kind, (_, at) => kind.slice(0, at + 1))));
const kindUnitsMax = Math.max(...ownKinds.map((kind) => kind.length));
/** Of `<KIND_10000_x7k2q9>`, the longest form. */
const placeholderUnitsMax = kindUnitsMax + "<_10000_x7k2q9>".length;

const inside = /^[A-Za-z0-9_:<>[\]-]+$/;
const whole = /^(?:\[([A-Z0-9-]+)(?::[0-9a-f]{12})?\]|<([A-Z0-9_]+)_[0-9]{1,5}_[a-z2-9]{6}>)/;
const begun = /^(?:\[([A-Z0-9-]*)(:[0-9a-f]{0,12})?|<([A-Z0-9_]*?)(_[0-9]{0,5}(?:_[a-z2-9]{0,6})?)?)$/;

export function createPlaceholderCheck(trie: Trie, words: readonly string[]): PlaceholderCheck {
  const maybe = new Set<number>();
  for (const word of words) {
    if (word.length <= placeholderUnitsMax && inside.test(word)) maybe.add(trie.find(word));
  }
  return {
    context: maybe.size === 0 ? 0 : placeholderUnitsMax,
    mayCover: (word) => maybe.has(word),
    endAround(text, start) {
      const opening = openingBefore(text, start);
      return opening >= 0 ? wholeAt(text, opening) : -1;
    },
    isOpen(text, start) {
      const opening = openingBefore(text, start);
      return opening >= 0 && isBegunAt(text, opening);
    },
  };
}

/** The bracket that a placeholder around `start` would begin with, or -1. */
function openingBefore(text: string, start: number): number {
  for (let at = start; at >= 0 && start - at < placeholderUnitsMax; at--) {
    const unit = text.charAt(at);
    if (unit === "[" || unit === "<") return at;
    if (at < start && !/[A-Za-z0-9_:-]/.test(unit)) return -1;
  }
  return -1;
}

/** Where the placeholder that begins at `at` ends, or -1. */
function wholeAt(text: string, at: number): number {
  const match = whole.exec(text.slice(at, at + placeholderUnitsMax));
  if (match === null) return -1;
  const kind = match[1] ?? (match[2] as string).replaceAll("_", "-");
  return kinds.has(kind) ? at + match[0].length : -1;
}

/** Whether the text ends within what may become a placeholder. */
function isBegunAt(text: string, at: number): boolean {
  if (text.length - at >= placeholderUnitsMax) return false;
  const match = begun.exec(text.slice(at));
  if (match === null) return false;
  const [, square, hash, angle, tail] = match;
  const kind = square ?? (angle as string).replaceAll("_", "-");
  if (kind === "" && hash === undefined && tail === undefined) return true;
  if (hash !== undefined) return kinds.has(kind);
  if (kinds.has(kind)) return true;
  // An underscore may belong to the kind as well as end it.
  return kindBeginnings.has(tail === undefined ? kind : `${kind}${tail.replaceAll("_", "-")}`);
}
