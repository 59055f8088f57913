/** The guard's answers in Ollama's forms, as its own clients read them. Says only what the facts say. */
import type { AnswerFacts, StreamMessage } from "../../../domain/dialect.ts";
import { isToken } from "../../table/shapes.ts";

/** How an operation says a text. */
export type Saying = (text: string) => object;

export const asMessage: Saying = (content) => ({ message: { role: "assistant", content } });
export const asResponse: Saying = (response) => ({ response });

export const errorBody = (facts: AnswerFacts): string => JSON.stringify({ error: sentence(facts) });

export const refusal = (facts: AnswerFacts, say: Saying): string => last(facts, facts.model, say(sentence(facts)));

export const refusalStream = (facts: AnswerFacts, say: Saying): readonly StreamMessage[] =>
  ending(facts, facts.model, say, sentence(facts));

/** The end of a stream of which the client has seen some: a paragraph of its own. */
export const lastLines = (facts: AnswerFacts, model: string | null, say: Saying): readonly StreamMessage[] =>
  ending(facts, model, say, `\n\n${sentence(facts)}`);

/** Many clients show nothing of a line that is done. */
const ending = (facts: AnswerFacts, model: string | null, say: Saying, text: string): readonly StreamMessage[] => [
  line(JSON.stringify({ ...head(facts, model), ...say(text), done: false })),
  line(last(facts, model, say(""))),
];

const line = (data: string): StreamMessage => ({ name: "", data });

const sentence = ({ message, reference }: AnswerFacts): string => `${message} (reference ${reference})`;

/** Of the reasons that clients know, only `stop` says that there will be no more. */
const stopped = {
  done: true,
  done_reason: "stop",
  ...{ total_duration: 0, load_duration: 0, prompt_eval_count: 0, prompt_eval_duration: 0 },
  ...{ eval_count: 0, eval_duration: 0 },
};

const last = (facts: AnswerFacts, model: string | null, said: object): string =>
  JSON.stringify({ ...head(facts, model), ...said, ...stopped });

const head = ({ createdS }: AnswerFacts, model: string | null): object => ({
  model: model !== null && isToken(model) ? model : "",
  created_at: new Date(createdS * 1000).toISOString(),
});
