/** The forms that a stream may have of which nothing is known but its media type. */
import type { Operation } from "../../domain/dialect.ts";
import { eventStream } from "../event-stream/format.ts";
import { jsonLines } from "../json-lines/format.ts";
import { sse } from "../sse/format.ts";

export const anyStreams: Operation["streams"] = {
  "event-stream": sse,
  "json-lines": jsonLines,
  "aws-event-stream": eventStream,
};
