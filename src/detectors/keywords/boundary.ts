/** Where a word ends: next to anything but a letter, a number, a mark on one, or an underscore. Unicode-aware. */
import { codePointAt } from "../../stdx/code-points.ts";

const wordLike = /[\p{L}\p{N}\p{M}_]/u;
const asciiWord = /[A-Za-z0-9_]/;

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** A code point takes at most two units. */
export const boundaryUnits = 2;

/** Whether no word goes on to the left of `at`. */
export function boundaryBefore(text: string, at: number): boolean {
  if (at === 0) return true;
  const unit = text.charCodeAt(at - 1);
  const pair = isLow(unit) && at > 1 && isHigh(text.charCodeAt(at - 2));
  return !isWordLike(text, pair ? at - 2 : at - 1, unit);
}

/** Whether no word goes on to the right of `at`. The end of the text is a boundary. */
export function boundaryAfter(text: string, at: number): boolean {
  return at >= text.length || !isWordLike(text, at, text.charCodeAt(at));
}

/** Whether more text could change what `boundaryAfter` says. */
export function openAfter(text: string, at: number): boolean {
  return at >= text.length || (at === text.length - 1 && isHigh(text.charCodeAt(at)));
}

function isWordLike(text: string, at: number, unit: number): boolean {
  if (unit < 128) return asciiWord.test(String.fromCharCode(unit));
  return wordLike.test(String.fromCodePoint(codePointAt(text, at) as number));
}
