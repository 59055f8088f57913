/**
 * Overlapping windows over all tokens of a text: each token stands in at least one, the first window begins at the first and
 * the last ends at the last. What lies beyond the named cap is left out openly: the answer says how far it got.
 */
import type { Tokens } from "./tokens.ts";

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

/** Visible UTF-16 code units of a part of a text, and how many of them the model does not see. */
export type Sight = { readonly units: number; readonly unseen: number };

/**
 * What a model does not see of a window's text: what became an unknown token, and what stands in no token at all, as where a
 * tokenizer drops the characters it has no entry for. White space and marks in no token hide nothing.
 */
export function sightOf(tokens: Tokens, { from, to }: TokenWindow, text: string): Sight {
  const { starts, ends, unknown } = tokens;
  let reached = from === 0 ? 0 : (starts[from] as number);
  let missed = reached;
  let units = 0;
  let unseen = 0;
  for (let at = from; at <= to; at += 1) {
    const begin = at === to ? unitsCovered(tokens, to, text) : (starts[at] as number);
    const skipped = visibleUnits(text, reached, begin);
    const end = Math.max(reached, begin, at === to ? 0 : (ends[at] as number));
    units += skipped + end - Math.max(reached, begin);
    unseen += skipped;
    if (at < to && unknown[at] === 1) {
      // Also where another token has the same place, as the mark that stands before a word has that of its first character.
      const last = ends[at] as number;
      unseen += Math.max(0, last - Math.max(missed, begin));
      missed = Math.max(missed, last);
    }
    reached = end;
  }
  return { units, unseen };
}

/** Of windows, or of a text without any, the largest share that is not seen, 0 to 1: a short part must not hide in a long text. */
export function unseenShare(tokens: Tokens, windows: readonly TokenWindow[], text: string): number {
  const parts = windows.length === 0 ? [{ from: 0, to: 0 }] : windows;
  return parts.reduce((most, window) => {
    const { units, unseen } = sightOf(tokens, window, text);
    return units === 0 ? most : Math.max(most, unseen / units);
  }, 0);
}

function visibleUnits(text: string, from: number, to: number): number {
  if (from >= to || (to - from === 1 && text.charCodeAt(from) === 0x20)) return 0;
  return text.slice(from, to).replaceAll(/[\s\p{M}]/gu, "").length;
}
