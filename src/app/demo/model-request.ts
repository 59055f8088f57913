// Reads what clients send to the stand-in model server. Pure. It takes what OpenAI takes and says what is wrong
// otherwise; fields that change nothing in a made-up answer are not looked at.

import { z } from "zod";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { Asked } from "./model-answers.ts";

const CHOICES_MAX = 8;

const part = z.looseObject({ type: z.string(), text: z.string().optional() });
const content = z.union([z.string(), z.array(part), z.null()]).optional();
const streamOptions = z.looseObject({ include_usage: z.boolean().optional() }).nullish();
const common = {
  model: z.string().min(1),
  n: z.int().min(1).max(CHOICES_MAX).nullish(),
  stream: z.boolean().nullish(),
  stream_options: streamOptions,
};

const chat = z.looseObject({
  ...common,
  messages: z.array(z.looseObject({ role: z.string(), content })).min(1),
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }).optional() })).nullish(),
  tool_choice: z.unknown().optional(),
});
const completion = z.looseObject({ ...common, prompt: z.union([z.string(), z.array(z.string()).min(1)]) });
const tokenIds = z.array(z.int());
const embedding = z.looseObject({
  model: common.model,
  input: z.union([z.string(), z.array(z.string()).min(1), tokenIds.min(1), z.array(tokenIds).min(1)]),
  encoding_format: z.enum(["float", "base64"]).nullish(),
});

export type ChatRequest = z.infer<typeof chat>;
export type CompletionRequest = z.infer<typeof completion>;
export type EmbeddingRequest = z.infer<typeof embedding>;

export const parseChat = (body: unknown): Result<ChatRequest, string> => check(chat, body);
export const parseCompletion = (body: unknown): Result<CompletionRequest, string> => check(completion, body);
export const parseEmbedding = (body: unknown): Result<EmbeddingRequest, string> => check(embedding, body);

/** What a chat request asks for, as the table of answers reads it. */
export function askedIn(request: ChatRequest): Asked {
  const last = request.messages.findLast((message) => message.role === "user");
  const offered = request.tool_choice === "none" ? [] : (request.tools ?? []);
  return {
    text: plain(last?.content),
    system: request.messages
      .filter((message) => message.role === "system")
      .map((message) => plain(message.content))
      .join(" "),
    tools: offered.flatMap((tool) => (tool.function === undefined ? [] : [tool.function.name])),
    toolResult: request.messages.at(-1)?.role === "tool",
  };
}

export const wholePrompt = (request: ChatRequest): string =>
  request.messages.map((message) => plain(message.content)).join("\n");

/** Each input as a text; token ids stand for themselves. */
export function inputsOf({ input }: EmbeddingRequest): string[] {
  if (typeof input === "string") return [input];
  if (input.every((item) => typeof item === "number")) return [input.join(" ")];
  return input.map((item) => (Array.isArray(item) ? item.join(" ") : item));
}

function plain(value: z.infer<typeof content>): string {
  if (typeof value === "string") return value;
  return (value ?? []).map((item) => item.text ?? "").join("\n");
}

function check<T>(schema: z.ZodType<T>, body: unknown): Result<T, string> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return ok(parsed.data);
  const path = parsed.error.issues[0]?.path.join(".") ?? "";
  return err(path === "" ? "The body must be an object." : `Invalid value at ${path}.`);
}
