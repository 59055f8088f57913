// Bodies of the models' own on Bedrock: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html. Anthropic's are
// those of its own API, but for the version.

import { at, part, type Sample, type SampleEvent, type SampleReply } from "../sample.ts";
import { samples as anthropic } from "./anthropic.ts";

const invoke = { dialect: "bedrock/invoke", operation: "bedrock/invoke" } as const;
const stream = { dialect: "bedrock/invoke-stream", operation: "bedrock/invoke-stream" } as const;
const pathOf = (model: string, streams = false): string =>
  `/model/${encodeURIComponent(model)}/invoke${streams ? "-with-response-stream" : ""}`;

const claude = "anthropic.claude-sonnet-4-20250514-v1:0";
const version = { anthropic_version: "bedrock-2023-05-31" };
const metrics = {
  "amazon-bedrock-invocationMetrics": {
    inputTokenCount: 12,
    outputTokenCount: 34,
    invocationLatency: 551,
    firstByteLatency: 102,
  },
};

/** A sample of Anthropic's own API as Bedrock has it. */
function onBedrock({ mode, prompt, reply, unjudged }: Sample): readonly Sample[] {
  if (prompt.kind !== "json") return [];
  const { model: _model, stream: _stream, ...body } = prompt.body as Record<string, unknown>;
  const shared = {
    prompt: { kind: "json", body: { ...version, ...body } },
    reply,
    ...(unjudged === undefined ? {} : { unjudged }),
  } as const;
  if (reply.kind === "sse") {
    const events = reply.events.map(({ data }) => ({ name: "chunk", data }));
    return [
      {
        ...stream,
        ...shared,
        path: pathOf(claude, true),
        mode: "reply-event-stream",
        reply: { kind: "event-stream-bytes", events },
      },
    ];
  }
  return [
    { ...invoke, ...shared, path: pathOf(claude), mode },
    ...(mode === "prompt-json" ? [{ ...stream, ...shared, path: pathOf(claude, true), mode }] : []),
  ];
}

const answered: SampleReply = {
  kind: "json",
  body: {
    output: { message: { role: "assistant", content: [{ text: at("assistant-text") }] } },
    stopReason: "end_turn",
    usage: { inputTokens: 2, outputTokens: 3, totalTokens: 5 },
  },
};

const s3 = { s3Location: { uri: `s3://bucket/${at("url", "s3")}`, bucketOwner: "111122223333" } };
const call = (name: string) => ({
  id: "call_1",
  type: "function",
  function: { name: at("tool-name", name), arguments: JSON.stringify({ city: at("tool-arguments", name) }) },
});

const prompts: readonly (readonly [model: string, body: object])[] = [
  [
    "amazon.nova-lite-v1:0",
    {
      schemaVersion: "messages-v1",
      system: [{ text: at("system-text") }],
      messages: [
        {
          role: "user",
          content: [
            { text: at("user-text") },
            { image: { format: "png", source: { bytes: "AAAA" } } },
            { video: { format: "mp4", source: s3 } },
            { document: { format: "pdf", name: at("name", "document"), source: { text: at("document", "text") } } },
            { guardContent: { text: { text: at("user-text", "guarded") } } },
          ],
        },
        {
          role: "assistant",
          content: [{ toolUse: { toolUseId: "t1", name: at("tool-name"), input: { a: at("tool-arguments") } } }],
        },
        { role: "user", content: [{ toolResult: { toolUseId: "t1", content: [{ json: { a: at("tool-result") } }] } }] },
        { role: "assistant", content: [{ citationsContent: { citations: [{ title: at("citation") }] } }] },
      ],
      inferenceConfig: { max_new_tokens: 512, temperature: 0.7, topP: 0.9, topK: 20, stopSequences: [at("stop")] },
      toolConfig: { tools: [{ toolSpec: { name: "f", inputSchema: { json: {} } } }], toolChoice: { auto: {} } },
      aNewField: at("other"),
    },
  ],
  [
    "amazon.titan-text-express-v1",
    {
      inputText: at("input"),
      textGenerationConfig: { maxTokenCount: 512, temperature: 0, topP: 1, stopSequences: [at("stop")] },
    },
  ],
  [
    "amazon.titan-embed-image-v1",
    { inputText: at("input"), inputImage: "AAAA", embeddingConfig: { outputEmbeddingLength: 256 } },
  ],
  [
    "meta.llama3-70b-instruct-v1:0",
    { prompt: at("input"), images: ["AAAA"], max_gen_len: 512, temperature: 0.5, top_p: 0.9 },
  ],
  ["mistral.mistral-7b-instruct-v0:2", { prompt: at("input"), max_tokens: 200, stop: [at("stop")] }],
  [
    "mistral.mistral-large-2407-v1:0",
    {
      messages: [
        { role: "system", content: at("system-text") },
        { role: "developer", content: at("developer-text") },
        {
          role: "user",
          name: at("name"),
          content: [
            { type: "text", text: at("user-text", "part") },
            { type: "image_url", image_url: { url: `https://example.com/${at("url")}` } },
            { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: [{ type: "text", text: at("reasoning") }] },
            { type: "text", text: at("assistant-text") },
          ],
          reasoning_content: at("reasoning", "beside"),
          refusal: at("refusal"),
          tool_calls: [call("called")],
        },
        { role: "tool", tool_call_id: "call_1", content: at("tool-result") },
        { role: "tool", content: [{ guardContent: { text: { text: at("tool-text") } } }] },
        { role: "function", content: [{ guardContent: { text: { text: at("function-text") } } }] },
      ],
      tools: [{ type: "function", function: { name: "f" } }],
      tool_choice: "auto",
    },
  ],
  [
    "cohere.command-r-v1:0",
    {
      message: at("user-text"),
      preamble: at("system-text"),
      chat_history: [
        { role: "USER", message: at("user-text", "before") },
        {
          role: "CHATBOT",
          message: at("assistant-text", "before"),
          tool_calls: [{ name: at("tool-name", "before"), parameters: { a: at("tool-arguments", "before") } }],
        },
      ],
      documents: [
        { id: "d1", title: at("document", "title"), snippet: at("document", "snippet") },
        at("document", "bare"),
      ],
      tool_results: [{ call: { name: "f", parameters: {} }, outputs: [{ a: at("tool-result") }] }],
      stop_sequences: [at("stop")],
    },
  ],
  ["cohere.embed-english-v3", { texts: [at("input")], input_type: "search_document", truncate: "NONE" }],
  ["cohere.rerank-v3-5:0", { query: at("input", "query"), documents: [at("document")], top_n: 3, api_version: 2 }],
];

const trace = {
  "amazon-bedrock-guardrailAction": "INTERVENED",
  "amazon-bedrock-trace": {
    guardrail: {
      modelOutput: [at("assistant-text", "said")],
      input: { gr1: { wordPolicy: { customWords: [{ match: at("annotation", "in"), action: "BLOCKED" }] } } },
      outputs: [{ gr1: { wordPolicy: { customWords: [{ match: at("annotation", "out"), action: "BLOCKED" }] } } }],
      actionReason: at("annotation", "why"),
    },
  },
};

const spokenWhole = {
  role: "assistant",
  content: at("assistant-text"),
  reasoning_content: at("reasoning"),
  refusal: at("refusal"),
  tool_calls: [call("called")],
};

const drawn = {
  role: "assistant",
  content: [{ type: "image_url", image_url: { url: "u", alt_text: at("alt-text") } }],
};

const replies: readonly (readonly [model: string, body: object, status?: number])[] = [
  ["amazon.nova-lite-v1:0", { ...(answered.body as object), ...trace }],
  [
    "amazon.nova-pro-v1:0",
    {
      output: {
        message: {
          role: "assistant",
          content: [
            { toolUse: { toolUseId: "t1", name: at("tool-name"), input: { a: at("tool-arguments") } } },
            { toolResult: { toolUseId: "t1", content: [{ text: at("tool-result") }] } },
            { document: { name: at("name"), source: { text: at("document") } } },
            { citationsContent: { content: [{ text: "a" }], citations: [{ title: at("citation") }] } },
            { guardContent: { text: { text: at("assistant-text", "guarded") } } },
            { video: { format: "mp4", source: s3 } },
          ],
        },
      },
      stopReason: "tool_use",
    },
  ],
  [
    "amazon.titan-text-express-v1",
    {
      inputTextTokenCount: 3,
      results: [{ tokenCount: 5, outputText: at("assistant-text"), completionReason: "FINISH" }],
    },
  ],
  [
    "meta.llama3-70b-instruct-v1:0",
    { generation: at("assistant-text"), prompt_token_count: 3, generation_token_count: 5, stop_reason: "stop" },
  ],
  ["mistral.mistral-7b-instruct-v0:2", { outputs: [{ text: at("assistant-text"), stop_reason: "stop" }] }],
  ["mistral.mistral-large-2407-v1:0", { choices: [{ index: 0, message: spokenWhole, stop_reason: "tool_calls" }] }],
  ["openai.gpt-oss-20b-1:0", { choices: [{ index: 0, message: drawn, finish_reason: "stop" }] }],
  ["deepseek.r1-v1:0", { choices: [{ text: at("assistant-text"), stop_reason: "stop" }] }],
  [
    "cohere.command-r-v1:0",
    {
      response_id: "r1",
      generation_id: "g1",
      text: at("assistant-text"),
      finish_reason: "COMPLETE",
      citations: [{ start: 0, end: 4, text: at("citation"), document_ids: ["d1"] }],
      documents: [{ id: "d1", snippet: at("document") }],
      search_queries: [{ text: at("citation", "query"), generation_id: "g1" }],
      tool_calls: [{ name: at("tool-name"), parameters: { a: at("tool-arguments") } }],
      chat_history: [
        { role: "USER", message: at("user-text", "before") },
        { role: "CHATBOT", message: at("assistant-text", "before") },
        { role: "SYSTEM", message: at("system-text", "before") },
      ],
      prompt: at("assistant-text", "prompt"),
    },
  ],
  [
    "cohere.command-text-v14",
    { id: "c1", generations: [{ id: "g1", text: at("assistant-text"), finish_reason: "COMPLETE" }], prompt: "p" },
  ],
  [
    "cohere.embed-english-v3",
    { id: "e1", response_type: "embeddings_floats", embeddings: [[0.25, 0.5]], texts: [at("input")] },
  ],
  ["cohere.rerank-v3-5:0", { results: [{ index: 0, relevance_score: 0.5, document: { text: at("document") } }] }],
  ["openai.gpt-oss-20b-1:0", { error: { message: at("error", "inner"), type: "invalid_request_error" } }, 400],
  ["amazon.nova-lite-v1:0", { message: at("error"), aNewField: at("other") }, 400],
];

const chunk = (data: object): SampleEvent => ({ name: "chunk", data });
const block = (contentBlockIndex: number, delta: object) => chunk({ contentBlockDelta: { delta, contentBlockIndex } });
const text = (index: number) => part("assistant-text", index, 2);
const choice = (delta: object, more: object = {}) =>
  chunk({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1,
    model: "openai.gpt-oss-20b-1:0",
    choices: [{ index: 0, delta, finish_reason: null, ...more }],
  });
const piece = (index: number, name: string, args: string) =>
  choice({
    tool_calls: [
      {
        index,
        ...(name === "" ? {} : { id: "c1", type: "function" }),
        function: { ...(name === "" ? {} : { name }), arguments: args },
      },
    ],
  });

const streams: readonly (readonly [model: string, events: readonly SampleEvent[]])[] = [
  [
    "amazon.nova-lite-v1:0",
    [
      chunk({ messageStart: { role: "assistant" } }),
      block(0, { reasoningContent: { text: part("reasoning", 0, 2) } }),
      block(0, { reasoningContent: { text: part("reasoning", 1, 2) } }),
      chunk({ contentBlockStop: { contentBlockIndex: 0 } }),
      block(1, { text: text(0) }),
      block(1, { text: text(1) }),
      block(1, { citation: { title: at("citation"), location: { web: { url: `https://example.com/${at("url")}` } } } }),
      chunk({ contentBlockStop: { contentBlockIndex: 1 } }),
      chunk({
        contentBlockStart: { start: { toolUse: { toolUseId: "t1", name: at("tool-name") } }, contentBlockIndex: 2 },
      }),
      block(2, { toolUse: { input: '{"a":"' } }),
      block(2, { toolUse: { input: part("tool-arguments", 0, 2) } }),
      block(2, { toolUse: { input: `${part("tool-arguments", 1, 2)}"}` } }),
      chunk({ contentBlockStop: { contentBlockIndex: 2 } }),
      block(3, { toolResult: [{ text: at("tool-result") }] }),
      chunk({ messageStop: { stopReason: "tool_use" } }),
      chunk({ metadata: { usage: { inputTokens: 2, outputTokens: 3 }, metrics: {}, trace: {} }, ...metrics, ...trace }),
    ],
  ],
  [
    "amazon.titan-text-express-v1",
    [
      chunk({
        outputText: text(0),
        index: 0,
        totalOutputTextTokenCount: null,
        completionReason: null,
        inputTextTokenCount: 3,
      }),
      chunk({ outputText: text(1), index: 0, totalOutputTextTokenCount: 5, completionReason: "FINISH", ...metrics }),
    ],
  ],
  [
    "meta.llama3-70b-instruct-v1:0",
    [
      chunk({ generation: text(0), prompt_token_count: 3, generation_token_count: 1, stop_reason: null }),
      chunk({
        generation: text(1),
        prompt_token_count: null,
        generation_token_count: 2,
        stop_reason: "stop",
        ...metrics,
      }),
    ],
  ],
  [
    "mistral.mistral-7b-instruct-v0:2",
    [
      chunk({ outputs: [{ text: text(0), stop_reason: null }] }),
      chunk({ outputs: [{ text: text(1), stop_reason: "stop" }], ...metrics }),
    ],
  ],
  [
    "openai.gpt-oss-20b-1:0",
    [
      choice({ role: "assistant", content: "" }),
      choice(drawn),
      choice({ content: text(0) }),
      choice({ content: text(1) }),
      choice({ reasoning: part("reasoning", 0, 2) }),
      choice({ reasoning: part("reasoning", 1, 2) }),
      choice({ refusal: part("refusal", 0, 2) }),
      choice({ refusal: part("refusal", 1, 2) }),
      piece(0, at("tool-name"), ""),
      piece(0, "", `{"a":"${part("tool-arguments", 0, 2)}`),
      piece(0, "", `${part("tool-arguments", 1, 2)}"}`),
      choice({}, { finish_reason: "tool_calls" }),
    ],
  ],
  [
    "deepseek.r1-v1:0",
    [
      chunk({ choices: [{ text: text(0), stop_reason: null }] }),
      chunk({ choices: [{ text: text(1), stop_reason: "stop" }] }),
    ],
  ],
  [
    "cohere.command-r-v1:0",
    [
      chunk({ event_type: "stream-start", generation_id: "g1", is_finished: false }),
      chunk({ event_type: "search-results", documents: [{ id: "d1", snippet: at("document") }], is_finished: false }),
      chunk({ event_type: "text-generation", text: text(0), is_finished: false }),
      chunk({ event_type: "text-generation", text: text(1), is_finished: false }),
      chunk({
        event_type: "citation-generation",
        citations: [{ start: 0, end: 1, text: at("citation"), document_ids: ["d1"] }],
      }),
      chunk({
        event_type: "stream-end",
        response: { text: at("assistant-text", "whole"), chat_history: [{ role: "USER", message: at("user-text") }] },
        is_finished: true,
        finish_reason: "COMPLETE",
        ...metrics,
      }),
    ],
  ],
  ["cohere.embed-english-v3", [chunk({ texts: [at("input")] })]],
  [
    "amazon.nova-lite-v1:0",
    [
      chunk({ messageStart: { role: "assistant" } }),
      block(0, { text: "a", aNewMember: part("other", 0, 2) }),
      block(0, { text: "a", aNewMember: part("other", 1, 2) }),
      chunk({ error: { message: at("error") } }),
    ],
  ],
];

export const samples: readonly Sample[] = [
  ...anthropic.filter(({ operation }) => operation === "anthropic/messages").flatMap(onBedrock),
  ...prompts.flatMap(([model, body]): Sample[] => {
    const shared = { mode: "prompt-json", prompt: { kind: "json", body }, reply: answered } as const;
    return [
      { ...invoke, ...shared, path: pathOf(model) },
      { ...stream, ...shared, path: pathOf(model, true) },
    ];
  }),
  ...replies.map(
    ([model, body, status = 200]): Sample => ({
      ...invoke,
      path: pathOf(model),
      mode: "reply-json",
      prompt: { kind: "json", body: { inputText: at("input") } },
      reply: { kind: "json", status, body },
    }),
  ),
  ...streams.map(
    ([model, events]): Sample => ({
      ...stream,
      path: pathOf(model, true),
      mode: "reply-event-stream",
      prompt: { kind: "json", body: { inputText: at("input") } },
      reply: { kind: "event-stream-bytes", events },
    }),
  ),
  {
    ...stream,
    path: pathOf(claude, true),
    mode: "reply-json",
    prompt: { kind: "json", body: { inputText: at("input") } },
    reply: { kind: "json", status: 400, body: { message: at("error"), aNewField: at("other") } },
  },
];
