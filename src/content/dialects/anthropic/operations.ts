/** Anthropic's operations as one table: how each body is read and which answers it has. */
import type { Operation } from "../../../domain/dialect.ts";
import { cellsOf } from "../../coverage/cells.ts";
import type { JsonNode } from "../../json/parse.ts";
import { sse } from "../../sse/format.ts";
import { countItems, readReply, readRequest } from "../../table/extraction.ts";
import type { Spec } from "../../table/spec.ts";
import { errorBody, refusal, refusalStream } from "./answers.ts";
import { declaredIn, fallsBack } from "./declared.ts";
import { countReply, messagesEvent, messagesReply } from "./replies.ts";
import { messagesRequest } from "./requests.ts";
import { openStream } from "./stream.ts";

export const dialect = "anthropic";

type Row = {
  readonly id: `anthropic/${string}`;
  readonly reply: Spec;
  /** Events of its streams; `null`: it only counts, and so has no reply that could be a refusal. */
  readonly event: Spec | null;
};

export const messages = operation({ id: "anthropic/messages", reply: messagesReply, event: messagesEvent });
/** Takes what a message takes: all of it goes to the provider, and none comes back. */
export const countTokens = operation({ id: "anthropic/count-tokens", reply: countReply, event: null });

function operation({ id, reply, event }: Row): Operation {
  const count = (root: JsonNode): number => countItems(root, "messages");
  const table = { spec: messagesRequest, count, declared: declaredIn, namesOthers: fallsBack };
  return {
    id,
    dialect,
    cells: cellsOf(id, [
      { mode: "prompt-json", spec: messagesRequest, role: "none" },
      { mode: "reply-json", spec: reply, role: "assistant" },
      ...(event === null ? [] : [{ mode: "reply-sse", spec: event, role: "assistant" } as const]),
    ]),
    readRequest: (body, asked) => readRequest(body, table, asked),
    readReply: (body, asked) => readReply(body, reply, "assistant", asked),
    streams: { "event-stream": sse },
    streamFormat: sse,
    openStream,
    error: errorBody,
    refusal: (facts) => (event === null ? null : refusal(facts)),
    refusalStream: (facts) => (event === null ? null : refusalStream(facts)),
  };
}
