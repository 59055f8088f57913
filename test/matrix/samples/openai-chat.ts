// OpenAI chat completions: https://platform.openai.com/docs/api-reference/chat
// What several vendors' servers add to the form stands in samples of its own, since each of its places is in the same tables.

import { at, part, type Sample, type SamplePrompt, type SampleReply } from "../sample.ts";
import { chatChunk as chunk, chatHead, done, upstreamErrors, usage } from "./openai-shared.ts";

/** Who speaks this form, and where. */
export type Spoken = Pick<Sample, "dialect" | "operation" | "path">;

const ask = (more: object = {}): SamplePrompt => ({
  kind: "json",
  body: { model: "gpt-5", messages: [{ role: "user", content: at("user-text") }], ...more },
});
const completion = (message: object, more: object = {}, top: object = {}): SampleReply => ({
  kind: "json",
  body: {
    ...chatHead,
    object: "chat.completion",
    choices: [
      {
        index: 0,
        message: { role: "assistant", refusal: null, ...message },
        logprobs: null,
        finish_reason: "stop",
        ...more,
      },
    ],
    usage,
    ...top,
  },
});
const plainReply = completion({ content: at("assistant-text") });

const conversation = [
  { role: "system", content: at("system-text") },
  { role: "developer", content: [{ type: "text", text: at("developer-text") }] },
  { role: "user", name: at("name"), content: at("user-text") },
  {
    role: "user",
    content: [
      { type: "text", text: at("user-text", "part"), prompt_cache_breakpoint: { mode: "explicit" } },
      { type: "image_url", image_url: { url: `https://example.com/${at("url")}`, alt_text: at("alt-text") } },
      { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } },
      { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
      { type: "file", file: { file_id: "file-1", filename: at("name", "file") } },
      { type: "file", file: { file_data: "data:application/pdf;base64,AAAA", filename: "a.pdf" } },
    ],
  },
  {
    role: "assistant",
    content: at("assistant-text"),
    refusal: at("refusal"),
    audio: { id: "audio-1" },
    tool_calls: [
      {
        id: "call-1",
        type: "function",
        function: { name: at("tool-name"), arguments: JSON.stringify({ city: at("tool-arguments") }) },
      },
      {
        id: "call-2",
        type: "custom",
        custom: { name: at("tool-name", "custom"), input: at("tool-arguments", "custom") },
      },
    ],
  },
  {
    role: "assistant",
    content: [
      { type: "text", text: at("assistant-text", "part") },
      { type: "refusal", refusal: at("refusal", "part") },
    ],
    function_call: { name: at("tool-name", "old"), arguments: JSON.stringify({ city: at("tool-arguments", "old") }) },
  },
  { role: "tool", tool_call_id: "call-1", content: at("tool-result") },
  { role: "tool", tool_call_id: "call-2", content: [{ type: "text", text: at("tool-result", "part") }] },
  { role: "function", name: at("name", "function"), content: at("tool-result", "function") },
];

const fullPrompt: SamplePrompt = {
  kind: "json",
  body: {
    model: "gpt-5",
    messages: conversation,
    audio: { voice: "alloy", format: "wav" },
    modalities: ["text", "audio"],
    metadata: { note: at("metadata") },
    user: at("metadata", "user"),
    moderation: { model: "omni-moderation-latest", policy: { input: { mode: "score" } } },
    n: 2,
    logprobs: true,
    top_logprobs: 2,
    prompt_cache_key: "key-1",
    prompt_cache_retention: "24h",
    safety_identifier: "person-1",
    reasoning_effort: "low",
    verbosity: "low",
    service_tier: "auto",
    store: true,
    stop: [at("stop")],
    prediction: { type: "content", content: [{ type: "text", text: at("text") }] },
    web_search_options: {
      search_context_size: "low",
      user_location: { type: "approximate", approximate: { country: "NO", city: at("metadata", "city") } },
    },
    tools: [
      { type: "function", function: { name: "weather", description: "Tells it.", parameters: { type: "object" } } },
      { type: "custom", custom: { name: "query", format: { type: "text" } } },
    ],
    tool_choice: { type: "function", function: { name: "weather" } },
    response_format: { type: "json_schema", json_schema: { name: "answer", schema: { type: "object" } } },
    a_new_field: at("other"),
  },
};

/** Members that vendors of this form add to a request. */
const vendorPrompt = ask({
  messages: [
    {
      role: "user",
      content: [
        { type: "document", document: { id: "d2", data: { note: at("document", "part") } } },
        { type: "video_url", video_url: { url: "data:video/mp4;base64,AAAA" } },
      ],
    },
    {
      role: "assistant",
      reasoning_content: at("reasoning"),
      reasoning_details: [{ type: "reasoning.encrypted", data: "AAAA" }],
      content: at("assistant-text"),
      prefix: true,
    },
  ],
  documents: [{ title: "t", text: at("document") }],
  chat_template: at("system-text"),
  guided_regex: at("other", "regex"),
});

const call = (index: number, name: string) => ({
  id: `call-${index}`,
  type: "function",
  function: { name: at("tool-name", name), arguments: JSON.stringify({ city: at("tool-arguments", name) }) },
});
const tokens = (name: string) => [
  {
    token: at("logprob", name),
    logprob: -0.1,
    bytes: [102],
    top_logprobs: [{ token: at("logprob", `${name}-top`), logprob: -0.1, bytes: null }],
  },
];

const fullReply: SampleReply = {
  kind: "json",
  body: {
    ...chatHead,
    object: "chat.completion",
    service_tier: "default",
    system_fingerprint: "fp_1",
    metadata: { note: at("metadata") },
    moderation: {
      input: {
        type: "moderation_results",
        model: "omni-moderation-latest",
        results: [{ type: "moderation_result", flagged: false, categories: { hate: false } }],
      },
      output: { type: "error", code: "unavailable", message: at("error", "moderation") },
    },
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: at("assistant-text"),
          refusal: null,
          annotations: [
            {
              type: "url_citation",
              url_citation: {
                start_index: 0,
                end_index: 4,
                title: at("annotation"),
                url: `https://example.com/${at("url")}`,
              },
            },
          ],
        },
        logprobs: null,
        finish_reason: "stop",
      },
      {
        index: 1,
        message: {
          role: "assistant",
          content: null,
          refusal: at("refusal"),
          tool_calls: [
            call(0, "first"),
            call(1, "second"),
            {
              id: "call-2",
              type: "custom",
              custom: { name: at("tool-name", "custom"), input: at("tool-arguments", "custom") },
            },
          ],
        },
        logprobs: null,
        finish_reason: "tool_calls",
      },
      {
        index: 2,
        message: {
          role: "assistant",
          content: null,
          audio: { id: "audio-1", data: "AAAA", expires_at: 2, transcript: at("assistant-text", "transcript") },
          function_call: {
            name: at("tool-name", "old"),
            arguments: JSON.stringify({ city: at("tool-arguments", "old") }),
          },
        },
        logprobs: null,
        finish_reason: "function_call",
      },
      // They go where anything of their choice is masked, so they stand with a text that is not.
      {
        index: 3,
        message: { role: "assistant", content: "fine", refusal: null },
        logprobs: { content: tokens("content"), refusal: null },
        token_ids: [2489],
        finish_reason: "stop",
      },
      {
        index: 4,
        message: { role: "assistant", content: null, refusal: "fine" },
        logprobs: { content: null, refusal: tokens("refusal") },
        finish_reason: "stop",
      },
    ],
    usage,
    a_new_field: at("other"),
  },
};

/** Members that vendors of this form add to a message. */
const vendorMessage = {
  reasoning_content: at("reasoning"),
  reasoning_details: [{ type: "reasoning.encrypted", data: "AAAA" }],
  images: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA", alt_text: at("alt-text") } }],
  annotations: [
    { type: "file", file: { hash: "h1", name: at("name"), content: [{ type: "text", text: at("document") }] } },
  ],
  executed_tools: [{ index: 0, type: "search", arguments: "{}", output: at("tool-result") }],
  context: { citations: [{ title: at("citation"), content: at("citation", "content"), chunk_id: "0" }] },
};

/** What some models answer in parts. */
const drawn = [
  { type: "text", text: at("assistant-text", "part") },
  { type: "image_url", image_url: { url: `https://example.com/${at("url")}` } },
  { type: "file", file_id: "file-1" },
];

const spokenStream = [
  chunk({ role: "assistant", content: "", refusal: null }),
  {
    data: {
      ...chunk({}, { index: 1 }).data,
      choices: [
        {
          index: 1,
          delta: { role: "assistant", content: part("assistant-text", 0, 2, "second") },
          finish_reason: null,
        },
      ],
    },
  },
  chunk({ content: part("assistant-text", 0, 3) }),
  chunk({ content: part("assistant-text", 1, 3) }),
  chunk({ content: part("assistant-text", 1, 2, "second") }, { index: 1 }),
  chunk({ content: part("assistant-text", 2, 3) }),
  chunk({
    annotations: [
      {
        type: "url_citation",
        url_citation: {
          start_index: 0,
          end_index: 4,
          title: at("annotation"),
          url: `https://example.com/${at("url")}`,
        },
      },
    ],
  }),
  chunk({}, { finish_reason: "stop" }),
  chunk({}, { index: 1, finish_reason: "stop" }),
  {
    data: {
      ...chatHead,
      object: "chat.completion.chunk",
      choices: [],
      usage,
      metadata: { note: at("metadata") },
      a_new_field: at("other"),
    },
  },
  done,
];

const callStream = [
  chunk({ role: "assistant", content: null, refusal: part("refusal", 0, 2) }),
  chunk({ refusal: part("refusal", 1, 2) }),
  chunk({
    tool_calls: [{ index: 0, id: "call-0", type: "function", function: { name: at("tool-name"), arguments: "" } }],
  }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: `{"city":"${part("tool-arguments", 0, 3)}` } }] }),
  chunk({
    tool_calls: [
      { index: 1, id: "call-1", type: "function", function: { name: at("tool-name", "second"), arguments: '{"ci' } },
    ],
  }),
  chunk({
    tool_calls: [
      { index: 0, function: { arguments: part("tool-arguments", 1, 3) } },
      { index: 1, function: { arguments: `ty":"${part("tool-arguments", 0, 2, "second")}` } },
    ],
  }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: `${part("tool-arguments", 2, 3)}"}` } }] }),
  chunk({ tool_calls: [{ index: 1, function: { arguments: `${part("tool-arguments", 1, 2, "second")}"}` } }] }),
  chunk({
    tool_calls: [
      {
        index: 2,
        id: "call-2",
        type: "custom",
        custom: { name: at("tool-name", "custom"), input: part("tool-arguments", 0, 2, "custom") },
      },
    ],
  }),
  chunk({ tool_calls: [{ index: 2, custom: { input: part("tool-arguments", 1, 2, "custom") } }] }),
  chunk({}, { finish_reason: "tool_calls" }),
  done,
];

const otherStream = [
  chunk({ role: "assistant", audio: { id: "audio-1", transcript: part("assistant-text", 0, 2, "transcript") } }),
  chunk({ audio: { data: "AAAA" } }),
  chunk({ audio: { transcript: part("assistant-text", 1, 2, "transcript"), expires_at: 2 } }),
  chunk(
    { function_call: { name: at("tool-name", "old"), arguments: `{"city":"${part("tool-arguments", 0, 2, "old")}` } },
    { index: 1 },
  ),
  chunk({ function_call: { arguments: `${part("tool-arguments", 1, 2, "old")}"}` } }, { index: 1 }),
  chunk({ content: "fine" }, { index: 2, token_ids: [2489], logprobs: { content: tokens("content"), refusal: null } }),
  chunk({ reasoning_content: part("reasoning", 0, 2) }, { index: 3 }),
  chunk({ reasoning_content: part("reasoning", 1, 2) }, { index: 3 }),
  chunk({ ...vendorMessage, reasoning_content: null }, { index: 4 }),
  chunk({ content: drawn }, { index: 5 }),
  { data: { error: { message: at("error"), type: "server_error", code: "overloaded", param: null } } },
];

export const chatWholeReplies: readonly SampleReply[] = [
  plainReply,
  fullReply,
  completion({ content: at("assistant-text"), ...vendorMessage }),
  completion({ content: drawn }),
  ...upstreamErrors,
];

/** All of it, wherever it is spoken. */
export function chatSamples(spoken: Spoken): readonly Sample[] {
  return [
    {
      ...spoken,
      mode: "prompt-json",
      prompt: fullPrompt,
      reply: plainReply,
      unjudged: [
        "image",
        "remote-url",
        "data-url",
        "audio",
        "file",
        "conversation",
        "provider-tool",
        "tool-definition",
      ],
    },
    {
      ...spoken,
      mode: "prompt-json",
      prompt: vendorPrompt,
      reply: plainReply,
      unjudged: ["video", "encrypted"],
    },
    ...chatReplies(spoken, ask()),
  ];
}

export function chatReplies(spoken: Spoken, prompt: SamplePrompt): readonly Sample[] {
  const streamed: SamplePrompt =
    prompt.kind === "json" ? { kind: "json", body: { ...(prompt.body as object), stream: true } } : prompt;
  return [
    ...chatWholeReplies.map((reply) => ({ ...spoken, mode: "reply-json", prompt, reply }) as const),
    ...[spokenStream, callStream, otherStream].map(
      (events) => ({ ...spoken, mode: "reply-sse", prompt: streamed, reply: { kind: "sse", events } }) as const,
    ),
  ];
}

export const samples: readonly Sample[] = chatSamples({
  dialect: "openai/chat-completions",
  operation: "openai/chat-completions",
  path: "/v1/chat/completions",
});
