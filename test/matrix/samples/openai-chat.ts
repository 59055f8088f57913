// OpenAI chat completions: https://platform.openai.com/docs/api-reference/chat

import { at, part, type Sample } from "../sample.ts";

const path = "/v1/chat/completions";
const ask = { model: "m", messages: [{ role: "user", content: at("user-text") }] };
const shared = { dialect: "openai/chat-completions", operation: "openai/chat-completions", path } as const;
const reply = {
  kind: "json",
  body: {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: at("assistant-text") }, finish_reason: "stop" }],
  },
} as const;

const chunk = (delta: object, more: object = {}) => ({
  data: {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason: null, ...more }],
  },
});

export const samples: readonly Sample[] = [
  {
    ...shared,
    mode: "prompt-json",
    prompt: {
      kind: "json",
      body: {
        model: "m",
        messages: [
          { role: "system", content: at("system-text") },
          { role: "developer", content: [{ type: "text", text: at("developer-text") }] },
          { role: "user", name: at("name"), content: at("user-text") },
          {
            role: "user",
            content: [
              { type: "text", text: at("user-text", "part") },
              {
                type: "image_url",
                image_url: { url: `https://example.com/${at("url")}`, alt_text: at("alt-text") },
              },
              { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
              { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
              { type: "file", file: { file_id: "file-1", filename: at("name", "file") } },
            ],
          },
          {
            role: "assistant",
            content: at("assistant-text"),
            refusal: at("refusal"),
            reasoning_content: at("reasoning"),
            tool_calls: [
              {
                id: "call-1",
                type: "function",
                function: { name: at("tool-name"), arguments: JSON.stringify({ city: at("tool-arguments") }) },
              },
            ],
          },
          { role: "tool", tool_call_id: "call-1", content: at("tool-result") },
        ],
        metadata: { note: at("metadata") },
        stop: [at("stop")],
        documents: [{ title: "t", text: at("document") }],
        prediction: { type: "content", content: at("text") },
        tools: [{ type: "function", function: { name: "f", description: "d" } }],
        a_new_field: at("other"),
      },
    },
    reply,
    unjudged: ["image", "remote-url", "data-url", "audio", "file", "tool-definition"],
  },
  { ...shared, mode: "reply-json", prompt: { kind: "json", body: ask }, reply },
  {
    ...shared,
    mode: "reply-sse",
    prompt: { kind: "json", body: { ...ask, stream: true } },
    reply: {
      kind: "sse",
      events: [
        chunk({ role: "assistant", content: "" }),
        chunk({ content: part("assistant-text", 0, 3) }),
        chunk({ content: part("assistant-text", 1, 3) }),
        chunk({ content: part("assistant-text", 2, 3) }),
        chunk({}, { finish_reason: "stop" }),
        { data: "[DONE]" },
      ],
    },
  },
];
