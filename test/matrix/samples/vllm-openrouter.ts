// Servers and gateways that speak OpenAI's form with members of their own: https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html,
// https://openrouter.ai/docs/api-reference

import { at, part, type Sample, type SamplePrompt, type SampleReply } from "../sample.ts";
import type { Spoken } from "./openai-chat.ts";
import { numberReplies } from "./openai-more.ts";
import { chatChunk as chunk, chatHead, done, usage } from "./openai-shared.ts";

const ask = (more: object = {}): SamplePrompt => ({
  kind: "json",
  body: { model: "org/model", messages: [{ role: "user", content: at("user-text") }], ...more },
});
const whole = (message: object, more: object = {}, top: object = {}): SampleReply => ({
  kind: "json",
  body: {
    ...chatHead,
    object: "chat.completion",
    choices: [
      {
        index: 0,
        message: { role: "assistant", ...message },
        logprobs: null,
        finish_reason: "stop",
        stop_reason: null,
        ...more,
      },
    ],
    usage,
    ...top,
  },
});
const plainReply = whole({ content: at("assistant-text") });

const vllm: Spoken = {
  dialect: "vllm/chat-completions",
  operation: "openai/chat-completions",
  path: "/v1/chat/completions",
};
const vllmSamples: readonly Sample[] = [
  {
    ...vllm,
    mode: "prompt-json",
    prompt: ask({
      messages: [
        { role: "system", content: at("system-text") },
        {
          role: "user",
          content: [
            { type: "text", text: at("user-text") },
            { type: "video_url", video_url: { url: `https://example.com/${at("url")}` } },
            { type: "audio_url", audio_url: { url: "data:audio/wav;base64,AAAA" } },
            { type: "image_embeds", image_embeds: "AAAA", uuid: "image-1" },
          ],
        },
        { role: "assistant", reasoning: at("reasoning"), content: at("assistant-text") },
      ],
      documents: [{ title: at("document", "title"), text: at("document") }],
      chat_template: at("system-text", "template"),
      chat_template_kwargs: { enable_thinking: false, note: at("metadata") },
      guided_json: { type: "object" },
      guided_choice: [at("other", "choice")],
      guided_grammar: at("other", "grammar"),
      structured_outputs: { regex: at("other", "regex") },
      mm_processor_kwargs: { max_pixels: 1024 },
      stop_token_ids: [2],
      bad_words: [at("stop", "bad")],
      prompt_logprobs: 0,
      add_generation_prompt: true,
      priority: 0,
    }),
    reply: plainReply,
    unjudged: ["video", "remote-url", "audio", "image", "tool-definition"],
  },
  {
    ...vllm,
    mode: "reply-json",
    prompt: ask(),
    reply: whole(
      {
        content: at("assistant-text"),
        reasoning: at("reasoning"),
        reasoning_content: at("reasoning", "content"),
        tool_calls: [],
      },
      {},
      {
        prompt_logprobs: [null, { "9906": { logprob: -0.1, rank: 1, decoded_token: at("logprob") } }],
        kv_transfer_params: null,
      },
    ),
  },
  {
    ...vllm,
    mode: "reply-json",
    prompt: ask(),
    reply: {
      kind: "json",
      status: 400,
      body: { object: "error", message: at("error"), type: "BadRequestError", param: null, code: 400 },
    },
  },
  {
    ...vllm,
    mode: "reply-sse",
    prompt: ask({ stream: true }),
    reply: {
      kind: "sse",
      events: [
        chunk({ role: "assistant", content: "" }),
        chunk({ reasoning_content: part("reasoning", 0, 2, "content"), reasoning: part("reasoning", 0, 2) }),
        chunk({ reasoning_content: part("reasoning", 1, 2, "content"), reasoning: part("reasoning", 1, 2) }),
        chunk({ content: part("assistant-text", 0, 2) }),
        chunk({ content: part("assistant-text", 1, 2) }),
        chunk({}, { finish_reason: "stop", stop_reason: 2, token_ids: null }),
        { data: { error: { message: at("error"), type: "InternalServerError", param: null, code: 500 } } },
        done,
      ],
    },
  },
];

const rerank: Spoken = { dialect: "openai/rerank", operation: "openai/rerank", path: "/v1/rerank" };
const more = { user: at("metadata"), a_new_field: at("other") };
const askRank = (query: unknown, documents: unknown): SamplePrompt => ({
  kind: "json",
  body: { model: "bge-reranker", query, documents, top_n: 2, return_documents: true, ...more },
});
const ranked: SampleReply = {
  kind: "json",
  body: {
    id: "rerank-1",
    model: "bge-reranker",
    usage: { total_tokens: 5 },
    results: [
      { index: 0, document: { text: at("document"), multi_modal: null }, relevance_score: 0.9 },
      { index: 1, document: at("document", "bare"), relevance_score: 0.1 },
    ],
  },
};
const image = (name: string) => ({
  type: "image_url",
  image_url: { url: `https://example.com/${at("url", name)}`, alt_text: at("alt-text", name) },
});
const partsPrompt = {
  query: {
    content: [
      { type: "text", text: at("input") },
      image("query"),
      { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
    ],
  },
  documents: { content: [{ type: "text", text: at("document") }, image("document")] },
};

const score: Spoken = { dialect: "openai/score", operation: "openai/score", path: "/v1/score" };
const askScore = (one: unknown, two: unknown): SamplePrompt => ({
  kind: "json",
  body: { model: "bge-reranker", text_1: one, text_2: two, ...more },
});
const scored: SampleReply = {
  kind: "json",
  body: {
    id: "score-1",
    object: "list",
    created: 1,
    model: "bge-reranker",
    data: [{ index: 0, object: "score", score: 0.9 }],
    usage: { prompt_tokens: 5, total_tokens: 5 },
  },
};

const rankSamples: readonly Sample[] = [
  {
    ...rerank,
    mode: "prompt-json",
    prompt: askRank(at("input"), [at("document"), { text: at("document", "object") }]),
    reply: ranked,
  },
  {
    ...rerank,
    path: "/rerank",
    mode: "prompt-json",
    prompt: askRank(partsPrompt.query, partsPrompt.documents),
    reply: ranked,
  },
  { ...rerank, mode: "reply-json", prompt: askRank(at("input"), ["fine"]), reply: ranked },
  ...numberReplies(rerank, askRank(at("input"), ["fine"]), ranked),
  {
    ...score,
    mode: "prompt-json",
    prompt: askScore(at("input"), [at("document"), at("document", "second")]),
    reply: scored,
  },
  { ...score, path: "/score", mode: "prompt-json", prompt: askScore([at("input")], at("document")), reply: scored },
  { ...score, mode: "prompt-json", prompt: askScore(partsPrompt.query, partsPrompt.documents), reply: scored },
  ...numberReplies(score, askScore(at("input"), ["fine"]), scored),
];

const openRouter: Spoken = {
  dialect: "openrouter/chat-completions",
  operation: "openai/chat-completions",
  path: "/api/v1/chat/completions",
};
const details = (text: string) => ({
  type: "reasoning.text",
  text,
  signature: "AAAA",
  id: "r1",
  format: "anthropic-claude-v1",
  index: 0,
});
const cited = {
  annotations: [
    {
      type: "url_citation",
      url_citation: {
        url: `https://example.com/${at("url")}`,
        title: at("annotation"),
        content: at("annotation", "content"),
        start_index: 0,
        end_index: 4,
      },
    },
    { type: "file", file: { hash: "h1", name: at("name"), content: [{ type: "text", text: at("document") }] } },
  ],
};
const openRouterSamples: readonly Sample[] = [
  {
    ...openRouter,
    mode: "prompt-json",
    prompt: ask({
      models: ["org/model", "org/other"],
      route: "fallback",
      provider: { order: ["org"], allow_fallbacks: false, data_collection: "deny" },
      plugins: [
        { id: "web", max_results: 3, search_prompt: at("system-text") },
        { id: "file-parser", pdf: { engine: "native" } },
      ],
      transforms: ["middle-out"],
      reasoning: { effort: "high", exclude: false },
      usage: { include: true },
      messages: [
        { role: "user", content: [{ type: "text", text: at("user-text"), cache_control: { type: "ephemeral" } }] },
        {
          role: "assistant",
          content: at("assistant-text"),
          reasoning_details: [details(at("reasoning")), { type: "reasoning.encrypted", data: "AAAA" }],
        },
      ],
    }),
    reply: plainReply,
    unjudged: ["provider-tool", "encrypted"],
  },
  {
    ...openRouter,
    mode: "reply-json",
    prompt: ask(),
    reply: whole(
      {
        content: at("assistant-text"),
        reasoning: at("reasoning"),
        reasoning_details: [
          details(at("reasoning", "details")),
          { type: "reasoning.summary", summary: at("reasoning", "summary"), index: 1 },
        ],
        images: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }],
        ...cited,
      },
      {
        native_finish_reason: "stop",
        error: { code: 502, message: at("error"), metadata: { provider_name: "org", raw: at("error", "raw") } },
      },
      { provider: "Org" },
    ),
    unjudged: ["encrypted", "image"],
  },
  {
    ...openRouter,
    mode: "reply-json",
    prompt: ask(),
    reply: {
      kind: "json",
      status: 403,
      body: {
        error: { code: 403, message: at("error"), metadata: { reasons: ["x"], flagged_input: at("error", "input") } },
        user_id: "user-1",
      },
    },
  },
  {
    ...openRouter,
    mode: "reply-sse",
    prompt: ask({ stream: true }),
    reply: {
      kind: "sse",
      events: [
        chunk({
          role: "assistant",
          content: "",
          reasoning: part("reasoning", 0, 2),
          reasoning_details: [details(part("reasoning", 0, 2, "details"))],
        }),
        chunk({
          content: "",
          reasoning: part("reasoning", 1, 2),
          reasoning_details: [details(part("reasoning", 1, 2, "details"))],
        }),
        chunk({ content: part("assistant-text", 0, 2) }),
        chunk({ content: part("assistant-text", 1, 2) }),
        chunk(cited, { native_finish_reason: "stop", finish_reason: "stop" }),
        {
          data: {
            ...chatHead,
            error: { code: "server_error", message: at("error") },
            choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
          },
        },
        done,
      ],
    },
  },
];

export const samples: readonly Sample[] = [...vllmSamples, ...rankSamples, ...openRouterSamples];
