/** Where text stands in replies of OpenAI's form, whole and event by event, as tables. What a table does not name is judged as `other`. */
import {
  jsonText,
  tree,
  base64,
  choice,
  each,
  label,
  list,
  media,
  object,
  type ObjectSpec,
  protocol,
  type Spec,
  text,
  unjudged,
  link,
} from "../../table/spec.ts";
import { spoken, toldContent, toldPart } from "./parts.ts";

const oneId = choice({ number: unjudged("token-ids") });
/** In a reply. What is no number among them is judged. */
const countedIds = choice({ list: list(choice({ number: unjudged("token-ids"), list: list(oneId) })) });

/** Prompt and answer refer to sources in these forms. */
const annotation: Spec = object({
  type: protocol,
  url_citation: object({
    ...each(["start_index", "end_index"], protocol),
    title: text("annotation"),
    content: text("annotation"),
    url: link(),
  }),
  ...each(["document_citation", "function_citation"], protocol),
  file: object({ hash: protocol, name: text("name"), content: list(toldPart("document", null)) }),
});

/** What a search of the provider's found. */
const foundPage: Spec = object({
  ...each(["title", "content", "snippet", "text"], text("document")),
  url: link(),
  ...each(["score", "date", "last_updated", "live_view_url", "source"], protocol),
});
const pages: Spec = choice({
  list: list(foundPage),
  object: object({
    results: list(foundPage),
    images: list(choice({ string: link(), object: foundPage })),
  }),
});

/** Groq: what its own tools were asked, and what they said. */
const executedTools: Spec = list(
  object({
    ...each(["index", "type", "id"], protocol),
    name: text("tool-name", "name"),
    arguments: jsonText("tool-arguments", "arguments"),
    output: text("tool-result", "output"),
    ...each(["search_results", "browser_results"], pages),
    code_results: list(object({ text: text("tool-result"), png: media("image"), chart: tree("tool-result") })),
  }),
  "executed",
);

/** Azure: where the answer was looked up, and what was searched for. */
const looked: Spec = object({
  ...each(["title", "content"], text("citation")),
  ...each(["filepath", "chunk_id", "original_search_score", "rerank_score", "filter_reason"], protocol),
  data_source_index: protocol,
  url: link(),
  search_queries: list(text("citation")),
});
const context: Spec = object({
  citations: list(looked),
  all_retrieved_documents: list(looked),
  intent: text("citation"),
});

const messageMembers = {
  ...spoken,
  content: toldContent("content"),
  audio: object({
    ...each(["id", "expires_at", "format"], protocol),
    data: media("audio"),
    transcript: text("content", "audio-transcript"),
  }),
  annotations: list(annotation),
  images: list(toldPart("content", null)),
  executed_tools: executedTools,
  context,
  ...each(["prefix", "end_turn"], protocol),
};
/** A whole message, or what an event adds to one. */
const replyMessage: ObjectSpec = object(messageMembers, { role: "own", grows: true });
const storedMessage = {
  ...messageMembers,
  name: text("name"),
  tool_call_id: protocol,
  content_parts: list(toldPart("content", null)),
};

/** Azure: what its filters found, of the prompt or of a choice. */
const filtered: Spec = object({
  ...each(["hate", "self_harm", "sexual", "violence", "jailbreak", "indirect_attack", "profanity"], protocol),
  ...each(["protected_material_text", "custom_blocklists", "ungrounded_material"], protocol),
  protected_material_code: object({
    ...each(["filtered", "detected"], protocol),
    citation: object({ URL: link(), license: text("citation") }),
  }),
  error: object({ code: protocol, message: text("error") }),
});

/** `{error: {...}}`, or an error in a choice. */
export const error: Spec = choice({
  string: text("error"),
  object: object({
    ...each(["type", "code", "param", "status", "innererror"], protocol),
    ...each(["message", "failed_generation"], text("error")),
    ...each(["metadata", "details"], tree("error")),
  }),
});

/** What a body says that is an error: also of servers whose errors have no member of that name. */
export const failure = {
  error,
  ...each(["message", "detail"], tree("error")),
  ...each(["type", "param", "code"], protocol),
};

const tokenScore = (lane: string): Spec =>
  object({
    token: text("logprob", lane),
    ...each(["logprob", "bytes"], protocol),
    // Alternatives are texts of their own: no reader joins them.
    top_logprobs: list(object({ token: text("logprob"), ...each(["logprob", "bytes"], protocol) })),
  });

const chatLogprobs: Spec = object(
  {
    content: list(tokenScore("logprobs/content")),
    refusal: list(tokenScore("logprobs/refusal")),
    reasoning_content: list(tokenScore("logprobs/reasoning")),
  },
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
  "obfuscation",
];
const filters = { content_filter_results: filtered, content_filter_result: filtered, content_filter_offsets: protocol };

/** Of the prompt, token by token; each with those that were likely there. */
const promptLogprobs: Spec = list(
  object({}, { drop: true, rest: object({ ...each(["logprob", "rank"], protocol), decoded_token: text("logprob") }) }),
);
const promptTold = { prompt_token_ids: countedIds, prompt_logprobs: promptLogprobs };

const answerShared = {
  ...each([...ids, "usage", "usage_breakdown", "kv_transfer_params", "request_id"], protocol),
  // OpenRouter, in each event.
  provider: label,
  ...failure,
};

const replyShared = {
  ...answerShared,
  ...promptTold,
  metadata: tree("metadata"),
  moderation: object(
    {},
    { rest: object({ ...each(["type", "model", "results", "code"], protocol), message: text("error") }) },
  ),
  prompt_filter_results: list(object({ prompt_index: protocol, ...filters })),
  x_groq: object({ ...each(["id", "usage", "seed", "usage_breakdown", "debug"], protocol), error }),
  citations: list(choice({ string: text("citation"), object: looked })),
  search_results: pages,
  // Perplexity, in each event.
  related_questions: list(text("content")),
  images: list(
    object({
      ...each(["image_url", "origin_url"], link()),
      title: text("document"),
      ...each(["height", "width"], protocol),
    }),
  ),
};

const choiceShared = {
  ...each(["index", "finish_reason", "native_finish_reason", "stop_reason", "matched_stop"], protocol),
  token_ids: countedIds,
  ...promptTold,
  ...filters,
  error,
};
/** They tell all that the model wrote: reasoning and tool calls too. */
const repeats = ["logprobs", "token_ids"];

const chatChoices: Spec = list(
  object(
    // Some servers tell the whole message again beside its last part: neither goes on with the other.
    { ...choiceShared, message: { ...replyMessage, within: "message/" }, delta: replyMessage, logprobs: chatLogprobs },
    { repeats, grows: true },
  ),
  "choice",
);

const textChoices: Spec = list(
  object({ ...choiceShared, text: text("content", "content"), logprobs: completionLogprobs }, { repeats, grows: true }),
  "choice",
);

/** Whole replies and events of a stream: they differ in `message` and `delta` only. */
export const chatReply: Spec = object({ ...replyShared, choices: chatChoices });
export const completionReply: Spec = object({ ...replyShared, choices: textChoices });

export const embeddingReply: Spec = object({
  ...answerShared,
  data: list(object({ ...each(["object", "index"], protocol), embedding: base64 })),
});

export const moderationReply: Spec = object({
  ...answerShared,
  results: list(
    object(
      each(["categories", "category_scores", "category_applied_input_types", "flagged", "model", "type"], protocol),
    ),
  ),
});

export const rerankReply: Spec = object({
  ...answerShared,
  results: list(
    object({
      ...each(["index", "relevance_score"], protocol),
      document: choice({
        string: text("document"),
        object: object({ text: text("document"), multi_modal: tree("document") }),
      }),
    }),
  ),
});

export const scoreReply: Spec = object({
  ...answerShared,
  data: list(object(each(["index", "object", "score"], protocol))),
});

/** One completion, a list of them, or the messages that one answered. */
export const storedReply: Spec = object({
  ...replyShared,
  choices: chatChoices,
  deleted: protocol,
  ...each(["first_id", "last_id", "has_more"], protocol),
  data: list(
    object(
      {
        ...replyShared,
        ...storedMessage,
        choices: chatChoices,
      },
      { role: "own" },
    ),
    "stored",
  ),
});
