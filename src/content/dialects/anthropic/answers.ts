/**
 * The guard's answers in Anthropic's forms, as the official clients read them. Says only what the facts say.
 */
import type { AnswerFacts, StreamMessage } from "../../../domain/dialect.ts";
import { isToken } from "../../table/shapes.ts";

/** By status, as the API documents them. */
const errorTypes: ReadonlyMap<number, string> = new Map([
  [401, "authentication_error"],
  [402, "billing_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [413, "request_too_large"],
  [429, "rate_limit_error"],
  [503, "overloaded_error"],
  [504, "timeout_error"],
  [529, "overloaded_error"],
]);

/** `details.error_code` is what clients give as the code of an error. */
export function errorBody(facts: AnswerFacts): string {
  const type = errorTypes.get(facts.status) ?? (facts.status >= 500 ? "api_error" : "invalid_request_error");
  const error = { type, message: sentence(facts), details: { error_code: facts.code } };
  return JSON.stringify({ type: "error", error, request_id: facts.reference });
}

export function refusal(facts: AnswerFacts): string {
  const content = [{ type: "text", text: sentence(facts), citations: null }];
  return JSON.stringify({ ...emptyMessage(facts), content, ...refused(facts) });
}

export function refusalStream(facts: AnswerFacts): readonly StreamMessage[] {
  const content_block = { type: "text", text: "", citations: null };
  return [
    event("message_start", { message: emptyMessage(facts) }),
    event("content_block_start", { index: 0, content_block }),
    event("content_block_delta", { index: 0, delta: { type: "text_delta", text: sentence(facts) } }),
    ...lastEvents(facts, [0], 0),
  ];
}

/** For a client that has seen a message begin. `open`: indexes of the blocks that are to be ended. */
export function lastEvents(
  facts: AnswerFacts,
  open: readonly number[],
  outputTokens: number,
): readonly StreamMessage[] {
  const delta = { ...refused(facts), container: null };
  return [
    ...open.map((index) => event("content_block_stop", { index })),
    event("message_delta", { delta, usage: { output_tokens: outputTokens } }),
    event("message_stop"),
  ];
}

/** Events go by their types' names. */
const event = (type: string, data: object = {}): StreamMessage => ({
  name: type,
  data: JSON.stringify({ type, ...data }),
});

const refused = (facts: AnswerFacts): object => ({
  stop_reason: "refusal",
  stop_sequence: null,
  stop_details: { type: "refusal", category: null, explanation: sentence(facts) },
});

const noUsage = {
  input_tokens: 0,
  output_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
};

const emptyMessage = ({ reference, model }: AnswerFacts): object => ({
  id: `msg_${reference}`,
  type: "message",
  role: "assistant",
  model: model !== null && isToken(model) ? model : "",
  content: [],
  stop_reason: null,
  stop_sequence: null,
  stop_details: null,
  container: null,
  usage: noUsage,
});

const sentence = (facts: AnswerFacts): string => `${facts.message} (reference ${facts.reference})`;
