/**
 * Most events of a stream differ from the one before in a single text. Such an event is told by comparing characters,
 * which costs far less than parsing it.
 *
 * Invariant: what `read` gives is what reading the event in full would give. So it takes only events with one piece whose
 * text nothing else in them depends on, and only texts that stand in JSON as they are.
 */
import type { Extraction, Piece } from "../../domain/dialect.ts";

type Shape = {
  /** Of the event. */
  readonly name: string;
  /** Up to the quote that opens the text, and from the quote that closes it. */
  readonly before: string;
  readonly after: string;
  readonly extraction: Extraction;
  readonly piece: Piece;
};

/** What cannot stand in a JSON string as it is: a quote, a backslash, a control character below U+0020. */
const written = /["\\]|[^\P{Cc}\u007f-\u009f]/u;

export class SameShape {
  #shape: Shape | null = null;

  /** The extraction of an event that differs from the last one remembered in its text alone; else `null`. */
  read(name: string, data: string): Extraction | null {
    const shape = this.#shape;
    if (shape === null || shape.name !== name) return null;
    const { before, after } = shape;
    if (data.length < before.length + after.length || !data.startsWith(before) || !data.endsWith(after)) return null;
    const text = data.slice(before.length, data.length - after.length);
    if (written.test(text)) return null;
    const literal = { start: before.length - 1, end: before.length + text.length + 1 };
    return { ...shape.extraction, pieces: [{ ...shape.piece, text, literal }] };
  }

  /** Remembers an event that was read in full, in place of the one before. */
  note(name: string, data: string, extraction: Extraction): void {
    const piece = onlyPiece(extraction);
    this.#shape = null;
    if (piece === null) return;
    const { start, end } = piece.literal;
    this.#shape = { name, before: data.slice(0, start + 1), after: data.slice(end - 1), extraction, piece };
  }
}

/** Texts that no spec names may be a role or a name that other parts of the event are read by. */
function onlyPiece({ pieces, repeats, unjudged }: Extraction): Piece | null {
  const [piece] = pieces;
  if (piece === undefined || pieces.length > 1 || repeats.length > 0 || Object.keys(unjudged).length > 0) return null;
  const isNamed = piece.lane !== null && piece.location.place !== "other";
  return isNamed && piece.writing === "json-string" && piece.mask.kind !== "drop" ? piece : null;
}
