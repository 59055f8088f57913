/**
 * All matches of an expression in a text, block by block.
 *
 * Invariant: they are those of one search over the whole text.
 */
import type { Steps } from "../../stdx/paced.ts";

/** Searched between two breaths, in UTF-16 code units. */
const blockUnits = 4_096;
/** What an expression may look back on. */
const contextUnits = 8;

export type Matching = {
  /** Global; matches no empty text. */
  readonly expression: RegExp;
  /** As far as it mostly looks ahead from where a match begins, in UTF-16 code units; where one goes on, further. */
  readonly reach: number;
};

export function* matchSteps(
  text: string,
  { expression, reach }: Matching,
  take: (match: RegExpExecArray, index: number) => void,
): Steps<void> {
  let ahead = reach;
  for (let at = 0; at < text.length; ) {
    const begin = Math.max(0, at - contextUnits);
    const to = at + blockUnits;
    const part = text.slice(begin, to + ahead);
    const isLast = to + ahead >= text.length;
    ahead = reach;
    let next = to;
    expression.lastIndex = at - begin;
    for (let match = expression.exec(part); match !== null; match = expression.exec(part)) {
      const index = begin + match.index;
      if (index >= to) break;
      if (expression.lastIndex === part.length && !isLast) {
        // It may go on: again from here, looking further.
        next = index;
        ahead = 4 * Math.max(reach, match[0].length);
        break;
      }
      take(match, index);
      next = Math.max(to, begin + expression.lastIndex);
    }
    at = next;
    yield;
  }
}
