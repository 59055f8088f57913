/**
 * Keywords such as `secret` or `email` are part of the placeholders that masking writes. Says whether an occurrence
 * lies inside a whole placeholder, and whether that is still open. For all other words it costs nothing.
 */
import { placeholders } from "../placeholder.ts";
import type { Trie } from "./trie.ts";

/** `word` is the trie's node of what stands at `start`. */
export type PlaceholderCheck = {
  /** In UTF-16 code units on each side of a word; 0 when no word is part of a placeholder. */
  readonly leftContext: number;
  readonly rightContext: number;
  covers(word: number, text: string, start: number): boolean;
  /** Whether more text could change what `covers` says. */
  isOpen(word: number, text: string, start: number): boolean;
};

type Place = { readonly placeholder: string; readonly offset: number };

export function createPlaceholderCheck(trie: Trie): PlaceholderCheck {
  const places = new Map<number, Place[]>();
  let leftContext = 0;
  let rightContext = 0;
  for (const placeholder of placeholders) {
    for (let offset = 0; offset < placeholder.length; offset++) {
      for (let end = offset + 1; end <= placeholder.length; end++) {
        const node = trie.find(placeholder.slice(offset, end));
        if (node === 0) break;
        if (!trie.isWord(node)) continue;
        places.set(node, [...(places.get(node) ?? []), { placeholder, offset }]);
        leftContext = Math.max(leftContext, offset);
        rightContext = Math.max(rightContext, placeholder.length - end);
      }
    }
  }
  return {
    leftContext,
    rightContext,
    covers: (word, text, start) =>
      places
        .get(word)
        ?.some(({ placeholder, offset }) => offset <= start && text.startsWith(placeholder, start - offset)) ?? false,
    isOpen: (word, text, start) =>
      places
        .get(word)
        ?.some(({ placeholder, offset }) => offset <= start && isBegun(placeholder, text, start - offset)) ?? false,
  };
}

function isBegun(placeholder: string, text: string, at: number): boolean {
  return text.length - at < placeholder.length && placeholder.startsWith(text.slice(at));
}
