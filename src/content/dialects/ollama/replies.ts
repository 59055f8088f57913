/** Where text stands in replies of Ollama's own API, whole and line by line, as tables. What a table does not name is judged as `other`. */
import {
  choice,
  dropList,
  each,
  list,
  media,
  object,
  type ObjectSpec,
  other,
  protocol,
  type Spec,
  text,
  unjudged,
} from "../../table/spec.ts";
import { speakers, spoken, toolCalls } from "./parts.ts";

const score = each(["logprob", "bytes"], protocol);
/** Without a part of it the list would say that the text is another: it goes whole. */
const logprobs: Spec = dropList(
  object({
    token: text("logprob", "logprobs"),
    ...score,
    // Alternatives are texts of their own: no reader joins them.
    top_logprobs: list(object({ token: text("logprob"), ...score })),
  }),
);

const timings: readonly string[] = [
  ...["total_duration", "load_duration", "prompt_eval_count", "prompt_eval_duration", "eval_count", "eval_duration"],
];

const told = { model: protocol, ...each(timings, protocol), error: text("error") };

const generated = {
  ...told,
  ...each(["remote_model", "remote_host", "created_at", "done", "done_reason"], protocol),
  logprobs,
};

/** Both tell all that the model wrote; the last line's context what all lines told. */
const again = { grows: true, repeats: ["logprobs", "context"], recalls: ["context"] };

/** Whole replies and lines of a stream have one form. */
export const generateReply: ObjectSpec = object(
  {
    ...generated,
    ...each(["completed", "total"], protocol),
    response: text("content", "response"),
    thinking: text("reasoning", "thinking"),
    tool_calls: toolCalls,
    image: media("image"),
    context: list(choice({ number: unjudged("token-ids") })),
  },
  again,
);

export const chatReply: ObjectSpec = object(
  {
    ...generated,
    message: object(
      { ...spoken, content: text("content", "content") },
      { role: "own", roleNames: speakers, grows: true },
    ),
  },
  again,
);

export const embedReply: Spec = object({ ...told, embeddings: protocol, embedding: protocol });

const details = object(
  each(["parent_model", "format", "family", "families", "parameter_size", "quantization_level"], protocol),
);

/** The server's models, those that are loaded, its version. */
export const modelsReply: Spec = object({
  error: text("error"),
  version: protocol,
  models: list(
    object({
      ...each(["name", "model", "remote_model", "remote_host", "modified_at", "expires_at"], protocol),
      ...each(["size", "size_vram", "context_length", "digest"], protocol),
      details,
    }),
  ),
});

/** Its license, its template, its messages: whoever made the model wrote them. */
export const showReply: Spec = other;
