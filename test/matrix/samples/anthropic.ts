// Anthropic messages: https://docs.claude.com/en/api/messages, and its streams: https://docs.claude.com/en/build-with-claude/streaming

import { at, part, type Sample, type SampleEvent } from "../sample.ts";
import { base64, cached, documents, said, webCitation } from "./anthropic-blocks.ts";

const path = "/v1/messages";
const shared = { dialect: "anthropic/messages", operation: "anthropic/messages", path } as const;
const headers = { "anthropic-version": "2023-06-01", "x-api-key": "k" };
const model = "claude-sonnet-4-5";
const ask = { model, max_tokens: 1024, messages: [{ role: "user", content: at("user-text") }] };
const usage = {
  input_tokens: 12,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  output_tokens: 6,
  service_tier: "standard",
};
const head = { id: "msg_01XFDUDYJgAACzvnptvVoYEL", type: "message", role: "assistant", model };
const ended = { stop_reason: "end_turn", stop_sequence: null };
const shortReply = {
  kind: "json",
  body: { ...head, content: [{ type: "text", text: at("assistant-text") }], ...ended, usage },
} as const;

const prompt: Sample = {
  ...shared,
  headers,
  path: `${path}?beta=true`,
  mode: "prompt-json",
  prompt: {
    kind: "json",
    body: {
      model,
      max_tokens: 1024,
      temperature: 1,
      system: [{ type: "text", text: at("system-text"), cache_control: cached }],
      messages: [
        { role: "user", content: at("user-text") },
        { role: "user", content: [{ type: "text", text: at("user-text", "block") }, ...documents] },
        { role: "assistant", content: said },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "toolu_01", content: at("tool-result"), is_error: true },
            {
              type: "tool_result",
              tool_use_id: "toolu_02",
              content: [
                { type: "text", text: at("tool-result", "block") },
                { type: "image", source: base64("image/png") },
                { type: "search_result", source: "s", title: "t", content: [{ type: "text", text: "t" }] },
                { type: "tool_reference", tool_name: at("tool-name", "referred") },
                { type: "browser_state", tabs: [{ tab_id: "1", title: at("tool-result", "tab"), url: "u" }] },
              ],
            },
          ],
        },
        { role: "system", content: [{ type: "text", text: at("system-text", "later") }] },
        {
          role: "system",
          content: [
            {
              type: "tool_addition",
              tool: { type: "mcp_tool_reference", name: "f", server_name: at("name", "added") },
            },
            { type: "tool_addition", tool: { type: "tool_definition", definition: { name: "f", input_schema: {} } } },
          ],
        },
        { role: "assistant", content: at("assistant-text") },
      ],
      tools: [
        { name: "get_weather", description: "d", input_schema: { type: "object" } },
        {
          type: "web_search_20250305",
          name: "web_search",
          max_uses: 5,
          allowed_domains: [`${at("url", "domain")}.example.com`],
          user_location: { type: "approximate", city: at("metadata", "city"), timezone: "America/Los_Angeles" },
        },
        { type: "mcp_toolset", mcp_server_name: at("name", "toolset"), default_config: { enabled: true } },
      ],
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
      metadata: { user_id: at("metadata") },
      stop_sequences: [at("stop")],
      thinking: { type: "enabled", budget_tokens: 2000 },
      output_config: { effort: "high", format: { type: "json_schema", schema: { type: "object" } } },
      mcp_servers: [
        {
          type: "url",
          url: `https://example.com/${at("url", "server")}`,
          name: at("name"),
          authorization_token: at("metadata", "token"),
          tool_configuration: { enabled: true, allowed_tools: ["f"] },
        },
      ],
      container: { id: "container_1", skills: [{ type: "anthropic", skill_id: "pptx", version: "latest" }] },
      context_management: {
        edits: [
          { type: "clear_tool_uses_20250919", trigger: { type: "input_tokens", value: 100_000 } },
          { type: "compact_20260112", instructions: at("system-text", "compact") },
        ],
      },
      thread: { type: "continue", previous_message_id: "msg_00" },
      fallbacks: [{ model, max_tokens: 10 }],
      a_new_field: at("other"),
    },
  },
  reply: shortReply,
  unjudged: [
    ...(["image", "remote-url", "data-url", "file", "encrypted", "tool-definition", "provider-tool"] as const),
    ...(["conversation", "stored-prompt"] as const),
  ],
};

const event = (name: string, data: object = {}): SampleEvent => ({ name, data: { type: name, ...data } });
const start = (index: number, content_block: object) => event("content_block_start", { index, content_block });
const delta = (index: number, type: string, more: object) =>
  event("content_block_delta", { index, delta: { type, ...more } });
const stop = (index: number) => event("content_block_stop", { index });
const startMessage = event("message_start", {
  message: { ...head, content: [], stop_reason: null, stop_sequence: null, usage: { ...usage, output_tokens: 1 } },
});
const endMessage = (more: object = {}) => [
  event("message_delta", {
    delta: { stop_reason: "end_turn", stop_sequence: null, ...more },
    usage: { output_tokens: 15 },
  }),
  event("message_stop"),
];
const whole = (content: readonly object[]): SampleEvent[] =>
  content.flatMap((block, index) => [start(index, block), stop(index)]);

const stream = (...events: readonly SampleEvent[]): Sample => ({
  ...shared,
  headers,
  mode: "reply-sse",
  prompt: { kind: "json", body: { ...ask, stream: true } },
  reply: { kind: "sse", events },
});

const inPieces = stream(
  startMessage,
  start(0, { type: "thinking", thinking: "", signature: "" }),
  event("ping"),
  delta(0, "thinking_delta", { thinking: part("reasoning", 0, 2, "streamed") }),
  delta(0, "thinking_delta", { thinking: part("reasoning", 1, 2, "streamed") }),
  delta(0, "signature_delta", { signature: "EqQBCgIYAhIM1gbcDa9GJwZA" }),
  stop(0),
  start(1, { type: "text", text: "" }),
  delta(1, "text_delta", { text: part("assistant-text", 0, 3, "first") }),
  delta(1, "text_delta", { text: part("assistant-text", 1, 3, "first") }),
  delta(1, "citations_delta", { citation: webCitation("streamed") }),
  delta(1, "text_delta", { text: part("assistant-text", 2, 3, "first") }),
  stop(1),
  start(2, { type: "text", text: part("assistant-text", 0, 2, "second") }),
  delta(2, "text_delta", { text: part("assistant-text", 1, 2, "second") }),
  stop(2),
  start(3, { type: "tool_use", id: "toolu_01", name: at("tool-name", "streamed"), input: {} }),
  delta(3, "input_json_delta", { partial_json: "" }),
  delta(3, "input_json_delta", { partial_json: `{"city": "${part("tool-arguments", 0, 3, "streamed")}` }),
  delta(3, "input_json_delta", { partial_json: part("tool-arguments", 1, 3, "streamed") }),
  delta(3, "input_json_delta", { partial_json: `${part("tool-arguments", 2, 3, "streamed")}", "days": 3}` }),
  stop(3),
  // Two at a time: nothing says that a block ends before the next begins.
  start(4, { type: "tool_use", id: "toolu_02", name: "now", input: {} }),
  start(5, { type: "server_tool_use", id: "srvtoolu_01", name: "web_search", input: {} }),
  delta(4, "input_json_delta", { partial_json: `{"a": "${part("tool-arguments", 0, 2, "fourth")}` }),
  delta(5, "input_json_delta", { partial_json: `{"query": "${part("tool-arguments", 0, 2, "fifth")}` }),
  delta(4, "input_json_delta", { partial_json: `${part("tool-arguments", 1, 2, "fourth")}"}` }),
  delta(5, "input_json_delta", { partial_json: `${part("tool-arguments", 1, 2, "fifth")}"}` }),
  stop(4),
  stop(5),
  start(6, { type: "compaction", content: null, encrypted_content: null }),
  delta(6, "compaction_delta", { content: at("assistant-text", "compacted"), encrypted_content: "EqgfCioI" }),
  stop(6),
  event("a_new_event", { note: at("other") }),
  ...endMessage({
    stop_sequence: at("stop"),
    stop_details: { type: "refusal", category: null, explanation: at("refusal") },
  }),
);

export const samples: readonly Sample[] = [
  prompt,
  {
    ...shared,
    headers,
    mode: "prompt-json",
    prompt: { kind: "json", body: { ...ask, system: at("system-text", "string"), container: "container_1" } },
    reply: shortReply,
    unjudged: ["file"],
  },
  { ...shared, headers, mode: "reply-json", prompt: { kind: "json", body: ask }, reply: shortReply },
  {
    ...shared,
    headers,
    mode: "reply-json",
    prompt: { kind: "json", body: ask },
    reply: {
      kind: "json",
      body: {
        ...head,
        content: [{ type: "text", text: at("assistant-text"), citations: null }, ...said],
        stop_reason: "stop_sequence",
        stop_sequence: at("stop"),
        stop_details: { type: "refusal", category: null, explanation: at("refusal") },
        container: { id: "container_1", expires_at: "2025-08-25T10:30:00Z", skills: null },
        context_management: { applied_edits: [{ type: "clear_tool_uses_20250919", cleared_tool_uses: 8 }] },
        usage,
        a_new_field: at("other"),
      },
    },
    unjudged: ["encrypted", "provider-tool", "file", "tool-definition"],
  },
  {
    ...shared,
    headers,
    mode: "reply-json",
    prompt: { kind: "json", body: ask },
    reply: {
      kind: "json",
      status: 400,
      body: {
        type: "error",
        error: { type: "invalid_request_error", message: at("error"), details: null },
        request_id: "req_011CSHoEeqs5C35K2UUqR7Fy",
      },
    },
  },
  inPieces,
  stream(startMessage, ...whole(said), ...endMessage()),
  stream(
    startMessage,
    start(0, { type: "text", text: "" }),
    delta(0, "text_delta", { text: at("assistant-text") }),
    event("error", { error: { type: "overloaded_error", message: at("error") } }),
  ),
  {
    ...prompt,
    dialect: "anthropic/count-tokens",
    operation: "anthropic/count-tokens",
    path: `${path}/count_tokens`,
    reply: { kind: "json", body: { input_tokens: 2095 } },
  },
  {
    ...shared,
    dialect: "anthropic/count-tokens",
    operation: "anthropic/count-tokens",
    path: `${path}/count_tokens`,
    mode: "reply-json",
    prompt: { kind: "json", body: ask },
    reply: { kind: "json", body: { input_tokens: 2095, a_new_field: at("other") } },
  },
  {
    ...shared,
    dialect: "anthropic/count-tokens",
    operation: "anthropic/count-tokens",
    path: `${path}/count_tokens`,
    mode: "reply-json",
    prompt: { kind: "json", body: ask },
    reply: {
      kind: "json",
      status: 400,
      body: { type: "error", error: { type: "invalid_request_error", message: at("error") } },
    },
  },
];
