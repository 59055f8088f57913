/**
 * Counts depth and values of a JSON text in one loop, before any parser sees it, so that no input can exhaust a
 * recursive parser or the heap. Exact for valid JSON; for other text it ends too and its figures are estimates.
 */
import { err, ok, type Result } from "../../stdx/result.ts";

export type JsonLimits = {
  /** Lists and objects that are open at one place. */
  readonly maxDepth: number;
  /**
   * Strings, numbers, literals, lists and objects. Keys are not counted, and of a list of short numbers only (an
   * embedding) just the first.
   */
  readonly maxValues: number;
};

export const defaultJsonLimits: JsonLimits = { maxDepth: 128, maxValues: 200_000 };

const opensList = 0x5b;
const opensObject = 0x7b;
const closesList = 0x5d;
const closesObject = 0x7d;
const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const minus = 0x2d;
const point = 0x2e;

/** How many lists and objects are open at one place at the most. */
export function measureJson(text: string, limits: JsonLimits): Result<number, "too-deep" | "too-many-values"> {
  let depth = 0;
  let deepest = 0;
  let values = 1;
  // A list or object counts one value for its content until it proves empty.
  let justOpened = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20) continue;
    const empty = justOpened;
    justOpened = false;
    if (code === opensList || code === opensObject) {
      depth += 1;
      if (depth > deepest) deepest = depth;
      if (depth > limits.maxDepth) return err("too-deep");
      values += 1;
      justOpened = true;
      const end = code === opensList ? numbersOnly(text, at) : -1;
      if (end === -1) continue;
      justOpened = false;
      at = end - 1;
    } else if (code === closesList || code === closesObject) {
      depth -= 1;
      if (empty) values -= 1;
    } else if (code === comma) {
      values += 1;
    } else if (code === quote) {
      at = endOfString(text, at);
    }
    if (values > limits.maxValues) return err("too-many-values");
  }
  return values > limits.maxValues ? err("too-many-values") : ok(deepest);
}

/** A whole number of so many digits can be a card or an account. */
export const longIntegerDigits = 9;

/**
 * Where the list that opens at `at` closes, if it holds two numbers or more and nothing else; else -1. Also -1 where one
 * of them may be a long whole number.
 */
export function numbersOnly(text: string, at: number): number {
  let commas = 0;
  /** Of the number under way, before its point. */
  let whole = 0;
  let end = at + 1;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code >= 0x30 && code <= 0x39) {
      whole += 1;
      if (whole === longIntegerDigits) return -1;
    } else if (code === comma) {
      commas += 1;
      whole = 0;
    } else if (code === point) {
      whole = Number.NEGATIVE_INFINITY;
    } else if ((code | 0x20) === 0x65) {
      if (text.charCodeAt(end + 1) !== minus) return -1; // 4.111e15 is a whole number too
      whole = Number.NEGATIVE_INFINITY;
    } else if (code !== minus && !isSpace(code)) break;
  }
  return commas > 0 && text.charCodeAt(end) === closesList ? end : -1;
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;

/** The offset of the quote that closes the string opened at `opening`, or the text's length. */
export function endOfString(text: string, opening: number): number {
  let at = opening;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at === -1) return text.length;
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === backslash) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
}
