// OpenAI's Responses API: https://platform.openai.com/docs/api-reference/responses and .../responses-streaming

import type { UnjudgedKind } from "../../../src/domain/segment.ts";
import { at, part, type Sample, type SampleEvent, type SampleReply } from "../sample.ts";
import * as items from "./openai-responses-items.ts";

const path = "/v1/responses";
const ask = { model: "m", input: at("user-text") };

const response = (status: string, output: readonly object[], more: object = {}): object => ({
  id: "resp_1",
  object: "response",
  created_at: 1,
  status,
  background: false,
  error: null,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  metadata: {},
  model: "m",
  output,
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: "medium", summary: "auto" },
  store: true,
  temperature: 1,
  text: { format: { type: "text" }, verbosity: "medium" },
  tool_choice: "auto",
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: "disabled",
  usage: {
    input_tokens: 9,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 9,
    output_tokens_details: { reasoning_tokens: 3 },
    total_tokens: 18,
  },
  user: null,
  ...more,
});

const said = [{ type: "output_text", text: at("assistant-text"), annotations: [] }];
const short = { ...items.messageItem, content: said };
const shortReply: SampleReply = { kind: "json", body: response("completed", [short]) };

/** What a response says of its request. */
const echo = {
  instructions: at("system-text"),
  metadata: { topic: at("metadata") },
  user: at("metadata", "user"),
  safety_identifier: "u-1",
  prompt: { id: "pmpt_1", version: "2", variables: { city: at("user-text", "variable") } },
  tools: [{ type: "function", name: "f", description: "d", parameters: {}, strict: true }],
};

/** Instructions in items: of what they may hold, what is not text among it. */
const itemEcho = {
  instructions: [
    {
      type: "message",
      role: "system",
      content: [
        { type: "input_text", text: at("system-text") },
        { type: "input_image", detail: "auto", image_url: `https://example.com/${at("url")}` },
        { type: "input_file", file_id: "file-1" },
        { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
      ],
    },
    { type: "item_reference", id: "msg_0" },
  ],
};
const itemEchoed: readonly UnjudgedKind[] = ["image", "remote-url", "file", "audio", "conversation"];

const carried = {
  model: "m",
  instructions: at("system-text"),
  input: [...items.promptItems, ...items.modelItems],
  previous_response_id: "resp_0",
  conversation: { id: "conv_1" },
  prompt: {
    id: "pmpt_1",
    version: "2",
    variables: {
      city: at("user-text", "variable"),
      part: { type: "input_text", text: at("user-text", "variable-part") },
      picture: { type: "input_image", image_url: "data:image/png;base64,AAAA" },
    },
  },
  tools: [
    { type: "function", name: "f", description: "d", parameters: { type: "object" }, strict: true },
    { type: "custom", name: "c", description: "d", format: { type: "text" } },
    { type: "file_search", vector_store_ids: ["vs_1"], max_num_results: 4 },
    {
      type: "web_search",
      search_context_size: "low",
      user_location: { type: "approximate", city: at("metadata", "city"), country: "PT" },
    },
    {
      type: "mcp",
      server_label: "docs",
      server_url: `https://example.com/${at("url", "server")}`,
      server_description: "d",
      require_approval: "never",
    },
    { type: "code_interpreter", container: { type: "auto", file_ids: ["file-1"] } },
    { type: "image_generation", size: "1024x1024" },
  ],
  text: { format: { type: "json_schema", name: "answer", schema: { type: "object" }, strict: true }, verbosity: "low" },
  metadata: { topic: at("metadata") },
  user: at("metadata", "user"),
  safety_identifier: "u-1",
  stop: [at("stop")],
  tool_choice: { type: "function", name: "f" },
  reasoning: { effort: "high", summary: "detailed" },
  include: ["reasoning.encrypted_content", "message.output_text.logprobs"],
  a_new_field: at("other"),
};

const inItems: readonly UnjudgedKind[] = ["image", "audio", "file", "data-url", "remote-url", "encrypted"];
const inPrompt: readonly UnjudgedKind[] = [
  ...inItems,
  ...(["tool-definition", "provider-tool", "conversation", "stored-prompt"] as const),
];

/** Numbered in order, and named as their type is. */
const events = (list: readonly (readonly [string, object])[]): SampleReply => ({
  kind: "sse",
  events: list.map(
    ([type, more], index): SampleEvent => ({ name: type, data: { type, sequence_number: index, ...more } }),
  ),
});

const three = (location: Parameters<typeof part>[0], name: string): readonly string[] =>
  [0, 1, 2].map((index) => part(location, index, 3, name));

/** The life of one item: begun, grown, told whole, ended. */
const life = (
  output_index: number,
  begun: object,
  done: { readonly id: string; readonly [key: string]: unknown },
  grown: (inItem: object) => readonly (readonly [string, object])[],
): readonly (readonly [string, object])[] => [
  ["response.output_item.added", { output_index, item: { ...done, status: "in_progress", ...begun } }],
  ...grown({ item_id: done.id, output_index }),
  ["response.output_item.done", { output_index, item: done }],
];

const message = {
  id: "msg_1",
  type: "message",
  status: "completed",
  role: "assistant",
  content: [
    items.messageItem.content[0] as object,
    items.messageItem.content[1] as object,
    { type: "refusal", refusal: at("refusal") },
  ],
};
const [cited, scored, refused] = message.content as [
  { readonly annotations: readonly object[] },
  { readonly logprobs: readonly object[] },
  object,
];
const output = [items.reasoningItem, message, items.functionCallItem, items.customCallItem, items.codeItem];
const more = [items.mcpCallItem, items.shellItem, items.shellOutputItem, items.imageItem];
const rest = [...items.searchItems, ...items.otherItems];

const reasoning = life(0, { summary: [], content: [] }, items.reasoningItem, (inItem) => [
  ...["summary", "summary-2"].flatMap((name, summary_index): (readonly [string, object])[] => [
    ["response.reasoning_summary_part.added", { ...inItem, summary_index, part: { type: "summary_text", text: "" } }],
    ...three("reasoning", name).map(
      (delta) => ["response.reasoning_summary_text.delta", { ...inItem, summary_index, delta }] as const,
    ),
    ["response.reasoning_summary_text.done", { ...inItem, summary_index, text: at("reasoning", name) }],
    [
      "response.reasoning_summary_part.done",
      { ...inItem, summary_index, part: { type: "summary_text", text: at("reasoning", name) } },
    ],
  ]),
  ["response.content_part.added", { ...inItem, content_index: 0, part: { type: "reasoning_text", text: "" } }],
  ...three("reasoning", "1").map(
    (delta) => ["response.reasoning_text.delta", { ...inItem, content_index: 0, delta }] as const,
  ),
  ["response.reasoning_text.done", { ...inItem, content_index: 0, text: at("reasoning") }],
  [
    "response.content_part.done",
    { ...inItem, content_index: 0, part: { type: "reasoning_text", text: at("reasoning") } },
  ],
]);

const spoken = life(1, { content: [] }, message, (inItem) => [
  [
    "response.content_part.added",
    { ...inItem, content_index: 0, part: { type: "output_text", text: "", annotations: [] } },
  ],
  ...three("assistant-text", "1").map(
    (delta) =>
      [
        "response.output_text.delta",
        { ...inItem, content_index: 0, delta, logprobs: [], obfuscation: "aB3x" },
      ] as const,
  ),
  ...cited.annotations.map(
    (annotation, annotation_index) =>
      ["response.output_text.annotation.added", { ...inItem, content_index: 0, annotation_index, annotation }] as const,
  ),
  ["response.output_text.done", { ...inItem, content_index: 0, text: at("assistant-text"), logprobs: [] }],
  ["response.content_part.done", { ...inItem, content_index: 0, part: cited }],
  [
    "response.content_part.added",
    { ...inItem, content_index: 1, part: { type: "output_text", text: "", annotations: [], logprobs: [] } },
  ],
  ["response.output_text.delta", { ...inItem, content_index: 1, delta: "Hi", logprobs: scored.logprobs }],
  ["response.output_text.done", { ...inItem, content_index: 1, text: "Hi", logprobs: scored.logprobs }],
  ["response.content_part.done", { ...inItem, content_index: 1, part: scored }],
  ["response.content_part.added", { ...inItem, content_index: 2, part: { type: "refusal", refusal: "" } }],
  ...three("refusal", "1").map((delta) => ["response.refusal.delta", { ...inItem, content_index: 2, delta }] as const),
  ["response.refusal.done", { ...inItem, content_index: 2, refusal: at("refusal") }],
  ["response.content_part.done", { ...inItem, content_index: 2, part: refused }],
]);

/** Arguments in pieces: cut within a string, and around it. */
const argued = (
  type: string,
  key: string,
  name: string,
  whole: string,
): ((inItem: object) => readonly (readonly [string, object])[]) => {
  const pieces = [`{"${key}":"`, ...three("tool-arguments", name), `"}`];
  return (inItem) => [
    ...pieces.map((delta) => [`response.${type}.delta`, { ...inItem, delta }] as const),
    [`response.${type}.done`, { ...inItem, arguments: whole }],
  ];
};

const texts =
  (type: string, member: string, name: string) =>
  (inItem: object): readonly (readonly [string, object])[] => [
    ...three("tool-arguments", name).map((delta) => [`response.${type}.delta`, { ...inItem, delta }] as const),
    [`response.${type}.done`, { ...inItem, [member]: at("tool-arguments", name) }],
  ];

const called = [
  ...life(
    2,
    { arguments: "" },
    items.functionCallItem,
    argued("function_call_arguments", "city", "1", items.functionCallItem.arguments),
  ),
  ...life(3, { input: "" }, items.customCallItem, texts("custom_tool_call_input", "input", "custom")),
  ...life(4, { code: "", outputs: [] }, items.codeItem, (inItem) => [
    ["response.code_interpreter_call.in_progress", inItem],
    ...texts("code_interpreter_call_code", "code", "code")(inItem),
    ["response.code_interpreter_call.interpreting", inItem],
    ["response.code_interpreter_call.completed", inItem],
  ]),
  ...life(5, { arguments: "", output: null, error: null }, items.mcpCallItem, (inItem) => [
    ["response.mcp_call.in_progress", inItem],
    ...argued("mcp_call_arguments", "q", "mcp", items.mcpCallItem.arguments)(inItem),
    ["response.mcp_call.failed", inItem],
  ]),
  ...life(6, { action: { ...items.shellItem.action, commands: [] } }, items.shellItem, () => [
    ["response.shell_call_command.added", { output_index: 6, command_index: 0, command: "" }],
    ...three("tool-arguments", "shell").map(
      (delta) => ["response.shell_call_command.delta", { output_index: 6, command_index: 0, delta }] as const,
    ),
    ["response.shell_call_command.done", { output_index: 6, command_index: 0, command: at("tool-arguments", "shell") }],
  ]),
  ...life(7, { output: [] }, items.shellOutputItem, (inItem) => [
    ...["stdout", "stderr"].flatMap((name) =>
      three("tool-result", name).map(
        (text) =>
          [
            "response.shell_call_output_content.delta",
            { ...inItem, command_index: 0, delta: { [name]: text } },
          ] as const,
      ),
    ),
    ["response.shell_call_output_content.done", { ...inItem, command_index: 0, output: items.shellOutputItem.output }],
  ]),
  ...life(8, { result: null, revised_prompt: null, error: null }, items.imageItem, (inItem) => [
    ["response.image_generation_call.generating", inItem],
    [
      "response.image_generation_call.partial_image",
      { ...inItem, partial_image_index: 0, partial_image_b64: "iVBORw0KGgo=", size: "1024x1024", output_format: "png" },
    ],
    ["response.image_generation_call.completed", inItem],
  ]),
];

const stream = (begun: object, end: readonly (readonly [string, object])[]): SampleReply =>
  events([
    ["response.created", { response: response("in_progress", [], begun) }],
    ["response.in_progress", { response: response("in_progress", [], begun) }],
    ["keepalive", {}],
    ...reasoning,
    ...spoken,
    ...called,
    ...rest.flatMap((item, index) => [
      ["response.output_item.added", { output_index: 9 + index, item: { ...item, status: "in_progress" } }] as const,
      ["response.output_item.done", { output_index: 9 + index, item }] as const,
    ]),
    ["response.audio.delta", { delta: "UklGRg==" }],
    ...three("assistant-text", "spoken").map((delta) => ["response.audio.transcript.delta", { delta }] as const),
    ["response.audio.transcript.done", {}],
    ["response.of_tomorrow", { output_index: 0, words: at("other", "event") }],
    ...end,
  ]);

const everything = [...output, ...more, ...rest];
const completed = stream({}, [["response.completed", { response: response("completed", everything, echo) }]]);
const instructed = events([["response.created", { response: response("in_progress", [], itemEcho) }]]);
const failing = events([
  ["response.created", { response: response("queued", []) }],
  ["response.queued", { response: response("queued", []) }],
  [
    "response.failed",
    { response: response("failed", [], { error: { code: "server_error", message: at("error", "failed") } }) },
  ],
]);
const broken = events([
  ["response.created", { response: response("in_progress", []) }],
  ["error", { code: "server_error", message: at("error", "event"), param: null }],
]);
const nested = events([
  ["response.created", { response: response("in_progress", []) }],
  ["error", { error: { type: "server_error", code: "server_error", message: at("error", "nested"), param: null } }],
]);
const incomplete = events([
  ["response.created", { response: response("in_progress", []) }],
  ...life(0, { content: [] }, { ...short, status: "incomplete" }, (inItem) => [
    [
      "response.content_part.added",
      { ...inItem, content_index: 0, part: { type: "output_text", text: "", annotations: [] } },
    ],
    ...three("assistant-text", "1").map(
      (delta) => ["response.output_text.delta", { ...inItem, content_index: 0, delta, logprobs: [] }] as const,
    ),
    ["response.output_text.done", { ...inItem, content_index: 0, text: at("assistant-text"), logprobs: [] }],
    ["response.content_part.done", { ...inItem, content_index: 0, part: said[0] }],
  ]),
  [
    "response.incomplete",
    {
      response: response("incomplete", [{ ...short, status: "incomplete" }], {
        incomplete_details: { reason: "max_output_tokens" },
      }),
    },
  ],
]);

const failure = (status: number): SampleReply => ({
  kind: "json",
  status,
  body: { error: { message: at("error"), type: "invalid_request_error", param: "input", code: "invalid_value" } },
});

const main = { dialect: "openai/responses", operation: "openai/responses", path } as const;
const tokens = {
  dialect: "openai/responses-input-tokens",
  operation: "openai/responses-input-tokens",
  path: `${path}/input_tokens`,
} as const;
const compact = {
  dialect: "openai/responses-compact",
  operation: "openai/responses-compact",
  path: `${path}/compact`,
} as const;
const kept = {
  dialect: "openai/responses-item",
  operation: "openai/responses-item",
  method: "GET",
  path: `${path}/resp_1`,
  prompt: { kind: "none" },
} as const;

const asking = { kind: "json", body: ask } as const;
const streaming = { kind: "json", body: { ...ask, stream: true } } as const;
const whole: SampleReply = {
  kind: "json",
  body: response("completed", everything, { ...echo, a_new_field: at("other"), error: null }),
};
const instructedWhole: SampleReply = { kind: "json", body: response("completed", [], itemEcho) };
const failed: SampleReply = {
  kind: "json",
  body: response("failed", [], { error: { code: "server_error", message: at("error", "failed") } }),
};
const counted: SampleReply = {
  kind: "json",
  body: { object: "response.input_tokens", input_tokens: 11, a_new_field: at("other") },
};
const compacted: SampleReply = {
  kind: "json",
  body: {
    id: "resp_2",
    object: "response.compaction",
    created_at: 1,
    output: [...items.promptItems.slice(0, 4), ...everything],
    usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
    a_new_field: at("other"),
  },
};
const itemList: SampleReply = {
  kind: "json",
  body: {
    object: "list",
    data: [...items.promptItems, ...items.modelItems],
    first_id: "msg_1",
    last_id: "msg_2",
    has_more: false,
    a_new_field: at("other"),
  },
};
const gone: SampleReply = { kind: "json", body: { id: "resp_1", object: "response.deleted", deleted: true } };

export const samples: readonly Sample[] = [
  {
    ...main,
    mode: "prompt-json",
    prompt: { kind: "json", body: { ...carried, background: true, store: true } },
    reply: shortReply,
    unjudged: [...inPrompt, "background"],
  },
  { ...main, mode: "prompt-json", prompt: asking, reply: shortReply },
  { ...main, mode: "reply-json", prompt: asking, reply: whole, unjudged: inItems },
  { ...main, mode: "reply-json", prompt: asking, reply: instructedWhole, unjudged: itemEchoed },
  { ...main, mode: "reply-json", prompt: asking, reply: failed },
  ...[400, 429, 500].map((status): Sample => ({ ...main, mode: "reply-json", prompt: asking, reply: failure(status) })),
  { ...main, mode: "reply-sse", prompt: streaming, reply: completed, unjudged: inItems },
  { ...main, mode: "reply-sse", prompt: streaming, reply: instructed, unjudged: itemEchoed },
  ...[failing, broken, nested, incomplete].map(
    (reply): Sample => ({ ...main, mode: "reply-sse", prompt: streaming, reply }),
  ),
  { ...tokens, mode: "prompt-json", prompt: { kind: "json", body: carried }, reply: counted, unjudged: inPrompt },
  { ...tokens, mode: "reply-json", prompt: asking, reply: counted },
  { ...tokens, mode: "reply-json", prompt: asking, reply: failure(400) },
  { ...compact, mode: "prompt-json", prompt: { kind: "json", body: carried }, reply: compacted, unjudged: inPrompt },
  { ...compact, mode: "reply-json", prompt: asking, reply: compacted, unjudged: inItems },
  { ...compact, mode: "reply-json", prompt: asking, reply: failure(400) },
  { ...kept, mode: "reply-json", reply: whole, unjudged: inItems },
  { ...kept, mode: "reply-json", reply: instructedWhole, unjudged: itemEchoed },
  { ...kept, mode: "reply-json", reply: failure(404) },
  { ...kept, mode: "reply-json", path: `${path}/resp_1/input_items?limit=20&order=asc`, reply: itemList },
  { ...kept, mode: "reply-json", method: "POST", path: `${path}/resp_1/cancel`, reply: whole },
  { ...kept, mode: "reply-json", method: "DELETE", reply: gone },
  { ...kept, mode: "reply-sse", path: `${path}/resp_1?stream=true`, reply: completed, unjudged: inItems },
  { ...kept, mode: "reply-sse", path: `${path}/resp_1?stream=true`, reply: instructed, unjudged: itemEchoed },
];
