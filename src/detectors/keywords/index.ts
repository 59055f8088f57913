/**
 * Literal words of a policy. At each start the longest word counts. Whole words have a boundary on both sides.
 * A word inside one of our own placeholders is not found, so that masking twice changes nothing.
 */
import type { Detection, Finding, TextDetector } from "../../domain/detector.ts";
import { certain } from "../../domain/score.ts";
import { assert } from "../../stdx/assert.ts";
import type { Steps } from "../../stdx/paced.ts";
import { inSteps } from "../in-steps.ts";
import { keywordCategory } from "../placeholder.ts";
import { boundaryAfter, boundaryBefore, boundaryUnits, openAfter } from "./boundary.ts";
import { createFold } from "./fold.ts";
import { createPlaceholderCheck } from "./own-placeholders.ts";
import { createTrie } from "./trie.ts";

export type KeywordSettings = {
  readonly list: readonly string[];
  readonly caseSensitive: boolean;
  readonly wholeWords: boolean;
};

/** Steps down the tree between two breaths. */
const stepsAtOnce = 16_384;

/** The list is not empty, nor is any word in it. Work for each character of a text is bounded by the longest word. */
export function createKeywordDetector(id: string, { list, caseSensitive, wholeWords }: KeywordSettings): TextDetector {
  assert(list.length > 0 && list.every((word) => word.length > 0), "a keyword list has words");
  const trie = createTrie(list, createFold(caseSensitive));
  const own = createPlaceholderCheck(trie, list);
  const beyond = wholeWords ? boundaryUnits : 0;
  const reach = {
    longestSpan: trie.longest,
    leftContext: Math.max(beyond, own.context),
    rightContext: Math.max(beyond, own.context),
  };

  const stepUnits = Math.max(1, Math.floor(stepsAtOnce / trie.longest));

  /** Where the longest word that starts here ends, or -1. */
  const endAt = (text: string, start: number): number => {
    let longest = -1;
    let node = trie.down(0, text.charCodeAt(start));
    if (node === 0 || (wholeWords && !boundaryBefore(text, start))) return longest;
    let covered: number | null = null;
    for (let end = start + 1; node !== 0; end++) {
      if (trie.isWord(node) && (!wholeWords || boundaryAfter(text, end))) {
        if (own.mayCover(node)) covered ??= own.endAround(text, start);
        if (covered === null || covered < end || !own.mayCover(node)) longest = end;
      }
      if (end >= text.length) break;
      node = trie.down(node, text.charCodeAt(end));
    }
    return longest;
  };

  /** Whether more text could begin, lengthen or forbid a word here. */
  const isOpenAt = (text: string, start: number): boolean => {
    let node = trie.down(0, text.charCodeAt(start));
    if (node === 0 || (wholeWords && !boundaryBefore(text, start))) return false;
    let isOpen: boolean | null = null;
    for (let end = start + 1; node !== 0; end++) {
      if (trie.isWord(node)) {
        if (wholeWords && openAfter(text, end)) return true;
        if (own.mayCover(node)) isOpen ??= own.isOpen(text, start);
        if (isOpen === true) return true;
      }
      if (end >= text.length) return trie.goesOn(node);
      node = trie.down(node, text.charCodeAt(end));
    }
    return false;
  };

  return {
    kind: "text",
    id,
    categories: [keywordCategory],
    reach,

    settled(text, from) {
      const begin = Math.max(from, text.length - reach.longestSpan - reach.rightContext);
      for (let start = begin; start < text.length; start++) if (isOpenAt(text, start)) return start;
      return text.length;
    },

    detect: inSteps(function* ({ text, from, to }): Steps<Detection> {
      const findings: Finding[] = [];
      for (let start = from; start < to; start++) {
        if ((start - from) % stepUnits === stepUnits - 1) yield;
        const end = endAt(text, start);
        if (end >= 0) findings.push({ category: keywordCategory, score: certain, span: { start, end } });
      }
      return { kind: "scored", findings };
    }),
  };
}
