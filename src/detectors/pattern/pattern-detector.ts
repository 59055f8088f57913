/**
 * Joins patterns and their validators into one text detector. Findings are anchored at every start, so each is local.
 * Invariant: detecting [0, n) at once or piece by piece at offsets that `settled` gave yields the same findings.
 */
import { type Score, certain } from "../../domain/score.ts";
import type { Category, Detection, Finding, Reach, TextDetector, Window } from "../../domain/detector.ts";
import { assert } from "../../stdx/assert.ts";
import type { Pattern } from "./pattern.ts";

export type Matcher = {
  readonly category: Category;
  readonly pattern: Pattern;
  /**
   * How many units of the match count, from its start; 0 refuses it. Depends on the matched text alone.
   * Absent: the whole match counts.
   */
  readonly accept?: (matched: string) => number;
  /** Every match holds this text, within so many units of its start: a cheap way to skip most texts. */
  readonly needs?: { readonly literal: string; readonly within: number };
  readonly score?: Score;
};

/** `matchers` is not empty. */
export function createPatternDetector(id: string, matchers: readonly Matcher[]): TextDetector {
  assert(matchers.length > 0, "a detector looks for something");
  const reach: Reach = {
    longestSpan: Math.max(...matchers.map((m) => m.pattern.reach.longestSpan)),
    leftContext: Math.max(...matchers.map((m) => m.pattern.reach.leftContext)),
    rightContext: Math.max(...matchers.map((m) => m.pattern.reach.rightContext)),
  };
  return {
    kind: "text",
    id,
    categories: [...new Set(matchers.map((m) => m.category))],
    reach,
    settled(text, from) {
      let least = text.length;
      for (const { pattern } of matchers) {
        if (least === from) break;
        least = Math.min(least, pattern.settled(text, from));
      }
      return least;
    },
    detect(_signal, window): Detection {
      const findings: Finding[] = [];
      for (const matcher of matchers) collect(matcher, window, findings);
      return { kind: "scored", findings: findings.length < 2 ? findings : inOrder(findings) };
    },
  };
}

function collect({ category, pattern, accept, needs, score = certain }: Matcher, { text, from, to }: Window, findings: Finding[]): void {
  let at = from;
  while (at < to) {
    if (needs !== undefined) {
      const literal = text.indexOf(needs.literal, at);
      if (literal < 0) return;
      at = Math.max(at, literal - needs.within);
    }
    const match = at < to ? pattern.next(text, at) : null;
    if (match === null || match.index >= to) return;
    const length = accept === undefined ? match.matched.length : accept(match.matched);
    if (length > 0) findings.push({ category, score, span: { start: match.index, end: match.index + length } });
    at = match.index + 1;
  }
}

/** By start, then longest first; of one category only the longest at a start. */
function inOrder(findings: Finding[]): Finding[] {
  const sorted = findings.sort(
    (a, b) => startOf(a) - startOf(b) || endOf(b) - endOf(a) || (a.category < b.category ? -1 : a.category > b.category ? 1 : 0),
  );
  const kept: Finding[] = [];
  for (const finding of sorted) {
    let same = false;
    for (let i = kept.length - 1; i >= 0 && startOf(kept[i] as Finding) === startOf(finding); i--) {
      if (kept[i]?.category === finding.category) same = true;
    }
    if (!same) kept.push(finding);
  }
  return kept;
}

const startOf = (finding: Finding): number => finding.span?.start ?? 0;
const endOf = (finding: Finding): number => finding.span?.end ?? 0;
