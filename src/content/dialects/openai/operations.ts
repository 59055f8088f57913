/** OpenAI's operations as one table, with those that only vendors of its form have: how each body is read and which answers it has. */
import type { Operation } from "../../../domain/dialect.ts";
import { atOnce } from "../../../stdx/paced.ts";
import { ok } from "../../../stdx/result.ts";
import { cellsOf } from "../../coverage/cells.ts";
import { anyJson } from "../../generic/any-json.ts";
import type { JsonNode } from "../../json/parse.ts";
import { sse } from "../../sse/format.ts";
import { countItems, nothing, readReply, readRequest } from "../../table/extraction.ts";
import { other, type Spec } from "../../table/spec.ts";
import { type Answers, chatAnswers, completionAnswers, errorBody } from "./answers.ts";
import { declaredIn } from "./declared.ts";
import {
  chatReply,
  completionReply,
  embeddingReply,
  moderationReply,
  rerankReply,
  scoreReply,
  storedReply,
} from "./replies.ts";
import {
  agentRequest,
  chatRequest,
  completionRequest,
  embeddingRequest,
  fimRequest,
  moderationRequest,
  rerankRequest,
  scoreRequest,
  storedRequest,
} from "./requests.ts";
import { openStream } from "./stream.ts";

export const dialect = "openai";

export type Row = {
  readonly dialect: string;
  readonly id: `${string}/${string}`;
  readonly request: Spec;
  readonly reply: Spec;
  /** Its list or value of inputs, for counting. */
  readonly inputs: string;
  readonly answers: Answers | null;
};

/** Without the dialect and the id: the forms that Azure has as well. */
export const chatForm = {
  request: chatRequest,
  reply: chatReply,
  inputs: "messages",
  answers: chatAnswers,
} as const satisfies Partial<Row>;
export const completionForm = {
  request: completionRequest,
  reply: completionReply,
  inputs: "prompt",
  answers: completionAnswers,
} as const satisfies Partial<Row>;
export const embeddingForm = {
  request: embeddingRequest,
  reply: embeddingReply,
  inputs: "input",
  answers: null,
} as const satisfies Partial<Row>;

export const chatCompletions = operation({ dialect, id: "openai/chat-completions", ...chatForm });
export const completions = operation({ dialect, id: "openai/completions", ...completionForm });
export const embeddings = operation({ dialect, id: "openai/embeddings", ...embeddingForm });

export const moderations = operation({
  dialect,
  id: "openai/moderations",
  request: moderationRequest,
  reply: moderationReply,
  inputs: "input",
  answers: null,
});

/** Mistral: what stands between a beginning and an end, answered as a chat. */
export const fimCompletions = operation({
  dialect,
  id: "openai/fim-completions",
  request: fimRequest,
  reply: chatReply,
  inputs: "prompt",
  answers: chatAnswers,
});

/** Mistral: a chat with an agent that is kept there. */
export const agentsCompletions = operation({
  dialect,
  id: "openai/agents-completions",
  ...chatForm,
  request: agentRequest,
});

export const rerank = operation({
  dialect,
  id: "openai/rerank",
  request: rerankRequest,
  reply: rerankReply,
  inputs: "documents",
  answers: null,
});

export const score = operation({
  dialect,
  id: "openai/score",
  request: scoreRequest,
  reply: scoreReply,
  inputs: "text_2",
  answers: null,
});

/** Completions that the provider keeps: told again, noted upon, forgotten. */
export const storedCompletions: Operation = {
  ...withoutBody(
    operation({
      dialect,
      id: "openai/stored-completions",
      request: storedRequest,
      reply: storedReply,
      inputs: "metadata",
      answers: null,
    }),
  ),
  answersEarlier: true,
};

/** Lists of models: no prompt, and a reply that anyone may have written. */
export const models: Operation = withoutBody({
  ...anyJson,
  id: "openai/models",
  cells: cellsOf("openai/models", [{ mode: "reply-json", spec: other, role: "assistant" }]),
  dialect,
  error: errorBody,
});

/** For methods that need none. */
function withoutBody(read: Operation): Operation {
  return { ...read, readRequest: (body, asked) => (body === "" ? atOnce(ok(nothing)) : read.readRequest(body, asked)) };
}

export function operation(row: Row): Operation {
  const { dialect: of, id, request, reply, answers } = row;
  return {
    id,
    dialect: of,
    cells: cellsOf(id, [
      { mode: "prompt-json", spec: request, role: "none" },
      { mode: "reply-json", spec: reply, role: "assistant" },
      ...(answers === null ? [] : [{ mode: "reply-sse", spec: reply, role: "assistant" } as const]),
    ]),
    readRequest: requestReader(row, {}),
    readReply: (body, asked) => readReply(body, reply, "assistant", asked),
    streams: { "event-stream": sse },
    streamFormat: sse,
    openStream: (asked) => openStream(reply, answers ?? chatAnswers, asked),
    error: errorBody,
    refusal: (facts) => answers?.refusal(facts) ?? null,
    refusalStream: (facts) => answers?.refusalStream(facts) ?? null,
  };
}

/** `model`: where the path names it; else it stands in the body. */
export function requestReader({ request, inputs }: Row, named: { readonly model?: string }): Operation["readRequest"] {
  const count = (root: JsonNode): number => countItems(root, inputs);
  const table = { spec: request, count, declared: declaredIn, ...named };
  return (body, asked) => readRequest(body, table, asked);
}
