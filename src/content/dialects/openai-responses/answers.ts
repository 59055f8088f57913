/**
 * The guard's answers in the forms of OpenAI's Responses API, as the official clients read them. Says only what the facts say.
 *
 * A refusal is a whole response, `completed`, whose one message refuses: so a model's own refusal comes, clients take it for a
 * final answer (one that is `incomplete` they may ask for again), and no client parses a refusal as the JSON that it asked for.
 * A reply that is cut is `incomplete`, by reason of `content_filter`.
 */
import type { AnswerFacts, StreamMessage } from "../../../domain/dialect.ts";

import { isModelName } from "../openai/answers.ts";

export { errorBody } from "../openai/answers.ts";

/** What a response is known by: only numbers and short tokens of the upstream's. */
export type ResponseHead = { readonly id: string; readonly createdS: number; readonly model: string };

export function headFor(facts: AnswerFacts): ResponseHead {
  const model = facts.model !== null && isModelName(facts.model) ? facts.model : "";
  return { id: `resp_${facts.reference}`, createdS: facts.createdS, model };
}

const noUsage = {
  input_tokens: 0,
  input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
  output_tokens: 0,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 0,
};

/** All that clients' types ask for. */
const plain = {
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: {},
  parallel_tool_calls: true,
  temperature: null,
  tool_choice: "auto",
  tools: [],
  top_p: null,
} as const;

type State = {
  readonly status: "in_progress" | "completed" | "incomplete";
  readonly output: readonly object[];
  readonly usage: object | null;
  readonly incomplete_details?: { readonly reason: "content_filter" };
};

const response = ({ id, createdS, model }: ResponseHead, state: State): object => ({
  id,
  object: "response",
  created_at: createdS,
  model,
  ...plain,
  ...state,
});

const sentence = (facts: AnswerFacts): string => `${facts.message} (reference ${facts.reference})`;
const messageId = (facts: AnswerFacts): string => `msg_${facts.reference}`;

const refusing = (facts: AnswerFacts): object => ({
  type: "message",
  id: messageId(facts),
  status: "completed",
  role: "assistant",
  content: [{ type: "refusal", refusal: sentence(facts) }],
});

export const refusal = (facts: AnswerFacts): string =>
  JSON.stringify(response(headFor(facts), { status: "completed", output: [refusing(facts)], usage: noUsage }));

/** Events are named as their type is, and numbered. */
export type Event = { readonly type: string; readonly [key: string]: unknown };

export const numbered = (events: readonly Event[], from: number): readonly StreamMessage[] =>
  events.map((event, index) => {
    const { type, ...rest } = event;
    return { name: type, data: JSON.stringify({ type, sequence_number: from + index, ...rest }) };
  });

/** A message of ours, as the item at `index` of the output. */
function refusalEvents(facts: AnswerFacts, index: number): readonly Event[] {
  const inMessage = { item_id: messageId(facts), output_index: index, content_index: 0 };
  const begun = { type: "message", id: messageId(facts), status: "in_progress", role: "assistant", content: [] };
  const said = sentence(facts);
  return [
    { type: "response.output_item.added", output_index: index, item: begun },
    { type: "response.content_part.added", ...inMessage, part: { type: "refusal", refusal: "" } },
    { type: "response.refusal.delta", ...inMessage, delta: said },
    { type: "response.refusal.done", ...inMessage, refusal: said },
    { type: "response.content_part.done", ...inMessage, part: { type: "refusal", refusal: said } },
    { type: "response.output_item.done", output_index: index, item: refusing(facts) },
  ];
}

export function refusalStream(facts: AnswerFacts): readonly StreamMessage[] {
  const head = headFor(facts);
  const begun = response(head, { status: "in_progress", output: [], usage: null });
  const done = response(head, { status: "completed", output: [refusing(facts)], usage: noUsage });
  const events = [
    { type: "response.created", response: begun },
    { type: "response.in_progress", response: begun },
    ...refusalEvents(facts, 0),
    { type: "response.completed", response: done },
  ];
  return numbered(events, 0);
}

/** The last events of a response of which the client has seen some: why it ends, as the item at `index`, and that it does. */
export function lastEvents(facts: AnswerFacts, head: ResponseHead, index: number): readonly Event[] {
  const state = {
    status: "incomplete",
    incomplete_details: { reason: "content_filter" },
    output: [refusing(facts)],
    usage: null,
  } as const;
  return [...refusalEvents(facts, index), { type: "response.incomplete", response: response(head, state) }];
}

/** An item, or a part of one, that stays without its end. */
export type Unfinished =
  | { readonly kind: "message" | "reasoning"; readonly index: number; readonly id: string }
  | {
      readonly kind: "output_text" | "refusal" | "reasoning_text" | "summary_text";
      readonly index: number;
      readonly id: string;
      readonly part: number;
    };

/**
 * Its end, without its text: what the client has of it must not be told again here. Calls get none: a client runs a call once it has
 * ended.
 */
export function closing(open: Unfinished): Event {
  const { kind, index: output_index, id } = open;
  const inItem = { item_id: id, output_index };
  switch (kind) {
    case "message":
      return itemDone(output_index, { type: kind, id, status: "incomplete", role: "assistant", content: [] });
    case "reasoning":
      return itemDone(output_index, { type: kind, id, status: "incomplete", summary: [] });
    case "output_text":
      return partDone({ ...inItem, content_index: open.part }, { type: kind, text: "", annotations: [] });
    case "refusal":
      return partDone({ ...inItem, content_index: open.part }, { type: kind, refusal: "" });
    case "reasoning_text":
      return partDone({ ...inItem, content_index: open.part }, { type: kind, text: "" });
    case "summary_text":
      return {
        type: "response.reasoning_summary_part.done",
        ...inItem,
        summary_index: open.part,
        part: { type: kind, text: "" },
      };
  }
}

const itemDone = (output_index: number, item: object): Event => ({
  type: "response.output_item.done",
  output_index,
  item,
});
const partDone = (where: object, part: object): Event => ({ type: "response.content_part.done", ...where, part });
