/** An error for clients of which nothing is known: JSON in the form that most of them read. */
import type { AnswerFacts, StreamMessage } from "../../domain/dialect.ts";

export function errorBody(facts: AnswerFacts): string {
  return JSON.stringify({ error: { message: facts.message, code: facts.code, reference: facts.reference } });
}

export const errorMessages = (facts: AnswerFacts): readonly StreamMessage[] => [
  { name: "error", data: errorBody(facts) },
];
