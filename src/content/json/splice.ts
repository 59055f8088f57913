/**
 * Edits -> a body. Invariant: everything outside the edited ranges stays as it was, unit for unit.
 * Does not know what a range holds: whoever makes an edit keeps the body valid.
 */
import type { Edit, Piece } from "../../domain/dialect.ts";
import type { Span } from "../../domain/segment.ts";
import { assert } from "../../stdx/assert.ts";

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
export function planEdits<E extends Pick<Edit, "range">>(edits: readonly E[]): readonly E[] {
  const sorted = edits.toSorted((a, b) => a.range.start - b.range.start || b.range.end - a.range.end);
  const kept: E[] = [];
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
  return { range: piece.literal, text: piece.writing === "raw" ? text : JSON.stringify(text) };
}

/** The edit that takes a JSON value away. */
export const dropValue = (whole: Span): Edit => ({ range: whole, text: "null" });
