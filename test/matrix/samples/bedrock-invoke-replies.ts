// What Bedrock's models reply in their own forms, by the models.

import { at, type SampleReply } from "../sample.ts";
import { call, s3 } from "./bedrock-invoke-prompts.ts";

export const answered: SampleReply = {
  kind: "json",
  body: {
    output: { message: { role: "assistant", content: [{ text: at("assistant-text") }] } },
    stopReason: "end_turn",
    usage: { inputTokens: 2, outputTokens: 3, totalTokens: 5 },
  },
};

/** What Bedrock adds where its own guardrail stepped in. */
export const trace = {
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

export const drawn = {
  role: "assistant",
  content: [
    { type: "image_url", image_url: { url: "u", alt_text: at("alt-text") } },
    { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
  ],
};

export const replies: readonly (readonly [model: string, body: object, status?: number])[] = [
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
            { audio: { format: "wav", source: { bytes: "AAAA" } } },
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
