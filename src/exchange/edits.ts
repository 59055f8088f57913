/** Edits of pieces as edits of the body that holds them: only the literals that must change do. */
import { applyEdits, dropValue, type Edit, planEdits, replaceText } from "../content/json/splice.ts";
import type { Extraction, Piece } from "../domain/dialect.ts";
import { editedText, type PieceEdit } from "./tracks.ts";

/** The body with all edits made. Values that repeat an edited lane, or that cannot be masked in part, become null. */
export function editBody(
  body: string,
  extraction: Extraction,
  edits: ReadonlyMap<Piece, readonly PieceEdit[]>,
): string {
  const changes: Edit[] = [];
  const masked = new Set<string>();
  for (const [piece, pieceEdits] of edits) {
    if (piece.lane !== null) masked.add(piece.lane);
    if (piece.mask.kind === "drop") changes.push(dropValue(piece.mask.whole));
    else changes.push(replaceText(piece, editedText(piece.text, pieceEdits)));
  }
  for (const { lanes, whole } of extraction.repeats) {
    if ([...masked].some((lane) => lane.startsWith(lanes))) changes.push(dropValue(whole));
  }
  return applyEdits(body, planEdits(changes));
}
