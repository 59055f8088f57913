// OpenAI's JSON shapes as the stand-in model server writes them: chat, completions, embeddings, models, errors. Pure.
// A stream is the list of its events; pacing and sockets are the server's.

import { createHash } from "node:crypto";
import type { Answer, ErrorStatus, ToolCall } from "./model-answers.ts";

export const models = ["stand-in-small", "stand-in-embedding"] as const;

/** Facts that are equal in all parts of one reply. */
export type ReplyFacts = { readonly id: string; readonly createdS: number; readonly model: string };

export type Usage = { readonly promptTokens: number; readonly completionTokens: number };

export type Said = Exclude<Answer, { kind: "error" }>;

/** Characters of one content delta: short, so that any name or number is spread over several events. */
const DELTA_CHARACTERS = 4;
const EMBEDDING_DIMENSIONS = 16;
const CHARACTERS_PER_TOKEN = 4;

export const countTokens = (text: string): number => Math.ceil(text.length / CHARACTERS_PER_TOKEN);

/** The text of an answer, for counting: what a client would be billed for. */
export function spoken(said: Said): string {
  return said.kind === "text" ? said.text : said.calls.map((call) => call.arguments).join("");
}

export function chatCompletion(facts: ReplyFacts, choices: readonly Said[], usage: Usage): object {
  return {
    ...head(facts, "chat.completion"),
    choices: choices.map((said, index) => ({
      index,
      message: message(said),
      logprobs: null,
      finish_reason: finish(said),
    })),
    usage: usageOf(usage),
  };
}

/** The events of a chat stream, choices interleaved. `usage: null` where the client did not ask for it. */
export function* chatEvents(facts: ReplyFacts, choices: readonly Said[], usage: Usage | null): Generator<object> {
  const chunk = (index: number, delta: object, reason: string | null = null): object => ({
    ...head(facts, "chat.completion.chunk"),
    choices: [{ index, delta, logprobs: null, finish_reason: reason }],
    ...(usage === null ? {} : { usage: null }),
  });
  for (const [index, said] of choices.entries()) {
    yield chunk(index, { role: "assistant", content: said.kind === "text" ? "" : null, refusal: null });
  }
  yield* interleave(choices.map((said, index) => map(deltas(said), (delta) => chunk(index, delta))));
  for (const [index, said] of choices.entries()) yield chunk(index, {}, finish(said));
  if (usage !== null) yield { ...head(facts, "chat.completion.chunk"), choices: [], usage: usageOf(usage) };
}

export function completion(facts: ReplyFacts, texts: readonly string[], usage: Usage): object {
  return {
    ...head(facts, "text_completion"),
    choices: texts.map((text, index) => ({ index, text, logprobs: null, finish_reason: "stop" })),
    usage: usageOf(usage),
  };
}

export function* completionEvents(facts: ReplyFacts, texts: readonly string[], usage: Usage | null): Generator<object> {
  const chunk = (index: number, text: string, reason: string | null): object => ({
    ...head(facts, "text_completion"),
    choices: [{ index, text, logprobs: null, finish_reason: reason }],
    ...(usage === null ? {} : { usage: null }),
  });
  yield* interleave(texts.map((text, index) => map(pieces(text), (piece) => chunk(index, piece, null))));
  for (const index of texts.keys()) yield chunk(index, "", "stop");
  if (usage !== null) yield { ...head(facts, "text_completion"), choices: [], usage: usageOf(usage) };
}

/** Unit vectors that depend on nothing but the text; base64 of little-endian floats where the client asks for it. */
export function embeddings(model: string, inputs: readonly string[], format: "float" | "base64"): object {
  const tokens = inputs.reduce((sum, input) => sum + countTokens(input), 0);
  return {
    object: "list",
    data: inputs.map((input, index) => ({ object: "embedding", index, embedding: encode(vector(input), format) })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

export const modelCard = (id: string): object => ({ id, object: "model", created: 0, owned_by: "sallyport-demo" });
export const modelList = (): object => ({ object: "list", data: models.map(modelCard) });

type ErrorFacts = { readonly type: string; readonly code: string | null; readonly message: string };

const errorFacts = {
  404: { type: "invalid_request_error", code: "model_not_found", message: "The model does not exist." },
  429: { type: "requests", code: "rate_limit_exceeded", message: "Rate limit reached. Try again later." },
  500: { type: "server_error", code: null, message: "The server had an error while it handled the request." },
} as const satisfies Record<ErrorStatus, ErrorFacts>;

export const upstreamError = (status: ErrorStatus): object => errorBody(errorFacts[status]);
export const badRequest = (message: string): object =>
  errorBody({ type: "invalid_request_error", code: null, message });

const errorBody = ({ type, code, message }: ErrorFacts): object => ({ error: { message, type, param: null, code } });

const head = ({ id, createdS, model }: ReplyFacts, object: string): object => ({
  id,
  object,
  created: createdS,
  model,
});

const finish = (said: Said): string => (said.kind === "text" ? "stop" : "tool_calls");

function message(said: Said): object {
  if (said.kind === "text") return { role: "assistant", content: said.text, refusal: null };
  return { role: "assistant", content: null, refusal: null, tool_calls: said.calls.map(toolCall) };
}

const callId = (index: number): string => `call_${index}`;

function toolCall(call: ToolCall, index: number): object {
  return { id: callId(index), type: "function", function: { name: call.name, arguments: call.arguments } };
}

function* deltas(said: Said): Generator<object> {
  if (said.kind === "text") {
    for (const piece of pieces(said.text)) yield { content: piece };
    return;
  }
  for (const [index, call] of said.calls.entries()) {
    const opening = { id: callId(index), type: "function", function: { name: call.name, arguments: "" } };
    yield { tool_calls: [{ index, ...opening }] };
    for (const piece of pieces(call.arguments)) yield { tool_calls: [{ index, function: { arguments: piece } }] };
  }
}

/** Cut between code points, never inside one: a JSON writer cannot send half a surrogate pair. */
function* pieces(text: string): Generator<string> {
  const characters = [...text];
  for (let at = 0; at < characters.length; at += DELTA_CHARACTERS)
    yield characters.slice(at, at + DELTA_CHARACTERS).join("");
}

function* map<T, U>(source: Iterable<T>, change: (value: T) => U): Generator<U> {
  for (const value of source) yield change(value);
}

/** One from each in turn, until all have ended. */
function* interleave<T>(sources: readonly Generator<T>[]): Generator<T> {
  let open = sources;
  while (open.length > 0) {
    const next: Generator<T>[] = [];
    for (const source of open) {
      const step = source.next();
      if (step.done === true) continue;
      yield step.value;
      next.push(source);
    }
    open = next;
  }
}

function usageOf({ promptTokens, completionTokens }: Usage): object {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

function vector(text: string): Float32Array {
  const digest = createHash("sha256").update(text).digest();
  const raw = Float32Array.from({ length: EMBEDDING_DIMENSIONS }, (_, index) => digest.readInt16LE(index * 2) / 32768);
  const norm = Math.hypot(...raw) || 1;
  return raw.map((value) => value / norm);
}

function encode(values: Float32Array, format: "float" | "base64"): number[] | string {
  if (format === "float") return Array.from(values);
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString("base64");
}
