// Vendors that speak OpenAI's form with members of their own: https://docs.mistral.ai/api, https://console.groq.com/docs/api-reference,
// https://api-docs.deepseek.com

import { at, part, type Sample, type SamplePrompt, type SampleReply } from "../sample.ts";
import { chatReplies, chatSamples, type Spoken } from "./openai-chat.ts";
import { chatChunk as chunk, chatHead, done, usage } from "./openai-shared.ts";

const ask = (model: string, more: object = {}): SamplePrompt => ({
  kind: "json",
  body: { model, messages: [{ role: "user", content: at("user-text") }], ...more },
});
const whole = (message: object, top: object = {}): SampleReply => ({
  kind: "json",
  body: {
    ...chatHead,
    object: "chat.completion",
    choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: "stop" }],
    usage,
    ...top,
  },
});
const plainReply = whole({ content: at("assistant-text") });

/** The same row for a prompt, a whole reply and a stream. */
const exchanges = (
  spoken: Spoken,
  model: string,
  prompts: readonly object[],
  replies: readonly SampleReply[],
  streams: readonly (readonly { readonly data: unknown }[])[],
): readonly Sample[] => [
  ...prompts.map((more) => ({ ...spoken, mode: "prompt-json", prompt: ask(model, more), reply: plainReply }) as const),
  ...replies.map((reply) => ({ ...spoken, mode: "reply-json", prompt: ask(model), reply }) as const),
  ...streams.map(
    (events) =>
      ({ ...spoken, mode: "reply-sse", prompt: ask(model, { stream: true }), reply: { kind: "sse", events } }) as const,
  ),
];

const mistral: Spoken = {
  dialect: "mistral/chat-completions",
  operation: "openai/chat-completions",
  path: "/v1/chat/completions",
};
const thinking = (text: string) => ({ type: "thinking", thinking: [{ type: "text", text }] });

const mistralSamples = exchanges(
  mistral,
  "magistral-medium-latest",
  [
    {
      messages: [
        { role: "system", content: [{ type: "text", text: at("system-text") }, thinking(at("reasoning", "system"))] },
        {
          role: "user",
          content: [
            { type: "text", text: at("user-text") },
            { type: "image_url", image_url: `https://example.com/${at("url")}` },
            {
              type: "document_url",
              document_url: `https://example.com/${at("url", "document")}`,
              document_name: at("name"),
            },
            { type: "reference", reference_ids: [1, 2] },
            { type: "input_audio", input_audio: "AAAA" },
            { type: "file", file_id: "5f2a" },
          ],
        },
        {
          role: "assistant",
          content: [
            { ...thinking(at("reasoning")), closed: true },
            { type: "text", text: at("assistant-text") },
          ],
          tool_calls: [
            { id: "call-1", function: { name: at("tool-name"), arguments: { city: at("tool-arguments") } } },
          ],
        },
        { role: "tool", name: at("name", "tool"), tool_call_id: "call-1", content: at("tool-result") },
        { role: "assistant", content: at("assistant-text", "prefix"), prefix: true },
      ],
      safe_prompt: true,
      random_seed: 1,
      prompt_mode: "reasoning",
      stop: at("stop"),
      tools: [{ type: "function", function: { name: "f", parameters: {} } }],
    },
  ],
  [
    whole({
      content: [
        thinking(at("reasoning")),
        { type: "text", text: at("assistant-text") },
        { type: "reference", reference_ids: [1] },
      ],
      tool_calls: [
        {
          id: "call-1",
          function: { name: at("tool-name"), arguments: JSON.stringify({ city: at("tool-arguments") }) },
          index: 0,
        },
      ],
    }),
    whole({
      tool_calls: [{ id: "call-1", function: { name: "f", arguments: { city: at("tool-arguments") } }, index: 0 }],
    }),
    {
      kind: "json",
      status: 422,
      body: {
        object: "error",
        message: { detail: [{ type: "missing", loc: ["body"], msg: at("error"), input: null }] },
      },
    },
    { kind: "json", status: 401, body: { detail: at("error") } },
  ],
  [
    [
      chunk({ role: "assistant", content: [thinking(part("reasoning", 0, 3))] }),
      chunk({ content: [thinking(part("reasoning", 1, 3))] }),
      chunk({ content: [{ ...thinking(part("reasoning", 2, 3)), closed: true }] }),
      chunk({ content: part("assistant-text", 0, 2) }),
      chunk({ content: [{ type: "text", text: part("assistant-text", 1, 2) }] }),
      chunk(
        {
          tool_calls: [
            {
              id: "call-1",
              function: { name: at("tool-name"), arguments: JSON.stringify({ city: at("tool-arguments") }) },
              index: 0,
            },
          ],
        },
        { finish_reason: "tool_calls" },
      ),
      done,
    ],
  ],
);

const fim: Spoken = {
  dialect: "openai/fim-completions",
  operation: "openai/fim-completions",
  path: "/v1/fim/completions",
};
const askFim = (prompt: string, more: object = {}): SamplePrompt => ({
  kind: "json",
  body: { model: "codestral-latest", prompt, suffix: at("suffix"), ...more },
});
const fimSamples: readonly Sample[] = [
  {
    ...fim,
    mode: "prompt-json",
    prompt: askFim(at("prefix"), { stop: [at("stop")], metadata: { note: at("metadata") }, guided_regex: at("other") }),
    reply: plainReply,
  },
  ...chatReplies(fim, askFim(at("prefix"))),
];

const agents: Spoken = {
  dialect: "openai/agents-completions",
  operation: "openai/agents-completions",
  path: "/v1/agents/completions",
};
const agentSamples: readonly Sample[] = [
  ...chatSamples(agents),
  {
    ...agents,
    mode: "prompt-json",
    prompt: { kind: "json", body: { agent_id: "ag:1", messages: [{ role: "user", content: at("user-text") }] } },
    reply: plainReply,
    unjudged: ["stored-prompt"],
  },
];

const deepSeekReplies: readonly SampleReply[] = [
  whole({
    reasoning_content: at("reasoning"),
    content: at("assistant-text"),
    tool_calls: [
      {
        index: 0,
        id: "call-1",
        type: "function",
        function: { name: at("tool-name"), arguments: JSON.stringify({ city: at("tool-arguments") }) },
      },
    ],
  }),
  {
    kind: "json",
    body: {
      ...chatHead,
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "fine", reasoning_content: "fine" },
          logprobs: {
            content: [{ token: at("logprob"), logprob: -0.1, bytes: [1], top_logprobs: [] }],
            reasoning_content: [{ token: at("logprob", "reasoning"), logprob: -0.1, bytes: [1], top_logprobs: [] }],
          },
          finish_reason: "stop",
        },
      ],
    },
  },
  {
    kind: "json",
    status: 402,
    body: { error: { message: at("error"), type: "unknown_error", param: null, code: "invalid_request_error" } },
  },
];
const deepSeekStream = [
  chunk({ role: "assistant", content: null, reasoning_content: part("reasoning", 0, 3) }),
  chunk({ content: null, reasoning_content: part("reasoning", 1, 3) }),
  chunk({ content: null, reasoning_content: part("reasoning", 2, 3) }),
  chunk({ content: part("assistant-text", 0, 2), reasoning_content: null }),
  chunk({ content: part("assistant-text", 1, 2), reasoning_content: null }),
  chunk({
    tool_calls: [{ index: 0, id: "call-1", type: "function", function: { name: at("tool-name"), arguments: '{"' } }],
  }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: `city":"${part("tool-arguments", 0, 2)}` } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: `${part("tool-arguments", 1, 2)}"}` } }] }),
  { data: { ...chatHead, choices: [{ index: 0, delta: { content: "" }, finish_reason: "tool_calls" }], usage } },
  done,
];
const deepSeek = { dialect: "deepseek/chat-completions", operation: "openai/chat-completions" };
const deepSeekPrompts = [
  {
    messages: [
      { role: "system", content: at("system-text") },
      { role: "user", name: at("name"), content: at("user-text") },
      { role: "assistant", content: at("assistant-text"), reasoning_content: at("reasoning"), prefix: true },
    ],
    stop: [at("stop")],
    thinking: { type: "enabled" },
    response_format: { type: "json_object" },
  },
];
const deepSeekText = { dialect: "deepseek/completions", operation: "openai/completions", path: "/beta/completions" };
const deepSeekSamples: readonly Sample[] = [
  ...exchanges({ ...deepSeek, path: "/chat/completions" }, "deepseek-reasoner", deepSeekPrompts, deepSeekReplies, [
    deepSeekStream,
  ]),
  ...exchanges({ ...deepSeek, path: "/beta/chat/completions" }, "deepseek-chat", deepSeekPrompts, [], []),
  {
    ...deepSeekText,
    mode: "prompt-json",
    prompt: {
      kind: "json",
      body: { model: "deepseek-chat", prompt: at("input"), suffix: at("suffix"), stop: [at("stop")] },
    },
    reply: {
      kind: "json",
      body: {
        id: "1",
        object: "text_completion",
        choices: [{ index: 0, text: at("assistant-text"), finish_reason: "stop" }],
      },
    },
  },
];

const groq: Spoken = {
  dialect: "groq/chat-completions",
  operation: "openai/chat-completions",
  path: "/openai/v1/chat/completions",
};
const executed = (index: number) => ({
  index,
  type: "search",
  arguments: JSON.stringify({ query: at("tool-arguments") }),
  output: at("tool-result"),
  search_results: {
    results: [
      {
        title: at("document"),
        url: `https://example.com/${at("url")}`,
        content: at("document", "content"),
        score: 0.9,
      },
    ],
  },
  code_results: [{ text: at("tool-result", "code") }],
});
const groqSamples: readonly Sample[] = exchanges(
  groq,
  "groq/compound",
  [
    {
      messages: [
        { role: "system", content: at("system-text") },
        {
          role: "user",
          content: [
            { type: "text", text: at("user-text") },
            { type: "document", document: { id: "d1", data: { note: at("document", "part") } } },
          ],
        },
        { role: "assistant", reasoning: at("reasoning"), content: at("assistant-text") },
      ],
      documents: [
        { id: "d2", source: { type: "text", text: at("document") } },
        { id: "d3", source: { type: "json", data: { note: at("document", "json") } } },
      ],
      citation_options: "enabled",
      search_settings: { include_domains: ["example.com"], country: at("metadata") },
      compound_custom: { tools: { enabled_tools: ["web_search"] } },
      reasoning_format: "parsed",
      include_reasoning: true,
      tools: [{ type: "browser_search" }, { type: "code_interpreter", container: { type: "auto" } }],
    },
  ],
  [
    whole(
      {
        content: at("assistant-text"),
        reasoning: at("reasoning"),
        annotations: [
          { type: "document_citation", document_citation: { start_index: 0, end_index: 3, document_id: "d1" } },
        ],
        executed_tools: [executed(0)],
      },
      { x_groq: { id: "req_1" }, usage_breakdown: { models: [] } },
    ),
    {
      kind: "json",
      status: 400,
      body: {
        error: {
          message: at("error"),
          type: "invalid_request_error",
          code: "tool_use_failed",
          failed_generation: at("error", "failed"),
        },
      },
    },
  ],
  [
    [
      {
        data: {
          ...chatHead,
          choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }],
          x_groq: { id: "req_1" },
        },
      },
      chunk({ reasoning: part("reasoning", 0, 2), channel: "analysis" }),
      chunk({ reasoning: part("reasoning", 1, 2) }),
      chunk({ executed_tools: [executed(0)] }),
      chunk({ content: part("assistant-text", 0, 2) }),
      chunk({ content: part("assistant-text", 1, 2) }),
      {
        data: {
          ...chatHead,
          choices: [{ index: 0, delta: {}, finish_reason: "stop" }],
          x_groq: { id: "req_1", usage, error: at("error") },
        },
      },
      done,
    ],
  ],
);

export const samples: readonly Sample[] = [
  ...mistralSamples,
  ...fimSamples,
  ...agentSamples,
  ...deepSeekSamples,
  ...groqSamples,
];
