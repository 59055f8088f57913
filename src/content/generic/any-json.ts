/** JSON of which nothing is known: each string and each key is judged. */
import type { Operation, StreamReader } from "../../domain/dialect.ts";
import { cellsOf } from "../coverage/cells.ts";
import { readReply, readRequest } from "../table/extraction.ts";
import { LaneCount } from "../table/lane-count.ts";
import { growing, other } from "../table/spec.ts";
import { sse } from "../sse/format.ts";
import { errorBody, errorMessages } from "./answers.ts";
import { anyStreams } from "./streams.ts";

/** In a stream, strings in the same place may go on from event to event. */
const eventData = growing("data");

export function openJsonStream(): StreamReader {
  const lanes = new LaneCount();
  return {
    *read(_eventName, data) {
      return lanes.check(yield* readReply(data, eventData, "assistant"));
    },
    isOver: false,
    cut: errorMessages,
  };
}

export const anyJson: Operation = {
  id: "generic/json",
  dialect: "generic",
  cells: cellsOf("generic/json", [
    { mode: "prompt-json", spec: other, role: "none" },
    { mode: "reply-json", spec: other, role: "assistant" },
    { mode: "reply-sse", spec: eventData, role: "assistant" },
  ]),
  readRequest: (body) => readRequest(body, { spec: other, count: () => 1 }),
  readReply: (body) => readReply(body, other, "assistant"),
  streams: anyStreams,
  streamFormat: sse,
  openStream: openJsonStream,
  error: errorBody,
  refusal: () => null,
  refusalStream: () => null,
};
