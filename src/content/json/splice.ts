/**
 * Edits -> a body. Invariant: everything outside the edited ranges stays as it was, unit for unit.
 * Does not know what a range holds: whoever makes an edit keeps the body valid.
 */
import type { Edit, Piece, Writing } from "../../domain/dialect.ts";
import type { Span } from "../../domain/segment.ts";
import { assert } from "../../stdx/assert.ts";
import { written, writtenQuoted } from "../multipart/bytes.ts";

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

/** `of`: how a text, or a part of one that ends within no character, stands in the body; `around`: what stands around the whole. */
export const writings = {
  "json-string": { of: (text: string) => JSON.stringify(text).slice(1, -1), around: '"' },
  raw: { of: (text: string) => text, around: "" },
  bytes: { of: written, around: "" },
  "quoted-bytes": { of: writtenQuoted, around: '"' },
} as const satisfies Record<Writing, { readonly of: (text: string) => string; readonly around: string }>;

/** The edit that makes a piece read `text`. */
export function replaceText({ literal, writing }: Pick<Piece, "literal" | "writing">, text: string): Edit {
  const { of, around } = writings[writing];
  return { range: literal, text: around + of(text) + around };
}

/** The edit that takes a JSON value away. */
export const dropValue = (whole: Span): Edit => ({ range: whole, text: "null" });
