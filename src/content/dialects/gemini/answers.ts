/**
 * The guard's answers in Gemini's forms, as the official clients read them. Says only what the facts say.
 *
 * A refusal is a candidate with a text and the finish reason `SAFETY`, not a `promptFeedback.blockReason` alone: of that
 * `response.text` is undefined, and most programs show nothing or fail. So the person at the client reads the sentence, and programs
 * that ask find the reason.
 */
import type { AnswerFacts, StreamMessage } from "../../../domain/dialect.ts";
import { isToken } from "../../table/shapes.ts";

/** What the events of one stream have in common, where they say it. */
export type EventHead = { readonly modelVersion?: string; readonly responseId?: string };

/** Events of these streams have no names. */
const event = (data: object): StreamMessage => ({ name: "", data: JSON.stringify(data) });

/** Google's names for what HTTP's codes say. */
const statuses: ReadonlyMap<number, string> = new Map([
  [401, "UNAUTHENTICATED"],
  [403, "PERMISSION_DENIED"],
  [404, "NOT_FOUND"],
  [409, "ABORTED"],
  [429, "RESOURCE_EXHAUSTED"],
  [499, "CANCELLED"],
  [501, "UNIMPLEMENTED"],
  [502, "UNAVAILABLE"],
  [503, "UNAVAILABLE"],
  [504, "DEADLINE_EXCEEDED"],
]);

const errorInfo = "type.googleapis.com/google.rpc.ErrorInfo";

export function errorBody(facts: AnswerFacts): string {
  const { status: code, reference } = facts;
  const status = statuses.get(code) ?? (code >= 500 ? "INTERNAL" : "INVALID_ARGUMENT");
  const info = { "@type": errorInfo, reason: facts.code.toUpperCase(), domain: "sallyport", metadata: { reference } };
  return JSON.stringify({ error: { code, message: sentence(facts), status, details: [info] } });
}

/** Where events come as items of a list, so does an error. */
export const errorList = (facts: AnswerFacts): string => `[${errorBody(facts)}]`;

export const refusal = (facts: AnswerFacts): string => JSON.stringify(refused(facts));

export const refusalStream = (facts: AnswerFacts): readonly StreamMessage[] => [event(refused(facts))];

/** The event that ends candidates of which the client has seen some. An empty text: clients take no candidate without parts. */
export function lastEvent(facts: AnswerFacts, head: EventHead, indexes: readonly number[]): StreamMessage {
  return event({ candidates: indexes.map((index) => candidate(facts, "", index)), ...head });
}

function refused(facts: AnswerFacts): object {
  const model = facts.model !== null && isToken(facts.model) ? { modelVersion: facts.model } : {};
  const usageMetadata = { promptTokenCount: 0, candidatesTokenCount: 0, totalTokenCount: 0 };
  return { candidates: [candidate(facts, sentence(facts), 0)], usageMetadata, ...model, responseId: facts.reference };
}

function candidate(facts: AnswerFacts, text: string, index: number): object {
  const content = { role: "model", parts: [{ text }] };
  return { content, finishReason: "SAFETY", finishMessage: sentence(facts), index };
}

const sentence = (facts: AnswerFacts): string => `${facts.message} (reference ${facts.reference})`;
