/**
 * Literal words of a policy. At each start the longest word counts. Whole words have a boundary on both sides.
 * A word inside one of our own placeholders is not found, so that masking twice changes nothing.
 */
import type { Detection, Finding, TextDetector } from "../../domain/detector.ts";
import { certain } from "../../domain/score.ts";
import { assert } from "../../stdx/assert.ts";
import { keywordCategory } from "../placeholder.ts";
import { createAutomaton } from "./automaton.ts";
import { boundaryAfter, boundaryBefore, boundaryUnits, openAfter } from "./boundary.ts";
import { createFold } from "./fold.ts";
import { createPlaceholderCheck } from "./own-placeholders.ts";

export type KeywordSettings = { readonly list: readonly string[]; readonly caseSensitive: boolean; readonly wholeWords: boolean };

/** The list is not empty, nor is any word in it. */
export function createKeywordDetector(id: string, { list, caseSensitive, wholeWords }: KeywordSettings): TextDetector {
  assert(list.length > 0 && list.every((word) => word.length > 0), "a keyword list has words");
  const fold = createFold(caseSensitive);
  const automaton = createAutomaton(list, fold);
  const own = createPlaceholderCheck(list, fold);
  const context = wholeWords ? boundaryUnits : 0;
  const startsWord = (text: string, at: number): boolean => !wholeWords || boundaryBefore(text, at);
  const endsWord = (text: string, at: number): boolean => !wholeWords || boundaryAfter(text, at);

  return {
    kind: "text",
    id,
    categories: [keywordCategory],
    reach: { longestSpan: automaton.longest, leftContext: Math.max(context, own.leftContext), rightContext: Math.max(context, own.rightContext) },

    settled(text, from) {
      const context = Math.max(wholeWords ? boundaryUnits : 0, own.rightContext);
      const begin = Math.max(from, text.length - automaton.longest - context);
      let least = text.length;
      let node = 0;
      for (let at = begin; at < text.length; at++) {
        node = automaton.step(node, text.charCodeAt(at));
        const end = at + 1;
        if (end === text.length) break;
        // Words that are complete, but whose right side is not seen yet.
        if (end < text.length - context) continue;
        for (let word = automaton.wordAt(node); word !== 0; word = automaton.wordAt(automaton.shorter(word))) {
          const start = end - automaton.depth(word);
          if (start < least && startsWord(text, start) && isOpen(text, start, end)) least = start;
        }
      }
      for (; node !== 0; node = automaton.shorter(node)) {
        const start = text.length - automaton.depth(node);
        if (start >= least) break;
        if (!startsWord(text, start)) continue;
        if (automaton.goesOn(node) || isOpen(text, start, text.length)) return start;
      }
      return least;
    },

    detect(_signal, { text, from, to }): Detection {
      const longest = new Map<number, number>();
      const last = Math.min(text.length, to + automaton.longest - 1);
      let node = 0;
      for (let at = from; at < last; at++) {
        node = automaton.step(node, text.charCodeAt(at));
        for (let word = automaton.wordAt(node); word !== 0; word = automaton.wordAt(automaton.shorter(word))) {
          const end = at + 1;
          const start = end - automaton.depth(word);
          if (start < to && startsWord(text, start) && endsWord(text, end) && !own.covers(text, start, end)) longest.set(start, end);
        }
      }
      const findings: Finding[] = [...longest]
        .sort(([a], [b]) => a - b)
        .map(([start, end]) => ({ category: keywordCategory, score: certain, span: { start, end } }));
      return { kind: "scored", findings };
    },
  };

  function isOpen(text: string, start: number, end: number): boolean {
    return (wholeWords && openAfter(text, end)) || own.isOpen(text, start, end);
  }
}
