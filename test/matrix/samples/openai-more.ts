// OpenAI completions, embeddings, moderations, models and stored completions: https://platform.openai.com/docs/api-reference

import { at, part, type Sample, type SamplePrompt, type SampleReply } from "../sample.ts";
import type { Spoken } from "./openai-chat.ts";
import { chatHead, done, upstreamErrors, usage } from "./openai-shared.ts";

const nothingAsked: SamplePrompt = { kind: "none" };

const completionHead = { id: "cmpl-1", object: "text_completion", created: 1, model: "gpt-3.5-turbo-instruct" };
const textChunk = (text: string, more: object = {}) => ({
  data: { ...completionHead, choices: [{ index: 0, text, logprobs: null, finish_reason: null, ...more }] },
});
const askText = (more: object = {}): SamplePrompt => ({
  kind: "json",
  body: { model: "gpt-3.5-turbo-instruct", prompt: at("user-text"), ...more },
});
const wholeText: SampleReply = {
  kind: "json",
  body: {
    ...completionHead,
    choices: [
      { index: 0, text: at("assistant-text"), logprobs: null, finish_reason: "stop" },
      { index: 1, text: at("assistant-text", "second"), logprobs: null, finish_reason: "length" },
    ],
    usage,
  },
};
const scored = { text: "fine", finish_reason: "stop" };
/** They go where anything of their choice is masked, so they stand with a text that is not. */
const scoredText: SampleReply = {
  kind: "json",
  body: {
    ...completionHead,
    metadata: { note: at("metadata") },
    citations: [`https://example.com/${at("citation")}`],
    search_results: [{ title: at("document"), url: `https://example.com/${at("url")}` }],
    choices: [
      {
        index: 0,
        ...scored,
        logprobs: {
          tokens: [at("logprob")],
          token_logprobs: [-0.1],
          top_logprobs: [{ [at("logprob", "top")]: -0.1 }],
          text_offset: [0],
        },
      },
      {
        index: 1,
        ...scored,
        token_ids: [2489],
        prompt_logprobs: [null, { "42": { logprob: -1, rank: 1, decoded_token: at("logprob", "prompt") } }],
      },
    ],
    a_new_field: at("other"),
    usage,
  },
};

export function completionSamples(spoken: Spoken): readonly Sample[] {
  const streamed = askText({ stream: true });
  return [
    { ...spoken, mode: "prompt-json", prompt: completionPrompt, reply: wholeText },
    {
      ...spoken,
      mode: "prompt-json",
      prompt: askText({ prompt: [at("input"), at("input", "second")] }),
      reply: wholeText,
    },
    { ...spoken, mode: "prompt-json", prompt: embeddedPrompt, reply: wholeText, unjudged: ["binary"] },
    { ...spoken, mode: "reply-json", prompt: askText(), reply: wholeText },
    { ...spoken, mode: "reply-json", prompt: askText({ logprobs: 2 }), reply: scoredText },
    ...upstreamErrors.map((reply) => ({ ...spoken, mode: "reply-json", prompt: askText(), reply }) as const),
    { ...spoken, mode: "reply-sse", prompt: streamed, reply: { kind: "sse", events: textStream } },
    { ...spoken, mode: "reply-sse", prompt: streamed, reply: { kind: "sse", events: scoredStream } },
  ];
}

const completionPrompt = askText({
  prompt: at("input"),
  suffix: at("suffix"),
  stop: [at("stop")],
  user: at("metadata"),
  n: 2,
  best_of: 2,
  echo: false,
  guided_grammar: at("other"),
  response_format: { type: "json_schema", json_schema: { name: "answer", schema: { type: "object" } } },
});
/** Numbers in place of a text, as vLLM takes them. */
const embeddedPrompt = askText({ prompt: null, prompt_embeds: "AAAA", user: at("metadata") });

const textStream = [
  textChunk(part("assistant-text", 0, 3)),
  textChunk(part("assistant-text", 0, 2, "second"), { index: 1 }),
  textChunk(part("assistant-text", 1, 3)),
  textChunk(part("assistant-text", 1, 2, "second"), { index: 1 }),
  textChunk(part("assistant-text", 2, 3)),
  textChunk("", { finish_reason: "stop" }),
  textChunk("", { index: 1, finish_reason: "length" }),
  { data: { ...completionHead, choices: [], usage } },
  done,
];
const scoredStream = [
  ...(scoredText.kind === "json" ? [{ data: scoredText.body }] : []),
  { data: { error: { message: at("error"), type: "server_error", code: null, param: null } } },
];

const askEmbedding = (input: unknown): SamplePrompt => ({
  kind: "json",
  body: {
    model: "text-embedding-3-small",
    input,
    user: at("metadata"),
    dimensions: 2,
    encoding_format: "float",
    a_new_field: at("other"),
  },
});
const embedded: SampleReply = {
  kind: "json",
  body: {
    object: "list",
    data: [
      { object: "embedding", index: 0, embedding: [0.1, -0.2] },
      { object: "embedding", index: 1, embedding: "AACAPw==" },
    ],
    model: "text-embedding-3-small",
    usage: { prompt_tokens: 5, total_tokens: 5 },
  },
};
/** For operations whose replies are numbers: what a server may add to them. */
export const withNewField = (reply: SampleReply): SampleReply =>
  reply.kind === "json" ? { ...reply, body: { ...(reply.body as object), a_new_field: at("other") } } : reply;

export function embeddingSamples(spoken: Spoken): readonly Sample[] {
  return [
    { ...spoken, mode: "prompt-json", prompt: askEmbedding([at("input"), at("input", "second")]), reply: embedded },
    { ...spoken, mode: "prompt-json", prompt: askEmbedding(at("input")), reply: embedded },
    ...numberReplies(spoken, askEmbedding(at("input")), embedded),
  ];
}

export const numberReplies = (spoken: Spoken, prompt: SamplePrompt, reply: SampleReply): readonly Sample[] =>
  [withNewField(reply), ...upstreamErrors].map((one) => ({ ...spoken, mode: "reply-json", prompt, reply: one }));

const moderations: Spoken = { dialect: "openai/moderations", operation: "openai/moderations", path: "/v1/moderations" };
const categories = (value: unknown) => ({ hate: value, "hate/threatening": value, "self-harm/intent": value });
const moderated: SampleReply = {
  kind: "json",
  body: {
    id: "modr-1",
    model: "omni-moderation-latest",
    results: [
      {
        flagged: false,
        categories: categories(false),
        category_scores: categories(0.00001),
        category_applied_input_types: categories(["text"]),
      },
    ],
  },
};
const askModeration = (input: unknown): SamplePrompt => ({
  kind: "json",
  body: { model: "omni-moderation-latest", input, metadata: { note: at("metadata") }, a_new_field: at("other") },
});

const stored: Spoken & { readonly method: string } = {
  dialect: "openai/stored-completions",
  operation: "openai/stored-completions",
  path: "/v1/chat/completions/chatcmpl-1",
  method: "GET",
};
const storedMessages: SampleReply = {
  kind: "json",
  body: {
    object: "list",
    data: [
      {
        id: "chatcmpl-1-0",
        role: "assistant",
        name: at("name"),
        content: at("assistant-text"),
        content_parts: [{ type: "text", text: at("assistant-text", "part") }],
      },
    ],
    first_id: "chatcmpl-1-0",
    last_id: "chatcmpl-1-0",
    has_more: false,
    a_new_field: at("other"),
  },
};

const nameless: SampleReply = {
  kind: "json",
  body: { object: "list", data: [{ id: at("other"), object: "model", created: 1, owned_by: at("other", "owner") }] },
};

/** `told`: the whole replies of a chat. */
export function storedSamples(told: readonly SampleReply[]): readonly Sample[] {
  return [
    {
      ...stored,
      method: "POST",
      mode: "prompt-json",
      prompt: { kind: "json", body: { metadata: { note: at("metadata") }, a_new_field: at("other") } },
      reply: {
        kind: "json",
        body: {
          ...chatHead,
          object: "chat.completion",
          choices: [{ index: 0, message: { role: "assistant", content: at("assistant-text") } }],
        },
      },
    },
    ...told.map((reply) => ({ ...stored, mode: "reply-json", prompt: nothingAsked, reply }) as const),
    {
      ...stored,
      path: `${stored.path}/messages?order=asc`,
      mode: "reply-json",
      prompt: nothingAsked,
      reply: storedMessages,
    },
  ];
}

export const samples: readonly Sample[] = [
  ...completionSamples({ dialect: "openai/completions", operation: "openai/completions", path: "/v1/completions" }),
  ...embeddingSamples({ dialect: "openai/embeddings", operation: "openai/embeddings", path: "/v1/embeddings" }),
  { ...moderations, mode: "prompt-json", prompt: askModeration([at("input")]), reply: moderated },
  {
    ...moderations,
    mode: "prompt-json",
    prompt: askModeration([
      { type: "text", text: at("input") },
      { type: "image_url", image_url: { url: `https://example.com/${at("url")}`, alt_text: at("alt-text") } },
      { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
    ]),
    reply: moderated,
    unjudged: ["remote-url", "data-url"],
  },
  ...numberReplies(moderations, askModeration(at("input")), moderated),
  {
    dialect: "openai/models",
    operation: "openai/models",
    path: "/v1/models",
    method: "GET",
    mode: "reply-json",
    prompt: nothingAsked,
    reply: nameless,
  },
];
