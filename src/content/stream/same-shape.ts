/**
 * Most events of a stream differ from the one before in a single text. Such an event is told by comparing characters,
 * which costs far less than parsing it.
 *
 * Invariant: what `read` gives is what reading the event in full would give. So it takes only events with one piece whose
 * text nothing else in them depends on, and only texts that stand in JSON as they are.
 */
import type { Extraction, Piece } from "../../domain/dialect.ts";

/** A part of an event: the same in all, or one that may differ. */
type Part =
  | { readonly kind: "same"; readonly text: string }
  /** The text that the piece is of, without its quotes. */
  | { readonly kind: "text" }
  /** A short number, or a token with its quotes, that means nothing. */
  | { readonly kind: "number" | "token" };

type Shape = {
  /** Of the event. */
  readonly name: string;
  readonly parts: readonly Part[];
  readonly extraction: Extraction;
  readonly piece: Piece;
};

/** What cannot stand in a JSON string as it is: a quote, a backslash, a control character below U+0020. */
const written = /["\\]|[^\P{Cc}\u007f-\u009f]/u;
/** No piece is made of a number of so few digits. */
const shortNumber = /\d{1,9}(?![\d.eE])/y;
const token = /"[A-Za-z0-9]{0,128}"/y;

export class SameShape {
  readonly #loose: RegExp | null;
  #shape: Shape | null = null;

  /** `loose`: names of members whose numbers or tokens change from event to event and mean nothing. */
  constructor(loose: readonly string[] = []) {
    const keys = loose.map((key) => key.replaceAll(/[^\w-]/g, ""));
    this.#loose =
      keys.length === 0
        ? null
        : new RegExp(`[{,]"(?:${keys.join("|")})":(?:\\d{1,9}(?![\\d.eE])|"[A-Za-z0-9]{0,128}")`, "g");
  }

  /** The extraction of an event that differs from the last one remembered in its text (and in what is loose) alone; else `null`. */
  read(name: string, data: string): Extraction | null {
    const shape = this.#shape;
    if (shape === null || shape.name !== name) return null;
    let at = 0;
    let start = 0;
    let text = "";
    for (const part of shape.parts) {
      if (part.kind === "same") {
        if (!data.startsWith(part.text, at)) return null;
        at += part.text.length;
      } else if (part.kind === "text") {
        start = at;
        at = data.indexOf('"', at);
        if (at === -1) return null;
        text = data.slice(start, at);
      } else {
        const form = part.kind === "number" ? shortNumber : token;
        form.lastIndex = at;
        if (!form.test(data)) return null;
        at = form.lastIndex;
      }
    }
    if (at !== data.length || written.test(text)) return null;
    const literal = { start: start - 1, end: start + text.length + 1 };
    return { ...shape.extraction, pieces: [{ ...shape.piece, text, literal }] };
  }

  /** Remembers an event that was read in full, in place of the one before. */
  note(name: string, data: string, extraction: Extraction): void {
    const piece = onlyPiece(extraction);
    this.#shape = piece === null ? null : { name, parts: this.#partsOf(data, piece), extraction, piece };
  }

  /** A quote that is not escaped ends a string, so that what looks like a member outside the text is one. */
  #partsOf(data: string, { literal }: Piece): readonly Part[] {
    const holes: { readonly start: number; readonly end: number; readonly kind: "text" | "number" | "token" }[] = [
      { start: literal.start + 1, end: literal.end - 1, kind: "text" },
    ];
    for (const match of this.#loose === null ? [] : data.matchAll(this.#loose)) {
      const end = match.index + match[0].length;
      const start = match.index + match[0].indexOf('":') + 2;
      const isInside = match.index < literal.end && end > literal.start;
      if (!isInside) holes.push({ start, end, kind: data[start] === '"' ? "token" : "number" });
    }
    const parts: Part[] = [];
    let at = 0;
    for (const { start, end, kind } of holes.toSorted((a, b) => a.start - b.start)) {
      parts.push({ kind: "same", text: data.slice(at, start) }, { kind });
      at = end;
    }
    return [...parts, { kind: "same", text: data.slice(at) }];
  }
}

/** Texts that no spec names may be a role or a name that other parts of the event are read by. */
function onlyPiece({ pieces, repeats, unjudged }: Extraction): Piece | null {
  const [piece] = pieces;
  if (piece === undefined || pieces.length > 1 || repeats.length > 0 || Object.keys(unjudged).length > 0) return null;
  const isNamed = piece.lane !== null && piece.location.place !== "other";
  return isNamed && piece.writing === "json-string" && piece.mask.kind !== "drop" ? piece : null;
}
