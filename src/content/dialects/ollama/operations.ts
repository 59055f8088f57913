/** Ollama's operations as one table: how each body is read and which answers it has. */
import type { Operation } from "../../../domain/dialect.ts";
import { atOnce } from "../../../stdx/paced.ts";
import { ok } from "../../../stdx/result.ts";
import { cellsOf } from "../../coverage/cells.ts";
import { jsonLines } from "../../json-lines/format.ts";
import type { JsonNode } from "../../json/parse.ts";
import { countItems, nothing, readReply, readRequest, type RequestTable } from "../../table/extraction.ts";
import { fold, type Spec } from "../../table/spec.ts";
import { asMessage, asResponse, errorBody, refusal, refusalStream, type Saying } from "./answers.ts";
import { declaredIn } from "./declared.ts";
import { chatReply, embedReply, generateReply, modelsReply, showReply } from "./replies.ts";
import { chatRequest, embeddingsRequest, embedRequest, generateRequest, showRequest } from "./requests.ts";
import { openStream } from "./stream.ts";

export const dialect = "ollama";

type Row = {
  readonly id: `ollama/${string}`;
  /** `null`: it has none. */
  readonly request: Spec | null;
  readonly reply: Spec;
  readonly count: RequestTable["count"];
  /** `null`: it says nothing, and does not stream. */
  readonly say: Saying | null;
};

const one = (): number => 1;

export const generate = operation({
  id: "ollama/generate",
  request: generateRequest,
  reply: generateReply,
  count: one,
  say: asResponse,
});

export const chat = operation({
  id: "ollama/chat",
  request: chatRequest,
  reply: chatReply,
  count: (root) => countItems(root, "messages"),
  say: asMessage,
});

export const embed = operation({
  id: "ollama/embed",
  request: embedRequest,
  reply: embedReply,
  count: (root) => countItems(root, "input"),
  say: null,
});

export const embeddings = operation({
  id: "ollama/embeddings",
  request: embeddingsRequest,
  reply: embedReply,
  count: one,
  say: null,
});

export const show = operation({ id: "ollama/show", request: showRequest, reply: showReply, count: one, say: null });

export const models = operation({ id: "ollama/models", request: null, reply: modelsReply, count: () => 0, say: null });

function operation({ id, request, reply, count, say }: Row): Operation {
  const stream = say === null ? () => false : streams;
  const table = { spec: request ?? showRequest, count, declared: declaredIn, stream };
  return {
    id,
    dialect,
    cells: cellsOf(id, [
      ...(request === null ? [] : [{ mode: "prompt-json", spec: request, role: "none" } as const]),
      { mode: "reply-json", spec: reply, role: "assistant" },
      ...(say === null ? [] : [{ mode: "reply-json-lines", spec: reply, role: "assistant" } as const]),
    ]),
    readRequest: (body, asked) =>
      request === null && body === "" ? atOnce(ok(nothing)) : readRequest(body, table, asked),
    readReply: (body, asked) => readReply(body, reply, "assistant", asked),
    streams: { "json-lines": jsonLines },
    streamFormat: jsonLines,
    openStream: (asked) => openStream(reply, say ?? asMessage, asked),
    error: errorBody,
    refusal: (facts) => (say === null ? null : refusal(facts, say)),
    refusalStream: (facts) => (say === null ? null : refusalStream(facts, say)),
  };
}

/** Replies stream unless the client asks for whole ones. The server takes keys whatever their case, and the last of them. */
function streams(root: JsonNode): boolean {
  if (root.kind !== "object") return true;
  const asked = root.members.findLast(({ key }) => fold(key) === "STREAM")?.value;
  return !(asked?.kind === "literal" && asked.value === false);
}
