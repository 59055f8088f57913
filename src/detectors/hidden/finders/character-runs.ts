/**
 * Finds runs of single characters that are bad where they stand. A run is one finding; of a run longer than `headMax`
 * units the first `headMax` are one, and from `innerMin` units on each character is one with its neighbour, so that the
 * findings of a run overlap and cover it without anybody counting from its beginning.
 */
import type { HiddenKind } from "../../../domain/policy.ts";
import { type Finder, type Give, isHigh, none, pointAt, pointBefore, widthOf, type Word } from "./finder.ts";
import type { Survey } from "./survey.ts";

const headMax = 64;
const innerMin = 32;
const innerMax = 3;

export type CharacterRule = {
  readonly kind: HiddenKind;
  mayFind(survey: Survey): boolean;
  /** Finds the units that a character in question may begin with. */
  readonly search: RegExp;
  /** How far it looks to both sides of a character, in units. */
  readonly left: number;
  readonly right: number;
  /** The longest character, in units; a control sequence counts as one. */
  readonly widest: number;
  /** About the character at `at`, which may be any. */
  judge(text: string, at: number, point: number, ended: boolean): Word;
  /** Units of the bad character at `at`; that of its code point without it. */
  width?(text: string, at: number, point: number): number;
};

type Run = { readonly end: number; readonly open: boolean };

export function createRunFinder(rule: CharacterRule): Finder {
  const search = new RegExp(rule.search);

  const judge = (text: string, at: number, ended: boolean): Word => {
    const unit = text.charCodeAt(at);
    // Half a character that may become one of ours.
    if (isHigh(unit) && at + 1 === text.length && !ended) return "open";
    return rule.judge(text, at, pointAt(text, at), ended);
  };
  const width = (text: string, at: number): number => {
    const point = pointAt(text, at);
    return rule.width?.(text, at, point) ?? widthOf(point);
  };

  /** How many units of bad characters end at `at`, up to `innerMin`. */
  const before = (text: string, at: number, ended: boolean): number => {
    let start = at;
    while (start > 0 && at - start < innerMin) {
      const previous = start - widthOf(pointBefore(text, start));
      if (judge(text, previous, ended) !== "bad") break;
      start = previous;
    }
    return at - start;
  };

  /** From the bad character at `at` on, up to `max` units, but whole characters. */
  const run = (text: string, at: number, max: number, ended: boolean): Run => {
    let end = at + width(text, at);
    while (end < text.length && end - at < max) {
      const word = judge(text, end, ended);
      if (word !== "bad") return { end, open: word === "open" };
      end += width(text, end);
    }
    return { end, open: !ended && end - at < max };
  };

  const find = (text: string, from: number, to: number, ended: boolean, give: Give): void => {
    let last = none;
    let behindLast = 0;
    search.lastIndex = from;
    for (let match = search.exec(text); match !== null && match.index < to; match = search.exec(text)) {
      const at = match.index;
      if (judge(text, at, ended) !== "bad") continue;
      const behind = at === last ? behindLast : before(text, at, ended);
      const own = widthOf(pointAt(text, at));
      last = at + own;
      behindLast = Math.min(innerMin, behind + own);
      if (behind === 0) give(at, run(text, at, headMax, ended).end);
      else if (behind >= innerMin) give(at, run(text, at, innerMax, ended).end);
    }
  };

  const settled = (text: string, from: number): number => {
    const zone = headMax + rule.widest + rule.right;
    search.lastIndex = Math.max(from, text.length - zone);
    for (let match = search.exec(text); match !== null; match = search.exec(text)) {
      const word = judge(text, match.index, false);
      if (word === "open") return match.index;
      if (word === "bad" && run(text, match.index, headMax, false).open) return match.index;
    }
    return text.length;
  };

  return {
    kind: rule.kind,
    leftContext: innerMin + rule.left + 2,
    longestSpan: headMax + rule.widest,
    rightContext: rule.right,
    mayFind: rule.mayFind,
    find,
    settled,
  };
}
