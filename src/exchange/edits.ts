/** Edits of pieces as edits of the body that holds them: only the literals that must change do. */
import { applyEdits, dropValue, type Edit, planEdits, replaceLongText } from "../content/json/splice.ts";
import type { Extraction, Piece } from "../domain/dialect.ts";
import type { Steps } from "../stdx/paced.ts";

/** A replacement inside a piece's decoded text, in its UTF-16 code units. */
export type PieceEdit = { readonly start: number; readonly end: number; readonly text: string };

/** So many edits, or pieces, are made at once. */
const stepEdits = 1_024;

/** The body with all edits made. Values that repeat an edited lane, or that cannot be masked in part, become null. */
export function* editBody(
  body: string,
  extraction: Extraction,
  edits: ReadonlyMap<Piece, readonly PieceEdit[]>,
): Steps<string> {
  const changes: Edit[] = [];
  const masked: string[] = [];
  for (const [piece, pieceEdits] of edits) {
    if (changes.length % stepEdits === stepEdits - 1) yield;
    if (piece.lane !== null) masked.push(piece.lane);
    if (piece.mask.kind === "drop") changes.push(dropValue(piece.mask.whole));
    else changes.push(yield* replaceLongText(piece, yield* editText(piece.text, pieceEdits)));
  }
  masked.sort();
  for (const { lanes, whole } of extraction.repeats) {
    if (someBeginsWith(masked, lanes)) changes.push(dropValue(whole));
  }
  return applyEdits(body, planEdits(changes));
}

/** The piece's text with its edits made. Edits come in order and do not overlap. */
export function* editText(text: string, edits: readonly PieceEdit[]): Steps<string> {
  const out: string[] = [];
  let parts: string[] = [];
  let at = 0;
  for (const edit of edits) {
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
    if (parts.length < 2 * stepEdits) continue;
    out.push(parts.join(""));
    parts = [];
    yield;
  }
  return out.join("") + parts.join("") + text.slice(at);
}

function someBeginsWith(sorted: readonly string[], start: string): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) < start) low = middle + 1;
    else high = middle;
  }
  return sorted[low]?.startsWith(start) ?? false;
}
