/**
 * Where text stands in OpenAI's bodies, as tables. What a table does not name is judged as `other`, so an unknown field
 * is never a hiding place; new fields are added here to give them a better word, or to say that they are no text.
 */
import {
  base64,
  choice,
  each,
  list,
  media,
  object,
  protocol,
  type Spec,
  text,
  toolDefinition,
  tree,
  unjudged,
  unreadable,
} from "../../table/spec.ts";
import { anyMessage, content, error, replyMessage } from "./message.ts";

const settings: readonly string[] = [
  ...["model", "stream", "stream_options", "temperature", "top_p", "top_k", "min_p", "n", "best_of", "max_tokens"],
  ...["max_completion_tokens", "presence_penalty", "frequency_penalty", "repetition_penalty", "logit_bias", "logprobs"],
  ...[
    "top_logprobs",
    "seed",
    "service_tier",
    "store",
    "parallel_tool_calls",
    "modalities",
    "reasoning_effort",
    "verbosity",
  ],
  ...["prompt_cache_key", "prompt_cache_retention", "safety_identifier", "echo", "dimensions", "encoding_format"],
];

const promptShared = {
  ...each(settings, protocol),
  user: text("metadata"),
  metadata: tree("metadata"),
  stop: tree("stop"),
};
const tokenIds = unreadable("token-ids");
const oneId = choice({ number: unjudged("token-ids") });
/** In a reply. What is no number among them is judged. */
const countedIds = choice({ list: list(choice({ number: unjudged("token-ids"), list: list(oneId) })) });

/** What a model is to answer from, as several servers of this dialect take it. Whoever looked it up did what a tool does. */
const documentTexts = each(
  ["title", "text", "content", "contents", "snippet", "passage", "page_content", "body", "source", "url"],
  text("document"),
);
const documentIds = each(["id", "doc_id", "type", "score"], protocol);
const document: Spec = object(
  {
    doc: text("document"),
    ...documentTexts,
    ...documentIds,
    data: choice({
      string: text("document"),
      object: object({ ...documentTexts, ...documentIds }),
    }),
  },
  { role: "tool" },
);
/** One may be a bare text. */
const documents: Spec = list(choice({ string: text("document"), object: document }));

export const chatRequest: Spec = object({
  ...promptShared,
  messages: list(anyMessage),
  documents,
  prediction: object({ type: protocol, content: content("content", null) }),
  tools: toolDefinition,
  functions: toolDefinition,
  tool_choice: protocol,
  function_call: protocol,
  audio: object(each(["voice", "format"], protocol)),
  response_format: object({
    type: protocol,
    json_schema: toolDefinition,
    schema: toolDefinition,
  }),
});

/** A text, texts, or token ids, which nobody can read here. */
const input: Spec = choice({
  string: text("input"),
  list: list(choice({ string: text("input"), number: tokenIds, list: list(choice({ number: tokenIds })) })),
});

export const completionRequest: Spec = object({
  ...promptShared,
  prompt: input,
  suffix: text("suffix"),
  prompt_token_ids: tokenIds,
  prompt_embeds: choice({ string: media("binary"), list: list(media("binary")) }),
});

export const embeddingRequest: Spec = object({ ...promptShared, input });

const tokenScore = (lane: string): Spec =>
  object({
    token: text("logprob", lane),
    ...each(["logprob", "bytes"], protocol),
    // Alternatives are texts of their own: no reader joins them.
    top_logprobs: list(object({ token: text("logprob"), ...each(["logprob", "bytes"], protocol) })),
  });

const chatLogprobs: Spec = object(
  { content: list(tokenScore("logprobs/content")), refusal: list(tokenScore("logprobs/refusal")) },
  { drop: true },
);

const completionLogprobs: Spec = object(
  {
    tokens: list(text("logprob", "logprobs")),
    ...each(["token_logprobs", "text_offset"], protocol),
    top_logprobs: list(object({}, { keyPlace: "logprob" })),
  },
  { drop: true },
);

const ids: readonly string[] = [
  "id",
  "object",
  "created",
  "model",
  "system_fingerprint",
  "service_tier",
  "provider",
  "obfuscation",
];
const replyShared = { ...each([...ids, "usage"], protocol), error, prompt_token_ids: countedIds };

const choiceShared = {
  ...each(["index", "finish_reason", "native_finish_reason", "stop_reason", "matched_stop"], protocol),
  token_ids: countedIds,
  error,
};
/** They tell all that the model wrote: reasoning and tool calls too. */
const repeats = ["logprobs", "token_ids"];

const chatChoices: Spec = list(
  object(
    // Some servers tell the whole message again beside its last part: neither goes on with the other.
    { ...choiceShared, message: { ...replyMessage, within: "message/" }, delta: replyMessage, logprobs: chatLogprobs },
    { repeats },
  ),
  "choice",
);

const textChoices: Spec = list(
  object({ ...choiceShared, text: text("content", "content"), logprobs: completionLogprobs }, { repeats }),
  "choice",
);

/** Whole replies and events of a stream: they differ in `message` and `delta` only. */
export const chatReply: Spec = object({ ...replyShared, choices: chatChoices });
export const completionReply: Spec = object({ ...replyShared, choices: textChoices });

export const embeddingReply: Spec = object({
  ...replyShared,
  data: list(object({ ...each(["object", "index"], protocol), embedding: base64 })),
});
