/** The forms that a stream may have of which nothing is known but its media type. */
import type { Operation } from "../../domain/dialect.ts";
import { sse } from "../sse/format.ts";

export const anyStreams: Operation["streams"] = { "event-stream": sse };
