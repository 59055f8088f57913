/**
 * The guard's answers in OpenAI's forms, as the official clients read them. Says only what the facts say.
 */
import type { AnswerFacts, StreamMessage } from "../../../domain/dialect.ts";

/** What the chunks of one stream have in common. */
export type ChunkHead = { readonly id: string; readonly created: number; readonly model: string };

export const terminator = "[DONE]";

/** Events of these streams have no names. */
export const event = (data: string): StreamMessage => ({ name: "", data });

export function errorBody(facts: AnswerFacts): string {
  const type = facts.status >= 500 ? "server_error" : "invalid_request_error";
  return JSON.stringify({ error: { message: sentence(facts), type, param: null, code: facts.code } });
}

export type Answers = {
  refusal(facts: AnswerFacts): string;
  refusalStream(facts: AnswerFacts): readonly StreamMessage[];
  /** The event that ends one choice, of which the client has seen some. */
  lastChunk(facts: AnswerFacts, head: ChunkHead, index: number): StreamMessage;
  headFor(facts: AnswerFacts): ChunkHead;
};

const noUsage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
const stopped = { logprobs: null, finish_reason: "content_filter" };

/** Clients without a view for refusals show the content, so it says the same. */
export const chatAnswers: Answers = {
  headFor: chatHead,
  refusal(facts) {
    const message = { role: "assistant", content: sentence(facts), refusal: sentence(facts) };
    const choices = [{ index: 0, message, ...stopped }];
    const { id, created, model } = chatHead(facts);
    return JSON.stringify({ id, object: "chat.completion", created, model, choices, usage: noUsage });
  },
  refusalStream(facts) {
    const delta = { role: "assistant", content: sentence(facts), refusal: sentence(facts) };
    const head = chatHead(facts);
    const said = chatChunk(head, { index: 0, delta, logprobs: null, finish_reason: null });
    return [event(said), event(chatChunk(head, { index: 0, delta: {}, ...stopped })), event(terminator)];
  },
  lastChunk: (facts, head, index) => event(chatChunk(head, { index, delta: { refusal: sentence(facts) }, ...stopped })),
};

export const completionAnswers: Answers = {
  headFor: completionHead,
  refusal(facts) {
    return textCompletion(completionHead(facts), { index: 0, text: sentence(facts), ...stopped }, { usage: noUsage });
  },
  refusalStream(facts) {
    const said = textCompletion(completionHead(facts), { index: 0, text: sentence(facts), ...stopped }, {});
    return [event(said), event(terminator)];
  },
  lastChunk: (_facts, head, index) => event(textCompletion(head, { index, text: "", ...stopped }, {})),
};

const sentence = (facts: AnswerFacts): string => `${facts.message} (reference ${facts.reference})`;

/** Told again only where it is one word: a client may write anything there. */
export const isModelName = (model: string): boolean => /^[\w.:/@+-]{1,128}$/.test(model);

function headFor(prefix: string, facts: AnswerFacts): ChunkHead {
  const model = facts.model !== null && isModelName(facts.model) ? facts.model : "";
  return { id: `${prefix}-${facts.reference}`, created: facts.createdS, model };
}

function chatHead(facts: AnswerFacts): ChunkHead {
  return headFor("chatcmpl", facts);
}

function completionHead(facts: AnswerFacts): ChunkHead {
  return headFor("cmpl", facts);
}

function chatChunk({ id, created, model }: ChunkHead, choice: object): string {
  return JSON.stringify({ id, object: "chat.completion.chunk", created, model, choices: [choice] });
}

function textCompletion({ id, created, model }: ChunkHead, choice: object, more: object): string {
  return JSON.stringify({ id, object: "text_completion", created, model, choices: [choice], ...more });
}
