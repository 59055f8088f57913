// Amazon Bedrock's Converse API: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html

import { at, part, type Sample, type SampleEvent, type SampleReply } from "../sample.ts";

const model = "/model/anthropic.claude-sonnet-4-20250514-v1%3A0";
const bytes = "iVBORw0KGgo=";
const s3 = (name: string) => ({ s3Location: { uri: `s3://bucket/${at("url", name)}`, bucketOwner: "111122223333" } });
const ask = { messages: [{ role: "user", content: [{ text: at("user-text") }] }] };

const usage = { inputTokens: 12, outputTokens: 34, totalTokens: 46, cacheReadInputTokens: 0, cacheWriteInputTokens: 0 };
const plainReply: SampleReply = {
  kind: "json",
  body: {
    metrics: { latencyMs: 551 },
    output: { message: { role: "assistant", content: [{ text: at("assistant-text") }] } },
    stopReason: "end_turn",
    usage,
  },
};

const citation = (name: string) => ({
  title: at("citation", `title${name}`),
  source: at("citation", `source${name}`),
  sourceContent: [{ text: at("citation", `text${name}`) }],
  location: { web: { url: `https://example.com/${at("url", `cited${name}`)}`, domain: "example.com" } },
});
const inDocument = { documentChar: { documentIndex: 0, start: 0, end: 12 } };

const trace = (name: string) => ({
  guardrail: {
    modelOutput: [at("assistant-text", `said${name}`)],
    inputAssessment: {
      gr1: {
        wordPolicy: { customWords: [{ match: at("annotation", `in${name}`), action: "BLOCKED", detected: true }] },
        invocationMetrics: { guardrailProcessingLatency: 205, usage: { wordPolicyUnits: 1 } },
      },
    },
    outputAssessments: {
      gr1: [
        {
          sensitiveInformationPolicy: {
            piiEntities: [
              { match: at("annotation", `out${name}`), type: "NAME", action: "ANONYMIZED", detected: true },
            ],
          },
        },
      ],
    },
    actionReason: at("annotation", `why${name}`),
  },
  promptRouter: { invokedModelId: "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0" },
});

const userMessage = {
  role: "user",
  content: [
    { text: at("user-text") },
    { image: { format: "png", source: { bytes } } },
    { image: { format: "jpeg", source: s3("image") } },
    {
      document: {
        format: "pdf",
        name: at("name"),
        context: at("document", "context"),
        citations: { enabled: true },
        source: { bytes },
      },
    },
    { document: { name: "notes", source: { text: at("document", "text") } } },
    { document: { name: "parts", source: { content: [{ text: at("document", "part") }] } } },
    { document: { name: "kept", format: "docx", source: s3("document") } },
    { video: { format: "mp4", source: s3("video") } },
    { audio: { format: "wav", source: { bytes } } },
    { guardContent: { text: { text: at("user-text", "guarded"), qualifiers: ["query", "guard_content"] } } },
    { guardContent: { image: { format: "png", source: { bytes } } } },
    { cachePoint: { type: "default", ttl: "5m" } },
    {
      searchResult: {
        source: at("document", "found-at"),
        title: at("document", "found-title"),
        content: [{ text: at("document", "found") }],
        citations: { enabled: true },
      },
    },
  ],
};

const assistantMessage = {
  role: "assistant",
  content: [
    { reasoningContent: { reasoningText: { text: at("reasoning"), signature: "RXVnQ0tJ" } } },
    { reasoningContent: { redactedContent: bytes } },
    { text: at("assistant-text") },
    { citationsContent: { content: [{ text: at("assistant-text", "cited") }], citations: [citation("-prompt")] } },
    {
      toolUse: {
        toolUseId: "tooluse_kZJMlvQmRJ6eAyJE5GIl7Q",
        name: at("tool-name"),
        input: { city: at("tool-arguments"), days: 2 },
      },
    },
  ],
};

const toolMessage = {
  role: "user",
  content: [
    {
      toolResult: {
        toolUseId: "tooluse_kZJMlvQmRJ6eAyJE5GIl7Q",
        status: "success",
        content: [
          { text: at("tool-result", "text") },
          { json: { forecast: [{ sky: at("tool-result", "json") }] } },
          { image: { format: "png", source: { bytes }, error: { message: at("error") } } },
          { document: { name: at("name", "result"), format: "txt", source: { text: at("document", "result") } } },
          { video: { format: "mp4", source: { bytes } } },
          {
            searchResult: {
              source: "https://example.com/a",
              title: "t",
              content: [{ text: at("document", "result-found") }],
            },
          },
        ],
      },
    },
    {
      toolAddition: {
        tool: { type: "tool_reference", name: at("tool-name", "added"), serverName: at("name", "server") },
      },
    },
    { toolRemoval: { tool: { name: at("tool-name", "removed") } } },
  ],
};

const conversation = {
  system: [
    { text: at("system-text") },
    { guardContent: { text: { text: at("system-text", "guarded"), qualifiers: ["grounding_source"] } } },
    { cachePoint: { type: "default" } },
  ],
  messages: [userMessage, assistantMessage, toolMessage],
  toolConfig: {
    tools: [
      { toolSpec: { name: "weather", description: "d", inputSchema: { json: { type: "object" } } } },
      { systemTool: { name: "nova_grounding" } },
      { cachePoint: { type: "default" } },
    ],
    toolChoice: { tool: { name: "weather" } },
  },
  additionalModelRequestFields: { thinking: { type: at("other", "model-field"), budget_tokens: 1024 } },
};

const fullRequest = {
  ...conversation,
  inferenceConfig: { maxTokens: 512, temperature: 0.5, topP: 0.9, stopSequences: [at("stop")] },
  guardrailConfig: { guardrailIdentifier: "gr1", guardrailVersion: "1", trace: "enabled" },
  additionalModelResponseFieldPaths: ["/stop_sequence"],
  promptVariables: { topic: { text: at("input") } },
  requestMetadata: { team: at("metadata") },
  performanceConfig: { latency: "standard" },
  serviceTier: { type: "default" },
  outputConfig: {
    effort: "low",
    textFormat: {
      type: "json_schema",
      structure: { jsonSchema: { schema: '{"type":"object"}', name: "n", description: "d" } },
    },
  },
  aNewField: at("other"),
};

const converse = { dialect: "bedrock/converse", operation: "bedrock/converse", path: `${model}/converse` } as const;
const stream = {
  dialect: "bedrock/converse-stream",
  operation: "bedrock/converse-stream",
  path: `${model}/converse-stream`,
} as const;
const count = {
  dialect: "bedrock/count-tokens",
  operation: "bedrock/count-tokens",
  path: `${model}/count-tokens`,
} as const;

const keptPrompt = "arn:aws:bedrock:us-east-1:111122223333:prompt/PROMPT1234:1";

const counted: SampleReply = { kind: "json", body: { inputTokens: 17 } };
const failed = { kind: "json", body: { message: at("error") } } as const;

const event = (name: string, data: object): SampleEvent => ({
  name,
  data: { ...data, p: "abcdefghijklmnopqrstuvwxyzABC" },
});
const delta = (contentBlockIndex: number, what: object) =>
  event("contentBlockDelta", { contentBlockIndex, delta: what });
const stop = (contentBlockIndex: number) => event("contentBlockStop", { contentBlockIndex });

const streamed: SampleReply = {
  kind: "event-stream",
  events: [
    event("messageStart", { role: "assistant" }),
    delta(0, { reasoningContent: { text: part("reasoning", 0, 2) } }),
    delta(0, { reasoningContent: { text: part("reasoning", 1, 2) } }),
    delta(0, { reasoningContent: { signature: "RXVnQ0tJ" } }),
    delta(0, { reasoningContent: { redactedContent: bytes } }),
    stop(0),
    delta(1, { text: part("assistant-text", 0, 3) }),
    delta(1, { text: part("assistant-text", 1, 3) }),
    delta(1, { text: part("assistant-text", 2, 3) }),
    delta(1, { citation: citation("") }),
    delta(1, {
      citation: { title: "t", sourceContent: [{ text: at("citation", "in-document") }], location: inDocument },
    }),
    stop(1),
    event("contentBlockStart", {
      contentBlockIndex: 2,
      start: { toolUse: { toolUseId: "tooluse_kZJMlvQmRJ6eAyJE5GIl7Q", name: at("tool-name") } },
    }),
    delta(2, { toolUse: { input: '{"city": "' } }),
    delta(2, { toolUse: { input: part("tool-arguments", 0, 2) } }),
    delta(2, { toolUse: { input: part("tool-arguments", 1, 2) } }),
    delta(2, { toolUse: { input: '", "days": 2}' } }),
    stop(2),
    event("contentBlockStart", {
      contentBlockIndex: 3,
      start: { toolResult: { toolUseId: "srvtoolu_1", type: "nova_code_interpreter_result", status: "success" } },
    }),
    delta(3, { toolResult: [{ text: part("tool-result", 0, 2) }] }),
    delta(3, { toolResult: [{ text: part("tool-result", 1, 2) }] }),
    delta(3, { toolResult: [{ json: { stdOut: at("tool-result", "json") } }] }),
    stop(3),
    event("contentBlockStart", { contentBlockIndex: 4, start: { image: { format: "png" } } }),
    delta(4, { image: { source: { bytes } } }),
    delta(4, { image: { source: s3("image") } }),
    delta(4, { image: { error: { message: at("error", "image") } } }),
    stop(4),
    delta(5, { text: part("assistant-text", 0, 2, "second") }),
    delta(5, { text: part("assistant-text", 1, 2, "second") }),
    delta(5, { aNewKind: part("other", 0, 2) }),
    delta(5, { aNewKind: part("other", 1, 2) }),
    stop(5),
    event("messageStop", {
      stopReason: "tool_use",
      additionalModelResponseFields: { stop_sequence: at("other", "model-field") },
    }),
    event("metadata", { usage, metrics: { latencyMs: 1275 }, trace: trace("") }),
  ],
};

export const samples: readonly Sample[] = [
  {
    ...converse,
    mode: "prompt-json",
    prompt: { kind: "json", body: fullRequest },
    reply: plainReply,
    unjudged: ["image", "file", "audio", "video", "encrypted", "remote-url", "provider-tool", "tool-definition"],
  },
  {
    ...converse,
    path: "/model/us.amazon.nova-lite-v1:0/converse",
    mode: "reply-json",
    prompt: { kind: "json", body: ask },
    reply: {
      kind: "json",
      body: {
        metrics: { latencyMs: 551 },
        output: {
          message: {
            role: "assistant",
            content: [
              ...assistantMessage.content,
              ...toolMessage.content,
              ...userMessage.content.filter(
                (block) => !("text" in block || "guardContent" in block || "cachePoint" in block),
              ),
            ],
          },
        },
        stopReason: "tool_use",
        usage,
        trace: trace(""),
        additionalModelResponseFields: { stop_sequence: at("other", "model-field") },
        aNewField: at("other"),
      },
    },
  },
  { ...converse, mode: "reply-json", prompt: { kind: "json", body: ask }, reply: { ...failed, status: 400 } },
  // Without a mark: a proxy that takes no escaped slash refuses these paths before anybody reads their bodies.
  ...[converse, stream].map(
    (one): Sample => ({
      ...one,
      path: one.path.replace(model, `/model/${encodeURIComponent(keptPrompt)}`),
      mode: "prompt-json",
      prompt: { kind: "json", body: { promptVariables: { topic: { text: "fine" } } } },
      reply: plainReply,
      unjudged: ["stored-prompt"],
    }),
  ),
  {
    ...stream,
    mode: "prompt-json",
    prompt: { kind: "json", body: fullRequest },
    reply: plainReply,
    unjudged: ["image", "file", "audio", "video", "encrypted", "remote-url", "provider-tool", "tool-definition"],
  },
  { ...stream, mode: "reply-event-stream", prompt: { kind: "json", body: ask }, reply: streamed },
  {
    ...stream,
    mode: "reply-event-stream",
    prompt: { kind: "json", body: ask },
    reply: {
      kind: "event-stream",
      events: [
        event("messageStart", { role: "assistant" }),
        delta(0, { text: "It is" }),
        event("aNewEvent", { note: at("other", "event") }),
        event("modelStreamErrorException", { message: at("error"), originalMessage: at("error", "original") }),
      ],
    },
  },
  {
    ...stream,
    mode: "reply-json",
    prompt: { kind: "json", body: ask },
    reply: { kind: "json", status: 400, body: { message: at("error"), aNewField: at("other") } },
  },
  {
    ...count,
    mode: "prompt-json",
    prompt: { kind: "json", body: { input: { converse: conversation }, aNewField: at("other") } },
    reply: counted,
    unjudged: ["image", "file", "tool-definition", "provider-tool"],
  },
  {
    ...count,
    mode: "prompt-json",
    // A body of `invoke`, in base64.
    prompt: { kind: "json", body: { input: { invokeModel: { body: "e30=" } }, aNewField: at("other") } },
    reply: counted,
    unjudged: ["binary"],
  },
  {
    ...count,
    mode: "reply-json",
    prompt: { kind: "json", body: { input: { converse: ask } } },
    reply: { kind: "json", status: 400, body: { message: at("error"), aNewField: at("other") } },
  },
];
