/**
 * Overlapping windows over all tokens of a text: each token stands in at least one, the first window begins at the first and
 * the last ends at the last. What lies beyond the named cap is left out openly: the answer says how far it got.
 */
import type { Tokens } from "./tokenizer.ts";

export type WindowShape = {
  /** Tokens of text in a window, special tokens not counted; at least 1. */
  readonly size: number;
  /** From the beginning of one window to that of the next; at most `size`. */
  readonly stride: number;
  /** Windows of one text at most. */
  readonly most: number;
};

/** [from, to) in tokens. */
export type TokenWindow = { readonly from: number; readonly to: number };

export type Windows = {
  readonly windows: readonly TokenWindow[];
  /** Tokens that stand in a window: all, or as many as the cap lets. */
  readonly covered: number;
};

/** Of a text without tokens there is no window. */
export function windowsOf(tokens: number, { size, stride, most }: WindowShape): Windows {
  const windows: TokenWindow[] = [];
  let covered = 0;
  for (let from = 0; covered < tokens && windows.length < most; from += stride) {
    covered = Math.min(tokens, from + size);
    // The last window is moved back to be full: a tail of a few words judged alone reads like another text.
    windows.push({ from: covered === tokens ? Math.max(0, tokens - size) : from, to: covered });
  }
  return { windows, covered };
}

/** The UTF-16 code units before which everything stands in tokens before `token`; the text's end where that is all. */
export function unitsCovered(tokens: Tokens, token: number, text: string): number {
  return token >= tokens.ids.length ? text.length : (tokens.starts[token] as number);
}

/** The share of the characters in tokens that are unknown, 0 to 1. */
export function unknownShare({ starts, ends, unknown }: Tokens): number {
  let all = 0;
  let missed = 0;
  for (let at = 0; at < starts.length; at += 1) {
    const units = (ends[at] as number) - (starts[at] as number);
    all += units;
    if (unknown[at] === 1) missed += units;
  }
  return all === 0 ? 0 : missed / all;
}
