/** A body that is one text. Reads anything; edits replace the text itself. */
import type { Extraction, Operation, Piece, StreamReader } from "../../domain/dialect.ts";
import type { Role } from "../../domain/segment.ts";
import { atOnce } from "../../stdx/paced.ts";
import { ok } from "../../stdx/result.ts";
import { nothing } from "../table/extraction.ts";
import { sse } from "../sse/format.ts";
import { errorBody, errorMessages } from "./answers.ts";
import { anyStreams } from "./streams.ts";

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
    isOver: false,
    cut: errorMessages,
  };
}

export const plainText: Operation = {
  id: "generic/text",
  dialect: "generic",
  cells: [],
  readRequest: (body) => atOnce(ok(readPlainText(body))),
  readReply: (body) => atOnce(ok(readPlainText(body))),
  streams: anyStreams,
  streamFormat: sse,
  openStream: openTextStream,
  error: errorBody,
  refusal: () => null,
  refusalStream: () => null,
};
