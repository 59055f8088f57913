// Gemini API and Vertex AI: https://ai.google.dev/api/generate-content and
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference

import { at, type Sample } from "../sample.ts";
import { asked, media, otherParts, thread, unjudgedInPrompt } from "./gemini-prompts.ts";
import { blockedPrompt, event, events, failed, told, whole, withLogprobs } from "./gemini-replies.ts";

const model = "/v1beta/models/gemini-2.5-flash";
const vertex = "/v1/projects/acme-1/locations/europe-west4/publishers/google/models/gemini-2.5-flash";
const ask = { contents: [{ role: "user", parts: [{ text: at("user-text") }] }] };
const generate = { dialect: "gemini/generate-content", operation: "gemini/generate-content" } as const;
const stream = { dialect: "gemini/stream-generate-content", operation: "gemini/stream-generate-content" } as const;

const answer = {
  kind: "json",
  body: {
    candidates: [
      { content: { role: "model", parts: [{ text: at("assistant-text") }] }, finishReason: "STOP", index: 0 },
    ],
    ...told,
  },
} as const;

const streamed: readonly Pick<Sample, "mode" | "path" | "reply">[] = [
  { mode: "reply-sse", path: `${model}:streamGenerateContent?alt=sse`, reply: { kind: "sse", events } },
  {
    mode: "reply-sse",
    path: `${vertex}:streamGenerateContent?alt=sse`,
    reply: { kind: "sse", events: [{ data: withLogprobs }] },
  },
  {
    mode: "reply-sse",
    path: `${vertex}:streamGenerateContent?%24alt=sse`,
    reply: { kind: "sse", events: [event([{ text: "fine" }]), { data: failed("stream") }] },
  },
  { mode: "reply-json-array", path: `${model}:streamGenerateContent`, reply: { kind: "json-array", events } },
  {
    mode: "reply-json-array",
    path: `${vertex}:streamGenerateContent`,
    reply: { kind: "json-array", events: [{ data: withLogprobs }] },
  },
  {
    mode: "reply-json-array",
    path: `${vertex}:streamGenerateContent`,
    reply: { kind: "json-array", events: [{ data: failed("list") }] },
  },
];

const numbers = { values: [0.1, -0.2] };
const embedded = { taskType: "RETRIEVAL_DOCUMENT", title: at("input", "title"), outputDimensionality: 2 };

const counting: readonly Sample[] = [
  [
    "gemini/count-tokens",
    "countTokens",
    { ...thread, generateContentRequest: { model: "models/m", ...asked }, instances: [{ content: at("input") }] },
    { totalTokens: 4 },
  ],
  [
    "gemini/embed-content",
    "embedContent",
    {
      model: "models/m",
      content: { parts: [{ text: at("input"), thoughtSignature: "AAAA" }, ...media, ...otherParts] },
      ...embedded,
      a_new_field: at("other"),
    },
    { embedding: numbers },
  ],
  [
    "gemini/batch-embed-contents",
    "batchEmbedContents",
    {
      requests: [
        {
          model: "models/m",
          content: { parts: [{ text: at("input"), thoughtSignature: "AAAA" }, ...media, ...otherParts] },
          ...embedded,
        },
      ],
      b: at("other"),
    },
    { embeddings: [numbers] },
  ],
  [
    "gemini/predict",
    "predict",
    {
      instances: [
        { content: at("input"), task_type: "RETRIEVAL_DOCUMENT", title: at("input", "title"), x: at("other") },
      ],
      labels: { team: at("metadata") },
    },
    { predictions: [{ embeddings: { values: [0.1], statistics: { truncated: false, token_count: 3 } } }] },
  ],
  [
    "gemini/cached-contents",
    "cachedContents",
    { model: "models/m", ...thread, displayName: at("name", "cache"), ttl: "300s", a_new_field: at("other") },
    { name: "cachedContents/a1", model: "models/m", expireTime: "2026-01-02T03:04:05Z" },
  ],
].flatMap(([dialect, verb, body, reply]) => {
  const shared = { dialect: dialect as string, operation: dialect as string };
  const path =
    dialect === "gemini/cached-contents"
      ? `/v1beta/${verb as string}`
      : `${dialect === "gemini/predict" ? vertex : model}:${verb as string}`;
  const more = { new: at("other"), ...(dialect === "gemini/cached-contents" ? { displayName: at("name") } : {}) };
  const prompt = { kind: "json", body } as const;
  return [
    { ...shared, path, mode: "prompt-json", prompt, reply: { kind: "json", body: reply } },
    { ...shared, path, mode: "reply-json", prompt, reply: { kind: "json", status: 429, body: failed("status") } },
    {
      ...shared,
      path,
      mode: "reply-json",
      prompt,
      reply: { kind: "json", body: { ...(reply as object), ...more } },
    },
  ] as const satisfies readonly Sample[];
});

export const samples: readonly Sample[] = [
  {
    ...generate,
    mode: "prompt-json",
    path: `${model}:generateContent?key=AIza1234&prettyPrint=false`,
    prompt: { kind: "json", body: asked },
    reply: answer,
    unjudged: [...unjudgedInPrompt, "cached-content"],
  },
  {
    ...generate,
    mode: "prompt-json",
    path: `${vertex}:generateContent`,
    prompt: {
      kind: "json",
      body: {
        system_instruction: { role: "system", parts: { text: at("system-text") } },
        contents: { role: "user", parts: { text: at("user-text") } },
        generation_config: { stop_sequences: [at("stop")] },
      },
    },
    reply: answer,
  },
  ...[{ body: whole }, { body: withLogprobs }, { body: blockedPrompt }, { status: 429, body: failed("status") }].map(
    (reply): Sample => ({
      ...generate,
      mode: "reply-json",
      path: `${model}:generateContent`,
      prompt: { kind: "json", body: ask },
      reply: { kind: "json", ...reply },
    }),
  ),
  {
    ...stream,
    mode: "prompt-json",
    path: `${model}:streamGenerateContent?alt=sse`,
    prompt: { kind: "json", body: asked },
    reply: { kind: "sse", events: [event([{ text: at("assistant-text") }], { finishReason: "STOP" })] },
    unjudged: [...unjudgedInPrompt, "cached-content"],
  },
  ...streamed.map((each): Sample => ({ ...stream, prompt: { kind: "json", body: ask }, ...each })),
  ...counting,
  {
    dialect: "gemini/models",
    operation: "gemini/models",
    mode: "reply-json",
    method: "GET",
    path: "/v1beta/models?pageSize=50",
    prompt: { kind: "none" },
    reply: {
      kind: "json",
      body: { models: [{ name: "models/gemini-2.5-flash", displayName: at("other"), inputTokenLimit: 1048576 }] },
    },
  },
];
