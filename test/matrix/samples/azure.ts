// Azure OpenAI: https://learn.microsoft.com/azure/ai-foundry/openai/reference

import { at, part, type Sample, type SamplePrompt, type SampleReply } from "../sample.ts";
import { chatSamples, type Spoken } from "./openai-chat.ts";
import { completionSamples, embeddingSamples } from "./openai-more.ts";
import { chatChunk as chunk, chatHead, done, usage } from "./openai-shared.ts";

const over = (operation: string, path: string): Spoken => ({
  dialect: operation,
  operation,
  path: `/openai/deployments/gpt-5-eu/${path}?api-version=2024-10-21`,
});
const chat = over("azure/chat-completions", "chat/completions");

const ask = (more: object = {}): SamplePrompt => ({
  kind: "json",
  body: { messages: [{ role: "user", content: at("user-text") }], ...more },
});
const dataSources = [
  {
    type: "azure_search",
    parameters: {
      endpoint: `https://search.example.com/${at("url")}`,
      index_name: "notes",
      authentication: { type: "api_key", key: at("metadata", "key") },
      query_type: "simple",
      filter: at("metadata", "filter"),
      role_information: at("system-text"),
      in_scope: true,
      strictness: 3,
      top_n_documents: 5,
      fields_mapping: { content_fields: ["body"], title_field: "title" },
    },
  },
];
const severity = { filtered: false, severity: "safe" };
const filtered = {
  content_filter_results: {
    hate: severity,
    self_harm: severity,
    jailbreak: { filtered: false, detected: false },
    protected_material_code: {
      filtered: false,
      detected: true,
      citation: { URL: `https://example.com/${at("url", "code")}`, license: at("citation", "license") },
    },
    error: { code: "content_filter_error", message: at("error", "filter") },
  },
};
const context = {
  citations: [
    {
      content: at("citation", "content"),
      title: at("citation"),
      url: `https://example.com/${at("url")}`,
      filepath: "a.md",
      chunk_id: "0",
    },
  ],
  intent: at("citation", "intent"),
};
const promptFilter = [{ prompt_index: 0, content_filter_results: { hate: severity, violence: severity } }];
const found: SampleReply = {
  kind: "json",
  body: {
    ...chatHead,
    object: "chat.completion",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: at("assistant-text"), end_turn: true, context },
        finish_reason: "stop",
        ...filtered,
      },
    ],
    prompt_filter_results: promptFilter,
    usage,
  },
};
const stopped: SampleReply = {
  kind: "json",
  status: 400,
  body: {
    error: {
      message: at("error"),
      type: null,
      param: "prompt",
      code: "content_filter",
      status: 400,
      innererror: { code: "ResponsibleAIPolicyViolation", content_filter_result: { hate: severity } },
    },
  },
};

export const samples: readonly Sample[] = [
  ...chatSamples(chat),
  ...completionSamples(over("azure/completions", "completions")),
  ...embeddingSamples(over("azure/embeddings", "embeddings")),
  {
    ...chat,
    mode: "prompt-json",
    prompt: ask({ data_sources: dataSources }),
    reply: found,
    unjudged: ["provider-tool"],
  },
  { ...chat, mode: "reply-json", prompt: ask(), reply: found },
  { ...chat, mode: "reply-json", prompt: ask(), reply: stopped },
  {
    ...chat,
    mode: "reply-sse",
    prompt: ask({ stream: true }),
    reply: {
      kind: "sse",
      events: [
        { data: { id: "", object: "", created: 0, model: "", choices: [], prompt_filter_results: promptFilter } },
        chunk({ role: "assistant", context }),
        chunk({ content: part("assistant-text", 0, 2) }),
        chunk({ content: part("assistant-text", 1, 2) }, filtered),
        chunk(
          {},
          { finish_reason: "stop", content_filter_offsets: { check_offset: 5, start_offset: 5, end_offset: 9 } },
        ),
        done,
      ],
    },
  },
];
