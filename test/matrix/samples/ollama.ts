// Ollama's own API: https://github.com/ollama/ollama/blob/main/docs/api.md

import type { CoverageLocation } from "../../../src/domain/coverage.ts";
import { at, part, type Sample, type SampleEvent, type SampleReply } from "../sample.ts";

const created_at = "2026-08-04T19:22:45.499127Z";
const head = { model: "llama3.2:latest", created_at };
const ends = {
  done: true,
  done_reason: "stop",
  total_duration: 4883583458,
  load_duration: 1334875,
  prompt_eval_count: 26,
  prompt_eval_duration: 342546000,
  eval_count: 282,
  eval_duration: 4535599000,
};
const png = "iVBORw0KGgo=";

const options = { seed: 42, temperature: 0.6, num_predict: 100, num_ctx: 4096, stop: [at("stop"), "user:"] };
const generating = {
  model: "llama3.2",
  stream: false,
  think: "high",
  logprobs: true,
  top_logprobs: 2,
  keep_alive: "5m",
};
const format = { type: "object", properties: { age: { type: "integer" } }, required: ["age"] };

const scores = (token: string) => [
  {
    token,
    logprob: -0.1,
    bytes: [102],
    top_logprobs: [{ token: at("logprob", "other"), logprob: -2.5, bytes: [103] }],
  },
];

const call = (name: string, index: number) => ({
  id: `call_${index}abc`,
  function: { index, name: at("tool-name", name), arguments: { city: at("tool-arguments", name), days: 2 } },
});

const json = (body: object): SampleReply => ({ kind: "json", body });
const row = (id: string, path = id) => ({ dialect: `ollama/${id}`, operation: `ollama/${id}`, path: `/api/${path}` });

const generate = row("generate");
const askGenerate = { kind: "json", body: { model: "llama3.2", prompt: at("user-text"), stream: false } } as const;
const generated = json({ ...head, response: at("assistant-text"), ...ends });

const chat = row("chat");
const ask = { model: "llama3.2", messages: [{ role: "user", content: at("user-text") }] };
const askWhole = { kind: "json", body: { ...ask, stream: false } } as const;
const answered = json({ ...head, message: { role: "assistant", content: at("assistant-text") }, ...ends });

const failed = (status: number): SampleReply => ({ kind: "json", status, body: { error: at("error") } });
const lines = (...data: readonly object[]): SampleReply => ({
  kind: "json-lines",
  events: data.map((one): SampleEvent => ({ data: one })),
});

const said = (response: string, more: object = {}) => ({ ...head, response, done: false, ...more });
const streamedGenerate = lines(
  said("", { thinking: part("reasoning", 0, 2) }),
  said("", { thinking: part("reasoning", 1, 2) }),
  said(part("assistant-text", 0, 3)),
  said(part("assistant-text", 1, 3)),
  said(part("assistant-text", 2, 3)),
  said("", { logprobs: scores(at("logprob")) }),
  said("", { tool_calls: [call("first", 0)] }),
  said("", { aNewField: part("other", 0, 2) }),
  said("", { aNewField: part("other", 1, 2) }),
  { ...head, image: png, done: false, completed: 4, total: 4 },
  { ...said(""), ...ends },
);

const message = (more: object) => ({ ...head, message: { role: "assistant", content: "", ...more }, done: false });
const streamedChat = lines(
  message({ thinking: part("reasoning", 0, 2) }),
  message({ thinking: part("reasoning", 1, 2) }),
  message({ content: part("assistant-text", 0, 3) }),
  message({ content: part("assistant-text", 1, 3) }),
  message({ content: part("assistant-text", 2, 3) }),
  { ...message({}), logprobs: scores(at("logprob")) },
  message({ tool_calls: [call("first", 0)] }),
  message({ tool_calls: [call("second", 1), call("third", 2)] }),
  message({ images: [png] }),
  message({ aNewField: part("other", 0, 2) }),
  message({ aNewField: part("other", 1, 2) }),
  { ...message({ tool_name: at("tool-name", "told") }), ...ends },
);

const streams = (one: object, prompt: object, reply: SampleReply): Sample =>
  ({ ...one, mode: "reply-json-lines", prompt: { kind: "json", body: prompt }, reply }) as Sample;
const askStream = { model: "llama3.2", prompt: at("user-text") };

const input = (location: CoverageLocation) => ({ model: "all-minilm", [location]: at("input") });
const embedded = { total_duration: 14143917, load_duration: 1019500, prompt_eval_count: 8 };

const model = {
  name: "deepseek-r1:latest",
  model: "deepseek-r1:latest",
  modified_at: "2026-05-10T08:06:48.639712648-07:00",
  size: 4683075271,
  digest: "0a8c266910232fd3291e71e5ba1e058cc5af9d411192cf88b6d30e92b6e73163",
  details: {
    parent_model: "",
    format: "gguf",
    family: "qwen2",
    families: ["qwen2"],
    parameter_size: "7.6B",
    quantization_level: "Q4_K_M",
    a_new_field: at("other", "detail"),
  },
};

export const samples: readonly Sample[] = [
  {
    ...generate,
    mode: "prompt-json",
    prompt: {
      kind: "json",
      body: {
        ...generating,
        prompt: at("user-text"),
        suffix: at("suffix"),
        system: at("system-text"),
        template: `{{ .System }} ${at("system-text", "template")} {{ .Prompt }}`,
        context: [],
        images: [png],
        raw: false,
        format,
        options,
        a_new_field: at("other"),
      },
    },
    reply: generated,
    unjudged: ["image", "tool-definition"],
  },
  {
    ...generate,
    mode: "reply-json",
    prompt: askGenerate,
    reply: json({
      ...head,
      remote_model: "gpt-oss:120b",
      remote_host: "https://ollama.com:443",
      response: at("assistant-text"),
      thinking: at("reasoning"),
      tool_calls: [call("first", 0)],
      image: png,
      ...ends,
      a_new_field: at("other"),
    }),
    unjudged: ["image"],
  },
  {
    ...generate,
    mode: "reply-json",
    prompt: askGenerate,
    reply: json({ ...head, response: "", logprobs: scores(at("logprob")), context: [1, 2], ...ends }),
    unjudged: ["token-ids"],
  },
  { ...generate, mode: "reply-json", prompt: askGenerate, reply: failed(404) },
  streams(generate, askStream, streamedGenerate),
  streams(
    generate,
    askStream,
    lines(said("", { logprobs: scores(at("logprob")) }), { ...said(""), context: [1, 2], ...ends }),
  ),
  streams(generate, askStream, lines(said("It is"), { error: at("error") })),
  {
    ...chat,
    mode: "prompt-json",
    prompt: {
      kind: "json",
      body: {
        ...generating,
        messages: [
          { role: "system", content: at("system-text") },
          { role: "user", content: at("user-text"), images: [png] },
          {
            role: "assistant",
            content: at("assistant-text"),
            thinking: at("reasoning"),
            tool_calls: [call("first", 0), call("second", 1)],
          },
          {
            role: "tool",
            tool_name: at("tool-name", "told"),
            tool_call_id: "call_0abc",
            content: at("tool-result"),
          },
        ],
        tools: [
          {
            type: "function",
            function: {
              name: "get_current_weather",
              description: "Get the current weather for a location",
              parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
            },
          },
        ],
        format: "json",
        options,
        a_new_field: at("other"),
      },
    },
    reply: answered,
    unjudged: ["image", "tool-definition"],
  },
  {
    ...chat,
    mode: "reply-json",
    prompt: askWhole,
    reply: json({
      ...head,
      message: {
        role: "assistant",
        content: at("assistant-text"),
        thinking: at("reasoning"),
        tool_calls: [call("first", 0), call("second", 1)],
        tool_name: at("tool-name", "told"),
        images: [png],
        a_new_field: at("other", "message"),
      },
      ...ends,
      a_new_field: at("other"),
    }),
    unjudged: ["image"],
  },
  {
    ...chat,
    mode: "reply-json",
    prompt: askWhole,
    reply: json({ ...head, message: { role: "assistant", content: "" }, logprobs: scores(at("logprob")), ...ends }),
  },
  { ...chat, mode: "reply-json", prompt: askWhole, reply: failed(400) },
  streams(chat, ask, streamedChat),
  streams(chat, ask, lines(message({ content: "It is" }), { error: at("error") })),
  {
    ...row("embed"),
    mode: "prompt-json",
    prompt: {
      kind: "json",
      body: {
        model: "all-minilm",
        input: [at("input"), at("input", "second")],
        truncate: true,
        dimensions: 2,
        options,
        keep_alive: "5m",
        a_new_field: at("other"),
      },
    },
    reply: json({ model: "all-minilm", embeddings: [[0.01, -0.02]], ...embedded }),
  },
  {
    ...row("embed"),
    mode: "prompt-json",
    prompt: { kind: "json", body: input("input") },
    reply: json({ model: "all-minilm", embeddings: [[0.01, -0.02]], ...embedded }),
  },
  {
    ...row("embed"),
    mode: "reply-json",
    prompt: { kind: "json", body: input("input") },
    reply: { kind: "json", status: 500, body: { error: at("error"), a_new_field: at("other") } },
  },
  {
    ...row("embeddings"),
    mode: "prompt-json",
    prompt: { kind: "json", body: { model: "all-minilm", prompt: at("input"), options, a_new_field: at("other") } },
    reply: json({ embedding: [0.01, -0.02] }),
  },
  {
    ...row("embeddings"),
    mode: "reply-json",
    prompt: { kind: "json", body: { model: "all-minilm", prompt: at("input") } },
    reply: { kind: "json", status: 500, body: { error: at("error"), a_new_field: at("other") } },
  },
  {
    ...row("show"),
    mode: "prompt-json",
    prompt: {
      kind: "json",
      body: {
        model: "llava",
        verbose: false,
        system: at("system-text"),
        template: at("system-text", "template"),
        options,
        a_new_field: at("other"),
      },
    },
    reply: json({ license: "", modelfile: at("other"), capabilities: ["completion"] }),
  },
  {
    ...row("show"),
    mode: "reply-json",
    prompt: { kind: "json", body: { model: "llava", system: at("system-text") } },
    reply: json({
      license: at("other", "license"),
      modelfile: at("other", "modelfile"),
      parameters: 'stop "<|im_end|>"',
      template: at("other", "template"),
      system: at("other", "system"),
      details: model.details,
      messages: [{ role: "user", content: at("other", "message") }],
      model_info: { "general.architecture": "llama", "llama.block_count": 32 },
      capabilities: ["completion", "vision"],
      modified_at: model.modified_at,
    }),
  },
  {
    ...row("models", "tags"),
    method: "GET",
    mode: "reply-json",
    prompt: { kind: "none" },
    reply: json({ models: [model], a_new_field: at("other") }),
  },
  {
    ...row("models", "ps"),
    method: "GET",
    mode: "reply-json",
    prompt: { kind: "none" },
    reply: { kind: "json", status: 500, body: { error: at("error") } },
  },
  {
    ...row("models", "version"),
    method: "GET",
    mode: "reply-json",
    prompt: { kind: "none" },
    reply: json({ version: "0.12.6", a_new_field: at("other") }),
  },
];
