/**
 * Keywords such as `secret` or `email` are part of the placeholders that masking writes. Says whether an occurrence
 * lies inside a whole placeholder, and whether that is still open. For all other words it costs nothing.
 */
import { placeholders } from "../placeholder.ts";
import type { Fold } from "./fold.ts";

export type PlaceholderCheck = {
  /** In UTF-16 code units on each side of a word; 0 when no word is part of a placeholder. */
  readonly leftContext: number;
  readonly rightContext: number;
  covers(text: string, start: number, end: number): boolean;
  /** Whether more text could change what `covers` says. */
  isOpen(text: string, start: number, end: number): boolean;
};

type Place = { readonly placeholder: string; readonly offset: number };

export function createPlaceholderCheck(words: readonly string[], fold: Fold): PlaceholderCheck {
  const folded = (text: string): string => String.fromCharCode(...Array.from({ length: text.length }, (_, at) => fold[text.charCodeAt(at)] as number));
  const longestPlaceholder = Math.max(...placeholders.map((placeholder) => placeholder.length));
  const places = new Map<string, Place[]>();
  let leftContext = 0;
  let rightContext = 0;
  for (const original of new Set(words)) {
    if (original.length > longestPlaceholder) continue;
    const word = folded(original);
    for (const placeholder of placeholders) {
      const whole = folded(placeholder);
      for (let offset = whole.indexOf(word); offset >= 0; offset = whole.indexOf(word, offset + 1)) {
        places.set(word, [...(places.get(word) ?? []), { placeholder, offset }]);
        leftContext = Math.max(leftContext, offset);
        rightContext = Math.max(rightContext, placeholder.length - offset - word.length);
      }
    }
  }
  const placesOf = (text: string, start: number, end: number): readonly Place[] =>
    places.size === 0 ? [] : (places.get(folded(text.slice(start, end))) ?? []);
  return {
    leftContext,
    rightContext,
    covers: (text, start, end) =>
      placesOf(text, start, end).some(({ placeholder, offset }) => offset <= start && text.startsWith(placeholder, start - offset)),
    isOpen: (text, start, end) =>
      placesOf(text, start, end).some(({ placeholder, offset }) => {
        const seen = text.slice(Math.max(0, start - offset));
        return offset <= start && seen.length < placeholder.length && placeholder.startsWith(seen);
      }),
  };
}
