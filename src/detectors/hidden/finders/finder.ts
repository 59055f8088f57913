/**
 * What finds one kind of hidden text, and what finders share: characters around a place, and runs of characters.
 *
 * Invariant of every finder: whether a place is found depends on at most `leftContext` units before it and, with the
 * span itself, on `right` units from it on. So it is the same however a text comes.
 */
import type { HiddenKind } from "../../../domain/policy.ts";
import { codePointAt } from "../../../stdx/code-points.ts";
import type { Ranges } from "../characters/folds.ts";
import type { Survey } from "./survey.ts";

export type Give = (start: number, end: number) => void;

export type Finder = {
  readonly kind: HiddenKind;
  /** In UTF-16 code units, as all offsets. */
  readonly leftContext: number;
  readonly longestSpan: number;
  /** Units behind the end of a span that it may depend on. */
  readonly rightContext: number;
  /** False where a text of which this is known holds none. */
  mayFind(survey: Survey): boolean;
  /** Gives the findings that start in [from, to), in order. */
  find(text: string, from: number, to: number, ended: boolean, give: Give): void;
  /** The first offset at [from, text.length] at which something may begin that later text decides. */
  settled(text: string, from: number): number;
};

/** `open`: what follows decides. */
export type Word = "fine" | "bad" | "open";

/** No character: the text begins or ends there. */
export const none = -1;

/** The code point that ends before `at`; `none` at the beginning. */
export function pointBefore(text: string, at: number): number {
  if (at <= 0) return none;
  const low = text.charCodeAt(at - 1);
  if (low < 0xdc00 || low > 0xdfff || at < 2) return low;
  const high = text.charCodeAt(at - 2);
  return isHigh(high) ? (codePointAt(text, at - 2) as number) : low;
}

/** The code point that begins at `at`; `none` at the end. */
export function pointAt(text: string, at: number): number {
  return codePointAt(text, at) ?? none;
}

export const widthOf = (point: number): number => (point > 0xffff ? 2 : 1);

export const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;

/** A test of one code point by its Unicode properties. */
export function inClass(pattern: string): (point: number) => boolean {
  const expression = new RegExp(`^[${pattern}]$`, "u");
  return (point) => point >= 0 && (point < 0xd800 || point > 0xdfff) && expression.test(String.fromCodePoint(point));
}

/** A search for the UTF-16 units that begin a character of these ranges; `repeat` follows the class. */
export function unitSearch(ranges: Ranges, repeat = ""): RegExp {
  const parts = ranges.map(([first, last]) => {
    const [low, high] = [first, last].map((point) => String.fromCodePoint(point).charCodeAt(0).toString(16));
    return `\\u${low?.padStart(4, "0")}-\\u${high?.padStart(4, "0")}`;
  });
  return new RegExp(`[${parts.join("")}]${repeat}`, "g");
}
