/** A text as an automaton reads it: character by character, a pair of surrogates being one. */
import { codePointAt } from "../../stdx/code-points.ts";
import type { Budget } from "./automaton.ts";
import { type CharacterKind, type Classes, lineKind } from "./classes.ts";

export type Reading = {
  readonly text: string;
  readonly classes: Classes;
  /** The most UTF-16 code units of a match. */
  readonly longest: number;
  readonly budget: Budget;
};

export const isHigh = (unit: number): boolean => (unit & 0xfc00) === 0xd800;
const isLow = (unit: number): boolean => (unit & 0xfc00) === 0xdc00;

export function isPair(text: string, at: number): boolean {
  return isHigh(text.charCodeAt(at)) && at + 1 < text.length && isLow(text.charCodeAt(at + 1));
}

/** Whether the unit before `at` and the one there are one character. */
export function splitsPair(text: string, at: number): boolean {
  return at > 0 && isPair(text, at - 1);
}

/** The class of the character at `at`; that of the end of the text where there is none. */
export function classAt({ text, classes }: Reading, at: number): number {
  if (at >= text.length) return classes.count;
  return isPair(text, at)
    ? classes.ofAstral(codePointAt(text, at) as number)
    : (classes.ofUnit[text.charCodeAt(at)] as number);
}

/** Characters above U+FFFF are neither of a word nor line feeds, as is each of their halves. */
export function kindBefore({ text, classes }: Reading, at: number): CharacterKind {
  if (at === 0) return lineKind;
  return classes.kinds[classes.ofUnit[text.charCodeAt(at - 1)] as number] as CharacterKind;
}

/** The text without a first half of a pair at its end: nobody knows yet what it becomes. */
export function withoutHalf(text: string): string {
  return isHigh(text.charCodeAt(text.length - 1)) ? text.slice(0, -1) : text;
}
