/**
 * Where text stands in replies of Anthropic's Messages API and in the events of their streams, as tables.
 */
import {
  each,
  jsonText,
  list,
  media,
  object,
  type ObjectSpec,
  protocol,
  type Spec,
  text,
  variant,
} from "../../table/spec.ts";
import { citation, error, repliedBlocks, textBlock, toldPage } from "./parts.ts";

const block = (filled: "here" | "later"): Spec =>
  variant("type", repliedBlocks(filled, toldPage), textBlock("content"));

/** How the model stopped: of a whole reply, and in an event of its own. */
const stopped = {
  ...each(["stop_reason", "container"], protocol),
  stop_sequence: text("stop"),
  stop_details: object({
    ...each(["type", "category", "recommended_model", "fallback_credit_token"], protocol),
    fallback_has_prefill_claim: protocol,
    explanation: text("refusal"),
  }),
};

const counters = each(["usage", "context_management", "diagnostics", "input_transformations", "request_id"], protocol);

export const messagesReply: ObjectSpec = object(
  {
    ...stopped,
    ...counters,
    ...each(["id", "type", "role", "model"], protocol),
    content: list(block("here"), "block"),
    error,
  },
  { role: "own", grows: true },
);

const delta: Spec = object(
  {
    ...stopped,
    ...each(["type", "estimated_tokens"], protocol),
    text: text("content", "text"),
    thinking: text("reasoning", "thinking"),
    partial_json: jsonText("tool-arguments", "arguments"),
    ...each(["signature", "encrypted_content"], media("encrypted")),
    citation,
    // A summary of what was said before, told whole.
    content: text("content"),
  },
  { grows: true, call: true },
);

/** Events differ in their members, so that one table reads them all; a name that does not fit its data changes nothing. */
export const messagesEvent: ObjectSpec = object(
  {
    ...counters,
    ...each(["type", "index"], protocol),
    message: { ...messagesReply, within: "message/" },
    content_block: block("later"),
    delta,
    error,
  },
  { numbered: { as: "block", by: ["index"] }, grows: true },
);

/** What stands in the message as it begins goes on in the events of its blocks: clients add to it. */
export const startOf = (event: ObjectSpec): ObjectSpec => ({
  ...event,
  members: new Map([...event.members, ["message", messagesReply]]),
  numbered: null,
});
/** What is held of a block's texts goes where the block ends. */
export const endOf = (event: ObjectSpec): ObjectSpec => ({ ...event, ends: true });
export const messagesEvents: Spec = variant(
  "type",
  { message_start: startOf(messagesEvent), content_block_stop: endOf(messagesEvent) },
  messagesEvent,
);

export const countReply: Spec = object({ ...counters, ...each(["type", "input_tokens"], protocol), error });
