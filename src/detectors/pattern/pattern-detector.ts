/**
 * Joins patterns and their validators into one text detector. Findings are anchored at every start, so each is local.
 * Invariant: detecting [0, n) at once or piece by piece at offsets that `settled` gave yields the same findings.
 */
import type { Category, Detection, Finding, Reach, TextDetector, Window } from "../../domain/detector.ts";
import { certain, type Score } from "../../domain/score.ts";
import { assert } from "../../stdx/assert.ts";
import { firstUnitTable } from "./first-unit.ts";
import type { Pattern } from "./pattern.ts";

/** The next offset >= from at which a match may start, or -1. May name too many, never too few. */
export type Starts = (text: string, from: number) => number;

export type Matcher = {
  readonly category: Category;
  readonly pattern: Pattern;
  /**
   * How many units of the match count, from its start; 0 refuses it. Depends on the matched text alone.
   * Absent: the whole match counts.
   */
  readonly accept?: (matched: string) => number;
  /** A cheaper way to the starts than the expression's own search. Made anew for each window, so it may remember. */
  readonly starts?: () => Starts;
  readonly score?: Score;
};

/** Windows shorter than this are looked at unit by unit; longer ones searched. Same findings, other cost. */
const searchedWindowUnits = 32;
/** A search runs past the window to the end of the text: done only where no more than this is behind it. */
const overrunUnits = 64;

/** `matchers` is not empty. */
export function createPatternDetector(id: string, matchers: readonly Matcher[]): TextDetector {
  assert(matchers.length > 0, "a detector looks for something");
  const patterns = matchers.map(({ pattern }) => pattern);
  const reach: Reach = {
    longestSpan: Math.max(...patterns.map((pattern) => pattern.reach.longestSpan)),
    leftContext: Math.max(...patterns.map((pattern) => pattern.reach.leftContext)),
    rightContext: Math.max(...patterns.map((pattern) => pattern.reach.rightContext)),
  };
  const mayStart = firstUnitTable(patterns.map((pattern) => pattern.firstUnit));
  const searched = matchers.filter(({ starts }) => starts === undefined);
  const unitwise = bitsWhere(matchers, ({ starts }) => starts === undefined);

  return {
    kind: "text",
    id,
    categories: [...new Set(matchers.map(({ category }) => category))],
    reach,

    settled(text, from) {
      for (let at = Math.max(from, text.length - reach.longestSpan); at < text.length; at++) {
        for (let bits = mayStart[text.charCodeAt(at)] as number; bits !== 0; bits &= bits - 1) {
          if ((patterns[lowestBit(bits)] as Pattern).isOpenAt(text, at)) return at;
        }
      }
      return text.length;
    },

    detect(_signal, window): Detection {
      const findings: Finding[] = [];
      const { text, from, to } = window;
      for (const matcher of matchers)
        if (matcher.starts !== undefined) fromStarts(matcher, matcher.starts(), window, findings);
      if (to - from >= searchedWindowUnits && text.length - to <= overrunUnits) {
        for (const matcher of searched) fromSearch(matcher, window, findings);
      } else {
        for (let at = from; at < to; at++) {
          for (let bits = (mayStart[text.charCodeAt(at)] as number) & unitwise; bits !== 0; bits &= bits - 1) {
            const matcher = matchers[lowestBit(bits)] as Matcher;
            add(matcher, at, matcher.pattern.matchAt(text, at), findings);
          }
        }
      }
      return { kind: "scored", findings: findings.length < 2 ? findings : inOrder(findings) };
    },
  };
}

function fromStarts(matcher: Matcher, starts: Starts, { text, from, to }: Window, findings: Finding[]): void {
  for (let at = starts(text, from); at >= 0 && at < to; at = starts(text, at + 1)) {
    add(matcher, at, matcher.pattern.matchAt(text, at), findings);
  }
}

function fromSearch(matcher: Matcher, { text, from, to }: Window, findings: Finding[]): void {
  for (
    let found = matcher.pattern.next(text, from);
    found !== null && found.index < to;
    found = matcher.pattern.next(text, found.index + 1)
  ) {
    add(matcher, found.index, found.matched, findings);
  }
}

function add(
  { category, accept, score = certain }: Matcher,
  start: number,
  matched: string | null,
  findings: Finding[],
): void {
  if (matched === null) return;
  const length = accept === undefined ? matched.length : accept(matched);
  if (length > 0) findings.push({ category, score, span: { start, end: start + length } });
}

/** By start, then longest first; of one category only the longest at a start. */
function inOrder(findings: Finding[]): Finding[] {
  findings.sort(
    (a, b) =>
      startOf(a) - startOf(b) ||
      endOf(b) - endOf(a) ||
      (a.category < b.category ? -1 : a.category > b.category ? 1 : 0),
  );
  const kept: Finding[] = [];
  let group = 0;
  for (const finding of findings) {
    if (startOf(finding) !== startOf(kept[group] ?? finding)) group = kept.length;
    if (!kept.slice(group).some(({ category }) => category === finding.category)) kept.push(finding);
  }
  return kept;
}

function bitsWhere(matchers: readonly Matcher[], holds: (matcher: Matcher) => boolean): number {
  return matchers.reduce((bits, matcher, n) => (holds(matcher) ? bits | (1 << n) : bits), 0);
}

const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);
const startOf = (finding: Finding): number => finding.span?.start ?? 0;
const endOf = (finding: Finding): number => finding.span?.end ?? 0;
