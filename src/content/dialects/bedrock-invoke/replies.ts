/**
 * Where text stands in what models reply in their own forms, whole and event by event: one table by their shape, as for requests.
 */
import {
  choice,
  each,
  list,
  object,
  type ObjectSpec,
  protocol,
  type Spec,
  text,
  tree,
  variant,
} from "../../table/spec.ts";
import { endOf, messagesEvent, messagesReply, startOf } from "../anthropic/replies.ts";
import { errorMembers, message } from "../bedrock/parts.ts";
import { blockStopEvent, converseEvent, trace } from "../bedrock/replies.ts";
import { spoken, toldContent } from "../openai/parts.ts";
import { chatHistory, coheresCall, documents } from "./requests.ts";

/** What Bedrock adds to any of them. */
const added = {
  ...each(["amazon-bedrock-invocationMetrics", "amazon-bedrock-guardrailAction"], protocol),
  "amazon-bedrock-trace": trace,
};

const said = object({ ...spoken, content: toldContent("content") }, { role: "own", grows: true });

/** OpenAI's and Mistral's. Token scores tell the text again; they go where anything of it is masked. */
const choices: Spec = list(
  object(
    {
      ...each(["index", "finish_reason", "stop_reason"], protocol),
      message: { ...said, within: "message/" },
      delta: said,
      text: text("content", "text"),
      logprobs: object({}, { drop: true, keyPlace: "logprob" }),
    },
    { repeats: ["logprobs"], grows: true },
  ),
  "choice",
);

const counters: readonly string[] = [
  ...["id", "object", "created", "model", "role", "usage", "system_fingerprint", "service_tier"],
  ...["inputTextTokenCount", "totalOutputTextTokenCount", "completionReason", "index", "tokenCount"],
  ...["prompt_token_count", "generation_token_count", "stop_reason", "finish_reason", "stopReason", "type"],
  ...["generation_id", "response_id", "event_type", "is_finished", "is_search_required", "meta", "response_type"],
  ...["embedding", "embeddings", "embeddingsByType", "metrics", "serviceTier"],
];

/** Cohere's citations and searches come beside the text. */
const coheres = {
  citations: list(
    object({ ...each(["start", "end", "document_ids", "type", "sources"], protocol), text: text("citation") }),
  ),
  documents,
  search_queries: list(object({ generation_id: protocol, text: text("citation") })),
  tool_calls: list(coheresCall, "tool"),
  chat_history: chatHistory,
  prompt: text("content"),
};

/** One of several texts: Titan's, Mistral's, Cohere's; or what Cohere's ranking says of a document. */
const oneOf = (name: string): Spec =>
  list(
    object({
      ...each(["id", "index", "tokenCount", "completionReason", "stop_reason", "finish_reason"], protocol),
      relevance_score: protocol,
      ...each(["text", "outputText"], text("content", "text")),
      document: choice({ string: text("document"), object: tree("document") }),
    }),
    name,
  );

const told = {
  ...errorMembers,
  ...added,
  ...each(counters, protocol),
  choices,
  results: oneOf("result"),
  outputs: oneOf("output"),
  generations: oneOf("generation"),
  generation: text("content", "generation"),
  outputText: text("content", "output"),
  text: text("content", "text"),
  ...coheres,
  texts: list(text("input")),
};

/** Whole. Cohere's streams tell it again at their end. */
const toldWhole = { ...told, error: tree("error") };
const families = object({ ...toldWhole, output: object({ message }) }, { grows: true });

/** Amazon Nova's events, each under its own name. */
const novasEvents: readonly string[] = [
  ...["messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"],
];

const familiesEvent: Spec = object(
  {
    ...toldWhole,
    ...each(novasEvents, converseEvent),
    contentBlockStop: blockStopEvent,
    response: object(toldWhole, { within: "response/", grows: true }),
  },
  { grows: true },
);

/** Anthropic's events by their types; `message` and `error` are whole. */
const anthropicsEvents: readonly string[] = [
  ...["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta"],
  ...["message_stop", "ping", "error"],
];

const messagesReplyHere: Spec = object(
  { ...Object.fromEntries(messagesReply.members), ...added },
  { role: "own", grows: true },
);
const messagesEventHere: ObjectSpec = {
  ...messagesEvent,
  members: new Map([...messagesEvent.members, ...Object.entries(added)]),
};

export const invokeReply: Spec = variant("type", { message: messagesReplyHere, error: messagesReplyHere }, families);

/** The JSON text within a `chunk`. */
export const invokeEvent: Spec = variant(
  "type",
  {
    ...each(anthropicsEvents, messagesEventHere),
    message_start: startOf(messagesEventHere),
    content_block_stop: endOf(messagesEventHere),
    message: messagesReplyHere,
  },
  familiesEvent,
);
