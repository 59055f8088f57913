/** Server-sent events as a form of streams. */
import type { StreamFormat, StreamMessage } from "../../domain/dialect.ts";
import { ok } from "../../stdx/result.ts";
import { encodeUtf8 } from "../json/decode.ts";
import { rewriteFrame } from "./edit.ts";
import { SseFramer } from "./framer.ts";
import { isKeepAlive } from "./keep-alive.ts";
import { parseFrame } from "./parse.ts";
import { framePieces } from "./pieces.ts";

export const sse: StreamFormat = {
  id: "sse",
  contentType: "text/event-stream",
  splitsLineEnds: true,
  openFramer: (maxFrameBytes) => new SseFramer(maxFrameBytes),
  parse(frame, first) {
    const parsed = parseFrame(frame, first);
    if (!parsed.ok) return parsed;
    const event = parsed.value;
    const nothing = isKeepAlive(event);
    return ok({
      name: event.event,
      data: event.data,
      pieces: nothing ? [] : framePieces(event),
      isKeepAlive: nothing,
      isEnd: false,
      rewrite: (data, edits) => encodeUtf8(rewriteFrame(event, data, edits)),
    });
  },
  encode: (messages) => encodeUtf8(messages.map(written).join("")),
};

/** Names of messages are words of a wire format: they hold no line end. */
function written({ name, data }: StreamMessage): string {
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return `${name === "" ? "" : `event: ${name}\n`}${lines.join("")}\n`;
}
