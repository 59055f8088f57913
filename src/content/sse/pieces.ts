/** The text of an event outside its data: comments, names, ids, unknown fields. Literals are ranges of the frame's text. */
import type { Piece } from "../../domain/dialect.ts";
import type { Span } from "../../domain/segment.ts";
import { carriesNothing } from "./keep-alive.ts";
import type { SseEvent, SseField } from "./parse.ts";

/** Names in the manner of `message_start` or `response.output_text.delta`, which cannot hide anything. */
const eventName = /^[a-z]{1,32}(?:[._-][a-z]{1,32}){0,7}$/;

export function framePieces(event: SseEvent): readonly Piece[] {
  const pieces: Piece[] = [];
  const add = (field: SseField, literal: Span): void => {
    if (literal.end > literal.start) pieces.push(pieceAt(event.text, field, literal));
  };
  for (const line of event.lines) {
    if (line.field === "data" || carriesNothing(event.text, line)) continue;
    if (line.field === "event" && eventName.test(event.text.slice(line.value.start, line.value.end))) continue;
    if (line.field === "unknown") add(line.field, line.name);
    add(line.field, line.value);
  }
  return pieces;
}

function pieceAt(text: string, field: SseField, literal: Span): Piece {
  return {
    location: { place: field === "comment" ? "comment" : "field", role: "none", pointer: `#${field}` },
    text: text.slice(literal.start, literal.end),
    literal,
    writing: "raw",
    mask: { kind: "text" },
    lane: null,
    call: null,
  };
}
