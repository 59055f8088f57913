/** The guard's answers in the forms of Bedrock's Converse API, as AWS's clients read them. Says only what the facts say. */
import type { AnswerFacts, StreamMessage } from "../../../domain/dialect.ts";

export const sentence = ({ message, reference }: AnswerFacts): string => `${message} (reference ${reference})`;

/** The type stands here too: an Envoy lets the header through only where its rules name it, and clients read either. */
export const errorBody = (facts: AnswerFacts): string =>
  JSON.stringify({ __type: errorHead(facts).headers["x-amzn-errortype"], message: sentence(facts) });

/**
 * The header by which clients know the type. A status of 5xx makes them send the request again, at the model's cost: a reply that
 * cannot be read will be no better, so it goes as 424, Bedrock's own status for what its model did wrong.
 */
export function errorHead({ status, code }: AnswerFacts): {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
} {
  const isOfModel = status === 502 && code !== "content_filter";
  return {
    status: isOfModel ? 424 : status,
    headers: { "x-amzn-errortype": isOfModel ? "ModelErrorException" : errorType(status) },
  };
}

function errorType(status: number): string {
  switch (status) {
    case 401:
    case 403:
      return "AccessDeniedException";
    case 404:
      return "ResourceNotFoundException";
    case 408:
      return "ModelTimeoutException";
    case 409:
      return "ConflictException";
    case 424:
      return "ModelErrorException";
    case 429:
      return "ThrottlingException";
    case 503:
      return "ServiceUnavailableException";
    default:
      return status >= 500 ? "InternalServerException" : "ValidationException";
  }
}

/** As Bedrock's own guardrails stop a reply. */
const stopReason = "guardrail_intervened";
const noUse = { usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 }, metrics: { latencyMs: 0 } };

export function refusal(facts: AnswerFacts): string {
  const output = { message: { role: "assistant", content: [{ text: sentence(facts) }] } };
  return JSON.stringify({ output, stopReason, ...noUse });
}

const event = (name: string, data: object): StreamMessage => ({ name, data: JSON.stringify(data) });

export const blockStop = (contentBlockIndex: number): StreamMessage => event("contentBlockStop", { contentBlockIndex });
export const messageStop: StreamMessage = event("messageStop", { stopReason });
export const metadata: StreamMessage = event("metadata", noUse);

/** Blocks of text begin with their first piece: `contentBlockStart` is for others. */
export const refusalStream = (facts: AnswerFacts): readonly StreamMessage[] => [
  event("messageStart", { role: "assistant" }),
  event("contentBlockDelta", { contentBlockIndex: 0, delta: { text: sentence(facts) } }),
  blockStop(0),
  messageStop,
  metadata,
];
