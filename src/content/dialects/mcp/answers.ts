/**
 * The guard's answers as JSON-RPC, as clients of the Model Context Protocol read them. Says only what the facts say, and the ids of
 * the requests that wait.
 */
import type { AnswerFacts, StreamMessage } from "../../../domain/dialect.ts";
import { type Asking, type Askings, askingsOf } from "./declared.ts";

const sentence = ({ message, reference }: AnswerFacts): string => `${message} (reference ${reference})`;

const jsonrpc = "2.0";
/** Of JSON-RPC itself: the request is not valid here; something went wrong inside. */
const codes = { invalidRequest: -32_600, internalError: -32_603 } as const;

/** A message without an id answers what has none: a notification, a stream of the server's own. */
function failure(facts: AnswerFacts, id: Asking["id"] | null): object {
  const { status, code, reference } = facts;
  const error = {
    code: status >= 500 ? codes.internalError : codes.invalidRequest,
    message: sentence(facts),
    data: { code, status, reference },
  };
  return id === null ? { jsonrpc, error } : { jsonrpc, id, error };
}

/** Says it to the model that called, which an error may never reach. */
function toolFailure(facts: AnswerFacts, id: Asking["id"]): object {
  return { jsonrpc, id, result: { content: [{ type: "text", text: sentence(facts) }], isError: true } };
}

export function errorBody(facts: AnswerFacts): string {
  const askings = askingsOf(facts.echo);
  return askings === null ? JSON.stringify(failure(facts, null)) : whole(askings, ({ id }) => failure(facts, id));
}

/**
 * A request is answered as JSON-RPC does, below a status of 200: clients take any other for a broken connection, and never look for
 * the id. What waits for no answer has the status alone.
 */
export const errorHead = ({ status, echo }: AnswerFacts) => ({
  status: echo === null ? status : 200,
  headers: {},
});

/** Only results of tools have words of their own for it. */
export function refusal(facts: AnswerFacts): string | null {
  const askings = refusable(facts);
  return askings === null ? null : whole(askings, ({ id }) => toolFailure(facts, id));
}

export function refusalStream(facts: AnswerFacts): readonly StreamMessage[] | null {
  const askings = refusable(facts);
  return askings === null ? null : askings.requests.map(({ id }) => message(toolFailure(facts, id)));
}

/** What ends a stream for requests that were not answered on it; `null`: nobody knows of any. */
export function lastMessages(facts: AnswerFacts, waiting: readonly Asking[] | null): readonly StreamMessage[] {
  if (waiting === null) return [message(failure(facts, null))];
  return waiting.map(({ id, form }) => message(form === "tool-result" ? toolFailure(facts, id) : failure(facts, id)));
}

function refusable(facts: AnswerFacts): Askings | null {
  const askings = askingsOf(facts.echo);
  return askings?.requests.every(({ form }) => form === "tool-result") === true ? askings : null;
}

function whole({ batch, requests }: Askings, answer: (asking: Asking) => object): string {
  const answers = requests.map(answer);
  return JSON.stringify(batch ? answers : answers[0]);
}

const message = (data: object): StreamMessage => ({ name: "message", data: JSON.stringify(data) });
