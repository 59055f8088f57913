/** A body that is one text. Reads anything; edits replace the text itself. */
import type { Extraction, Operation, Piece, StreamReader } from "../../domain/dialect.ts";
import type { Role } from "../../domain/segment.ts";
import { atOnce } from "../../stdx/paced.ts";
import { ok } from "../../stdx/result.ts";
import { nothing } from "../table/extraction.ts";
import { errorBody, errorEvent } from "./answers.ts";

export function readPlainText(body: string): Extraction {
  return body === "" ? nothing : { ...nothing, pieces: [textPiece(body, "none", null)], messages: 1 };
}

/** The whole of a body or of an event's data, as it stands. */
export function textPiece(text: string, role: Role, lane: string | null): Piece {
  return {
    location: { place: "content", role, pointer: "", unclear: "place" },
    text,
    literal: { start: 0, end: text.length },
    writing: "raw",
    mask: { kind: "text" },
    lane,
    call: null,
  };
}

/** Events whose data is text that goes on from one to the next. */
function openTextStream(): StreamReader {
  return {
    read: (_eventName, data) =>
      atOnce(ok({ ...nothing, pieces: data === "" ? [] : [textPiece(data, "assistant", "data")] })),
    isTerminator: () => false,
    cut: errorEvent,
  };
}

export const plainText: Operation = {
  id: "generic/text",
  dialect: "generic",
  cells: [],
  readRequest: (body) => atOnce(ok(readPlainText(body))),
  readReply: (body) => atOnce(ok(readPlainText(body))),
  openStream: openTextStream,
  error: errorBody,
  refusal: () => null,
  refusalStream: () => null,
};
