/** OpenAI's operations as one table: how each body is read and which answers it has. */
import type { Operation } from "../../../domain/dialect.ts";
import { cellsOf } from "../../coverage/cells.ts";
import { anyJson } from "../../generic/any-json.ts";
import { sse } from "../../sse/format.ts";
import { countItems, nothing, readReply, readRequest } from "../../table/extraction.ts";
import type { JsonNode } from "../../json/parse.ts";
import { other, type Spec } from "../../table/spec.ts";
import { atOnce } from "../../../stdx/paced.ts";
import { ok } from "../../../stdx/result.ts";
import { declaredIn } from "./declared.ts";
import { type Answers, chatAnswers, completionAnswers, errorBody } from "./answers.ts";
import { chatRequest, completionRequest, embeddingRequest } from "./requests.ts";
import { chatReply, completionReply, embeddingReply } from "./replies.ts";
import { openStream } from "./stream.ts";

export const dialect = "openai";

type Row = {
  readonly id: `openai/${string}`;
  readonly request: Spec;
  readonly reply: Spec;
  /** Its list or value of inputs, for counting. */
  readonly inputs: string;
  readonly answers: Answers | null;
};

export const chatCompletions = operation({
  id: "openai/chat-completions",
  request: chatRequest,
  reply: chatReply,
  inputs: "messages",
  answers: chatAnswers,
});

export const completions = operation({
  id: "openai/completions",
  request: completionRequest,
  reply: completionReply,
  inputs: "prompt",
  answers: completionAnswers,
});

export const embeddings = operation({
  id: "openai/embeddings",
  request: embeddingRequest,
  reply: embeddingReply,
  inputs: "input",
  answers: null,
});

/** Lists of models: no prompt, and a reply that anyone may have written. */
export const models: Operation = {
  ...anyJson,
  id: "openai/models",
  cells: cellsOf("openai/models", [{ mode: "reply-json", spec: other, role: "assistant" }]),
  dialect,
  readRequest: (body) => (body === "" ? atOnce(ok(nothing)) : anyJson.readRequest(body)),
  error: errorBody,
};

function operation({ id, request, reply, inputs, answers }: Row): Operation {
  const table = { spec: request, count: (root: JsonNode) => countItems(root, inputs), declared: declaredIn };
  return {
    id,
    dialect,
    cells: cellsOf(id, [
      { mode: "prompt-json", spec: request, role: "none" },
      { mode: "reply-json", spec: reply, role: "assistant" },
      ...(answers === null ? [] : [{ mode: "reply-sse", spec: reply, role: "assistant" } as const]),
    ]),
    readRequest: (body, asked) => readRequest(body, table, asked),
    readReply: (body, asked) => readReply(body, reply, "assistant", asked),
    streams: { "event-stream": sse },
    streamFormat: sse,
    openStream: (asked) => openStream(reply, answers ?? chatAnswers, asked),
    error: errorBody,
    refusal: (facts) => answers?.refusal(facts) ?? null,
    refusalStream: (facts) => answers?.refusalStream(facts) ?? null,
  };
}
