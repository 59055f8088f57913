/**
 * Canary tokens: words that stand in the system prompt and nowhere else, so that wherever else they turn up something
 * leaked. Found in any case, spacing and punctuation, also backwards. Encodings are the views' to undo.
 */
import type { Category, Detection, TextDetector } from "../../domain/detector.ts";
import { certain } from "../../domain/score.ts";
import { assert } from "../../stdx/assert.ts";
import { endsHalf, gapUnitsMax, Letters } from "../letters/letters.ts";
import { runAtOnce } from "../../stdx/paced.ts";
import { type Reader, WordSearch } from "../letters/word-search.ts";

const category: Category = "canary/token";

/** A token with fewer letters and digits is found only as it is written. */
export const looseLettersMin = 8;

/** There are tokens, none empty. */
export function createCanaryDetector(id: string, { tokens }: { readonly tokens: readonly string[] }): TextDetector {
  assert(tokens.length > 0 && tokens.every((token) => token.length > 0), "canary tokens are given and not empty");
  const letters = new Letters(true);
  const folded = tokens.map((token) => letters.join(token));
  const loose = folded.filter(({ length }) => length >= looseLettersMin);
  const literal = tokens.filter((_, index) => (folded[index] as string).length < looseLettersMin);
  const parts = [
    runAtOnce(WordSearch.of([...new Set([...loose, ...loose.map(backwards)])], looseReader(letters))),
    runAtOnce(WordSearch.of([...new Set(literal)], literalReader)),
  ];
  const longest = [...loose.map(({ length }) => length * (gapUnitsMax + 2)), ...literal.map(({ length }) => length)];

  return {
    kind: "text",
    id,
    categories: [category],
    reach: { longestSpan: Math.max(...longest), leftContext: 0, rightContext: 0 },

    settled(text, from) {
      const open = Math.min(...parts.map((part) => part.openFrom(text, from)));
      return Math.max(from, endsHalf(text) ? Math.min(open, text.length - 1) : open);
    },

    detect(_signal, { text, from, to }): Detection {
      const ends = new Map<number, number>();
      for (const { start, end } of parts.flatMap((part) => part.find(text, from, to)))
        ends.set(start, Math.max(end, ends.get(start) ?? 0));
      const spans = [...ends].map(([start, end]) => ({ start, end })).toSorted((a, b) => a.start - b.start);
      return { kind: "scored", findings: spans.map((span) => ({ category, score: certain, span })) };
    },
  };
}

const backwards = (word: string): string => word.split("").toReversed().join("");

const looseReader = (letters: Letters): Reader => ({
  gapMax: gapUnitsMax,
  read: (text, from, take) => letters.read(text, from, text.length, take),
});

const literalReader: Reader = {
  gapMax: 0,
  read(text, from, take) {
    for (let at = from; at < text.length; at++) if (!take(text.charCodeAt(at), at, at + 1)) return;
  },
};
