/**
 * The guard's answers in the models' own forms, as their makers' clients read them. Whose form it is tells the model's name in the
 * path, or what of a stream came already. Where neither does, an error is the answer. Says only what the facts say.
 */
import type { AnswerFacts, StreamMessage } from "../../../domain/dialect.ts";
import { isToken } from "../../table/shapes.ts";
import {
  lastEvents,
  refusal as anthropicRefusal,
  refusalStream as anthropicRefusalStream,
} from "../anthropic/answers.ts";
import { sentence } from "../bedrock/answers.ts";

/** Whose form a body has. `choices`: OpenAI's, which many speak. */
export type Family = "anthropic" | "nova" | "titan" | "llama" | "mistral" | "cohere" | "choices";

const byName: readonly (readonly [RegExp, Family | null])[] = [
  // No text comes of them.
  [/embed|rerank|canvas|reel|sonic|image|stability\./, null],
  [/anthropic\./, "anthropic"],
  [/amazon\.nova/, "nova"],
  [/amazon\.titan/, "titan"],
  [/meta\.llama/, "llama"],
  [/mistral\./, "mistral"],
  [/cohere\./, "cohere"],
  [/(?:openai|deepseek|qwen|ai21|moonshotai?|minimax|nvidia|google|zai|writer)\./, "choices"],
];

/** `null`: the name does not tell, as ARNs of a customer's own do not. */
export function familyOf(model: string | null): Family | null {
  return model === null ? null : (byName.find(([name]) => name.test(model))?.[1] ?? null);
}

/** As Bedrock marks a reply in which its own guardrails stepped in. */
const marked = { "amazon-bedrock-guardrailAction": "INTERVENED" };

export function refusal(facts: AnswerFacts): string | null {
  const family = familyOf(facts.model);
  if (family === null) return null;
  if (family === "anthropic") return JSON.stringify({ ...parsed(anthropicRefusal(facts)), ...marked });
  return JSON.stringify({ ...whole[family](facts), ...marked });
}

export function refusalStream(facts: AnswerFacts): readonly StreamMessage[] | null {
  const family = familyOf(facts.model);
  return family === null ? null : streamOf(facts, family);
}

/** `family`: as the events so far had it. `open`: indexes of the blocks that are to be ended, where the form has blocks. */
export function lastChunks(facts: AnswerFacts, family: Family, open: readonly number[]): readonly StreamMessage[] {
  switch (family) {
    case "anthropic":
      return lastEvents(facts, open, 0).map(({ data }) => chunk(parsed(data)));
    case "nova":
      return [
        ...open.map((contentBlockIndex) => chunk({ contentBlockStop: { contentBlockIndex } })),
        chunk({ messageStop: { stopReason: "content_filtered" } }),
        chunk({ metadata: { usage: novasUse, metrics: {} } }),
      ];
    default:
      return [chunk({ ...piece[family](facts, ""), ...marked })];
  }
}

function streamOf(facts: AnswerFacts, family: Family): readonly StreamMessage[] {
  switch (family) {
    case "anthropic":
      return anthropicRefusalStream(facts).map(({ data }) => chunk(parsed(data)));
    case "nova":
      return [
        chunk({ messageStart: { role: "assistant" } }),
        chunk({ contentBlockDelta: { delta: { text: sentence(facts) }, contentBlockIndex: 0 } }),
        ...lastChunks(facts, family, [0]),
      ];
    default:
      return [chunk({ ...piece[family](facts, sentence(facts)), ...marked })];
  }
}

const chunk = (data: object): StreamMessage => ({ name: "chunk", data: JSON.stringify(data) });
/** Of what we wrote ourselves. */
const parsed = (json: string): object => JSON.parse(json) as object;

const novasUse = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };
const head = (facts: AnswerFacts, object: string): object => ({
  id: `chatcmpl-${facts.reference}`,
  object,
  created: facts.createdS,
  model: facts.model !== null && isToken(facts.model) ? facts.model : "",
});

type Plain = Exclude<Family, "anthropic">;

const whole = {
  nova: (facts) => ({
    output: { message: { role: "assistant", content: [{ text: sentence(facts) }] } },
    stopReason: "content_filtered",
    usage: novasUse,
  }),
  titan: (facts) => ({
    inputTextTokenCount: 0,
    results: [{ tokenCount: 0, outputText: sentence(facts), completionReason: "CONTENT_FILTERED" }],
  }),
  llama: (facts) => piece.llama(facts, sentence(facts)),
  // A prompt is answered by outputs, messages are by choices.
  mistral: (facts) => ({
    outputs: [{ text: sentence(facts), stop_reason: "stop" }],
    choices: [{ index: 0, message: { role: "assistant", content: sentence(facts) }, stop_reason: "stop" }],
  }),
  cohere: (facts) => ({
    response_id: facts.reference,
    generation_id: facts.reference,
    text: sentence(facts),
    finish_reason: "ERROR_TOXIC",
    chat_history: [],
  }),
  // DeepSeek's clients read `text`.
  choices: (facts) => ({
    ...head(facts, "chat.completion"),
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: sentence(facts) },
        text: sentence(facts),
        finish_reason: "content_filter",
        stop_reason: "content_filter",
      },
    ],
    usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
  }),
} as const satisfies Record<Plain, (facts: AnswerFacts) => object>;

/** The only event of a stream, or its last. */
const piece = {
  titan: (_facts: AnswerFacts, text: string) => ({
    outputText: text,
    index: 0,
    totalOutputTextTokenCount: 0,
    completionReason: "CONTENT_FILTERED",
    inputTextTokenCount: 0,
  }),
  llama: (_facts: AnswerFacts, text: string) => ({
    generation: text,
    prompt_token_count: 0,
    generation_token_count: 0,
    stop_reason: "stop",
  }),
  mistral: (_facts: AnswerFacts, text: string) => ({
    outputs: [{ text, stop_reason: "stop" }],
    choices: [{ index: 0, message: { role: "assistant", content: text }, stop_reason: "stop" }],
  }),
  cohere: (_facts: AnswerFacts, text: string) => ({
    event_type: "text-generation",
    text,
    is_finished: true,
    finish_reason: "ERROR_TOXIC",
  }),
  choices: (facts: AnswerFacts, text: string) => ({
    ...head(facts, "chat.completion.chunk"),
    choices: [
      { index: 0, delta: text === "" ? {} : { role: "assistant", content: text }, finish_reason: "content_filter" },
    ],
  }),
} as const satisfies Record<Exclude<Plain, "nova">, (facts: AnswerFacts, text: string) => object>;
