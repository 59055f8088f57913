/**
 * Edits of pieces as edits of the body that holds them: only the literals that must change do. A body may be long and its
 * edits many, so it is put together in chunks: of about the same length, none of which ends within a character.
 */
import { planEdits, writings } from "../content/json/splice.ts";
import type { Extraction, Piece } from "../domain/dialect.ts";
import type { Span } from "../domain/segment.ts";
import type { Steps } from "../stdx/paced.ts";

/** A replacement inside a piece's decoded text, in its UTF-16 code units. */
export type PieceEdit = { readonly start: number; readonly end: number; readonly text: string };

type Change = { readonly range: Span; readonly chunks: readonly string[] };

/** In UTF-16 code units. */
const chunkUnits = 32_768;
/** So many parts, or pieces, are put together at once. */
const stepParts = 1_024;

const dropped: readonly string[] = ["null"];

/**
 * The body with all edits made. Values that repeat an edited lane, or that cannot be masked in part, become null. `earlier`: an
 * event before this one was edited.
 */
export function* editBody(
  body: string,
  extraction: Extraction,
  edits: ReadonlyMap<Piece, readonly PieceEdit[]>,
  earlier = false,
): Steps<readonly string[]> {
  const changes: Change[] = [];
  const masked: string[] = [];
  for (const [piece, pieceEdits] of edits) {
    if (changes.length % stepParts === stepParts - 1) yield;
    masked.push(piece.lane ?? ""); // where all lanes are repeated, so is a text that has none
    if (piece.mask.kind === "drop") changes.push({ range: piece.mask.whole, chunks: dropped });
    else changes.push({ range: piece.literal, chunks: yield* written(piece, pieceEdits) });
  }
  masked.sort();
  for (const { lanes, whole, gone, recalls } of extraction.repeats) {
    if ((earlier && recalls === true) || someBeginsWith(masked, lanes))
      changes.push({ range: whole, chunks: gone === true ? [] : dropped });
  }
  return yield* chunksOf(spliced(body, planEdits(changes)));
}

/** The piece's text with its edits made. Edits come in order and do not overlap. */
export const editText = (text: string, edits: readonly PieceEdit[]): Steps<readonly string[]> =>
  chunksOf(edited(text, edits));

/** As it stands in the body. */
function* written(piece: Piece, edits: readonly PieceEdit[]): Steps<readonly string[]> {
  const chunks = yield* editText(piece.text, edits);
  if (piece.writing === "raw") return chunks;
  const { of, around } = writings[piece.writing];
  const out: string[] = [];
  for (const chunk of chunks) {
    out.push(of(chunk));
    if (chunks.length > 1) yield;
  }
  return [around, ...out, around];
}

function* edited(text: string, edits: readonly PieceEdit[]): Generator<string> {
  let at = 0;
  for (const edit of edits) {
    yield text.slice(at, edit.start);
    yield edit.text;
    at = edit.end;
  }
  yield text.slice(at);
}

function* spliced(body: string, changes: readonly Change[]): Generator<string> {
  let at = 0;
  for (const { range, chunks } of changes) {
    yield body.slice(at, range.start);
    yield* chunks;
    at = range.end;
  }
  yield body.slice(at);
}

/** Joins short parts and cuts long ones. */
function* chunksOf(parts: Iterable<string>): Steps<readonly string[]> {
  const chunks: string[] = [];
  let waiting: string[] = [];
  let units = 0;
  let seen = 0;
  const flush = (isLast: boolean): void => {
    const text = waiting.join("");
    const isCut = !isLast && (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800;
    const end = isCut ? text.length - 1 : text.length;
    if (end > 0) chunks.push(end === text.length ? text : text.slice(0, end));
    waiting = isCut ? [text.slice(end)] : [];
    units = isCut ? 1 : 0;
  };
  for (const part of parts) {
    seen += 1;
    if (seen % stepParts === 0) yield; // many may be empty
    for (let from = 0; from < part.length; from += chunkUnits) {
      const slice = part.length <= chunkUnits ? part : part.slice(from, from + chunkUnits);
      waiting.push(slice);
      units += slice.length;
      if (units < chunkUnits) continue;
      flush(false);
      yield;
    }
  }
  flush(true);
  return chunks;
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
