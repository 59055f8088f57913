/**
 * Where text stands in requests of OpenAI's form, as tables. What a table does not name is judged as `other`, so an unknown field
 * is never a hiding place; new fields are added here to give them a better word, or to say that they are no text.
 */
import {
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
  unreadable,
  variant,
} from "../../table/spec.ts";
import { content, spoken } from "./parts.ts";

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

const message = (place: "content" | "tool-result"): Spec =>
  object(
    {
      ...spoken,
      content: content(place, null),
      name: text("name"),
      tool_call_id: protocol,
      audio: object({ id: protocol }),
    },
    { role: "own" },
  );

const anyMessage = variant(
  "role",
  { tool: message("tool-result"), function: message("tool-result") },
  message("content"),
);

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
