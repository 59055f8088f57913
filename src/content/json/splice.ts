/**
 * Edits -> a body. Invariant: everything outside the edited ranges stays as it was, unit for unit.
 * Does not know what a range holds: whoever makes an edit keeps the body valid.
 */
import type { Piece } from "../../domain/dialect.ts";
import type { Span } from "../../domain/segment.ts";
import { assert } from "../../stdx/assert.ts";
import { runAtOnce, type Steps } from "../../stdx/paced.ts";

/** `text` takes the place of `range` (UTF-16 code units of the body). */
export type Edit = { readonly range: Span; readonly text: string };

/** Edits must be sorted and must not overlap (`planEdits` sees to it); throws InvariantError otherwise. */
export function applyEdits(body: string, edits: readonly Edit[]): string {
  const out: string[] = [];
  let at = 0;
  for (const { range, text } of edits) {
    assert(
      range.start >= at && range.end >= range.start && range.end <= body.length,
      "edits are sorted and inside the body",
    );
    out.push(body.slice(at, range.start), text);
    at = range.end;
  }
  return edits.length === 0 ? body : out.join("") + body.slice(at);
}

/** Sorts edits and leaves out those inside a wider one (text in a value that is dropped whole) and repeated ones. */
export function planEdits(edits: readonly Edit[]): readonly Edit[] {
  const sorted = edits.toSorted((a, b) => a.range.start - b.range.start || b.range.end - a.range.end);
  const kept: Edit[] = [];
  let end = -1;
  for (const edit of sorted) {
    if (edit.range.end <= end) continue;
    assert(edit.range.start >= end, "edits nest or are apart");
    kept.push(edit);
    end = edit.range.end;
  }
  return kept;
}

/** The edit that makes a piece read `text`. */
export function replaceText(piece: Pick<Piece, "literal" | "writing">, text: string): Edit {
  return runAtOnce(replaceLongText(piece, text));
}

/** So much is written at once, in UTF-16 code units. */
const writtenUnits = 65_536;

/** The same in steps. */
export function* replaceLongText(piece: Pick<Piece, "literal" | "writing">, text: string): Steps<Edit> {
  if (piece.writing === "raw") return { range: piece.literal, text };
  if (text.length <= writtenUnits) return { range: piece.literal, text: JSON.stringify(text) };
  const out: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = at + writtenUnits;
    if ((text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end += 1; // halves of a character are not written alone
    out.push(JSON.stringify(text.slice(at, end)).slice(1, -1));
    at = end;
    yield;
  }
  return { range: piece.literal, text: `"${out.join("")}"` };
}

/** The edit that takes a JSON value away. */
export const dropValue = (whole: Span): Edit => ({ range: whole, text: "null" });
