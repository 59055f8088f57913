// What samples of OpenAI's form have in common.

import { at, type SampleEvent, type SampleReply } from "../sample.ts";

export const chatHead = { id: "chatcmpl-1", created: 1, model: "gpt-5" };
export const usage = {
  prompt_tokens: 5,
  completion_tokens: 7,
  total_tokens: 12,
  completion_tokens_details: { reasoning_tokens: 0 },
};

/** `more`: of the choice; of choice 0 where it names no other. */
export const chatChunk = (delta: object, more: object = {}) => ({
  data: {
    ...chatHead,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: null, ...more }],
  },
});

export const done: SampleEvent = { data: "[DONE]" };

/** As the provider answers what it cannot do, and as servers before it do. */
export const upstreamErrors: readonly SampleReply[] = [
  {
    kind: "json",
    status: 400,
    body: { error: { message: at("error"), type: "invalid_request_error", param: "messages", code: null } },
  },
  {
    kind: "json",
    status: 500,
    body: { error: { message: at("error"), type: "server_error", param: null, code: null } },
  },
  { kind: "json", status: 422, body: { object: "error", message: at("error"), type: "invalid_request", code: 3051 } },
];
