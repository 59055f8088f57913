/** Where text stands in replies of OpenAI's form, whole and event by event, as tables. What a table does not name is judged as `other`. */
import {
  base64,
  choice,
  each,
  list,
  media,
  object,
  type ObjectSpec,
  protocol,
  type Spec,
  text,
  unjudged,
  url,
} from "../../table/spec.ts";
import { content, part, spoken } from "./parts.ts";

const oneId = choice({ number: unjudged("token-ids") });
/** In a reply. What is no number among them is judged. */
const countedIds = choice({ list: list(choice({ number: unjudged("token-ids"), list: list(oneId) })) });

/** Prompt and answer refer to sources in this form. */
const annotation: Spec = object({
  type: protocol,
  url_citation: object({
    ...each(["start_index", "end_index"], protocol),
    title: text("annotation"),
    content: text("annotation"),
    url: url("url", "data-url"),
  }),
});

/** A whole message, or what an event adds to one. */
const replyMessage: ObjectSpec = object(
  {
    ...spoken,
    content: content("content", "content"),
    audio: object({
      ...each(["id", "expires_at", "format"], protocol),
      data: media("audio"),
      transcript: text("content", "audio-transcript"),
    }),
    annotations: list(annotation),
    images: list(part("content", null)),
  },
  { role: "own", grows: true },
);

/** `{error: {...}}`, or an error in a choice. */
export const error: Spec = choice({
  string: text("error"),
  object: object({ ...each(["type", "code", "param", "status"], protocol), message: text("error") }),
});

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
