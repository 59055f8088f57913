// What answers of dialects are told, for tests.

import type { AnswerFacts } from "../../src/domain/dialect.ts";

/** Of a prompt that a rule blocked. */
export const answerFacts = (more: Partial<AnswerFacts> = {}): AnswerFacts => ({
  reference: "ref1",
  createdS: 7,
  model: "asked",
  echo: null,
  code: "content_filter",
  message: "Not allowed.",
  status: 400,
  ...more,
});
