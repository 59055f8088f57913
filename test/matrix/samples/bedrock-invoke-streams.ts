// What Bedrock's models stream in their own forms, by the models.

import { at, part, type SampleEvent } from "../sample.ts";
import { drawn, trace } from "./bedrock-invoke-replies.ts";

const metrics = {
  "amazon-bedrock-invocationMetrics": {
    inputTokenCount: 12,
    outputTokenCount: 34,
    invocationLatency: 551,
    firstByteLatency: 102,
  },
};

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

export const streams: readonly (readonly [model: string, events: readonly SampleEvent[]])[] = [
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
