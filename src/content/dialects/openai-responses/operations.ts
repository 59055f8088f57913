/** The operations of OpenAI's Responses API as one table: how each body is read and which answers it has. */
import type { Operation } from "../../../domain/dialect.ts";
import { cellsOf } from "../../coverage/cells.ts";
import { anyJson } from "../../generic/any-json.ts";
import type { JsonNode } from "../../json/parse.ts";
import { sse } from "../../sse/format.ts";
import { countItems, nothing, readReply, readRequest } from "../../table/extraction.ts";
import type { Spec } from "../../table/spec.ts";
import { atOnce } from "../../../stdx/paced.ts";
import { ok } from "../../../stdx/result.ts";
import { errorBody, refusal, refusalStream } from "./answers.ts";
import { declaredIn } from "./declared.ts";
import { compactReply, inputTokensReply, itemReply, responseEvent, responsesReply } from "./replies.ts";
import { inputRequest, responsesRequest } from "./requests.ts";
import { openStream } from "./stream.ts";

export const dialect = "openai";

const replySse = { mode: "reply-sse", spec: responseEvent, role: "assistant" } as const;

type Row = { readonly id: `openai/${string}`; readonly request: Spec; readonly reply: Spec };

export const responses: Operation = {
  ...operation({ id: "openai/responses", request: responsesRequest, reply: responsesReply }),
  cells: cellsOf("openai/responses", [...wholeCells(responsesRequest, responsesReply), replySse]),
  refusal,
  refusalStream,
};

export const inputTokens = operation({
  id: "openai/responses-input-tokens",
  request: inputRequest,
  reply: inputTokensReply,
});

export const compact = operation({ id: "openai/responses-compact", request: inputRequest, reply: compactReply });

/** A response that is kept: fetched (as a stream, too), stopped. Its prompt was judged when it came; what it says is judged now. */
export const item: Operation = {
  ...operation({ id: "openai/responses-item", request: inputRequest, reply: itemReply }),
  answersEarlier: true,
  cells: cellsOf("openai/responses-item", [{ mode: "reply-json", spec: itemReply, role: "assistant" }, replySse]),
  readRequest: (body, asked) => (body === "" ? atOnce(ok(nothing)) : anyJson.readRequest(body, asked)),
  refusal,
  refusalStream,
};

/** The items that it was asked with, or the word that it is gone: no response stands for these. */
export const itemParts: Operation = { ...item, refusal: () => null, refusalStream: () => null };

function wholeCells(request: Spec, reply: Spec) {
  return [
    { mode: "prompt-json", spec: request, role: "none" },
    { mode: "reply-json", spec: reply, role: "assistant" },
  ] as const;
}

function operation({ id, request, reply }: Row): Operation {
  const table = { spec: request, count: (root: JsonNode) => countItems(root, "input"), declared: declaredIn };
  return {
    id,
    dialect,
    cells: cellsOf(id, wholeCells(request, reply)),
    readRequest: (body, asked) => readRequest(body, table, asked),
    readReply: (body, asked) => readReply(body, reply, "assistant", asked),
    streams: { "event-stream": sse },
    streamFormat: sse,
    openStream,
    error: errorBody,
    refusal: () => null,
    refusalStream: () => null,
  };
}
