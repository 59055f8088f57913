/** Causes of a block as answers to the client: one table. No score, rule or matched text is ever told. */
import { encodeUtf8 } from "../content/json/decode.ts";
import type { AnswerFacts, Operation } from "../domain/dialect.ts";
import type { Stage } from "../domain/segment.ts";
import type { BlockCause } from "../domain/verdict.ts";

/** A local reply in place of the real one. */
export type Answer = {
  readonly status: number;
  /** Beside the content type, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** A stable token for Envoy's response code details. */
  readonly details: string;
};

type Told = { readonly code: string; readonly message: string; readonly prompt: number; readonly reply: number };

/** By cause: the stable code, the sentence for the client, and the status when the prompt or the reply is at fault. */
const told = {
  rule: { code: "content_filter", message: "This content is not allowed by the policy here.", prompt: 400, reply: 400 },
  unknown: {
    code: "guard_unavailable",
    message: "This content could not be checked in time.",
    prompt: 503,
    reply: 503,
  },
  unreadable: {
    code: "content_unreadable",
    message: "This content could not be read, so it could not be checked.",
    prompt: 400,
    reply: 502,
  },
  unjudged: {
    code: "content_not_checked",
    message: "This content has a part that cannot be checked here.",
    prompt: 400,
    reply: 502,
  },
  "too-large": {
    code: "content_too_large",
    message: "This content is larger than what is checked here.",
    prompt: 413,
    reply: 502,
  },
  "route-too-late": {
    code: "guard_unavailable",
    message: "This content could not be sent where the policy here wants it.",
    prompt: 503,
    reply: 503,
  },
  overloaded: {
    code: "guard_overloaded",
    message: "Too much content is being checked at the moment.",
    prompt: 503,
    reply: 503,
  },
} as const satisfies Record<BlockCause["kind"], Told>;

export type AnswerContext = {
  readonly stage: Stage;
  readonly operation: Operation;
  readonly reference: string;
  readonly createdS: number;
  readonly model: string | null;
  readonly echo: string | null;
  /** The client expects a stream. */
  readonly stream: boolean;
};

export function factsFor(cause: BlockCause, context: AnswerContext): AnswerFacts {
  const row: Told = told[cause.kind];
  const own = cause.kind === "rule" ? cause.block : null;
  return {
    reference: context.reference,
    createdS: context.createdS,
    model: context.model,
    echo: context.echo,
    code: row.code,
    message: own?.message ?? row.message,
    status: own?.status ?? row[context.stage],
  };
}

/** The answer in place of the exchange's reply, while none of it has gone out. */
export function answerFor(cause: BlockCause, context: AnswerContext): Answer {
  const facts = factsFor(cause, context);
  const details = `sallyport_${cause.kind.replaceAll("-", "_")}`;
  const json = (status: number, text: string, headers: Answer["headers"] = {}): Answer => ({
    status,
    headers,
    contentType: "application/json",
    body: encodeUtf8(text),
    details,
  });
  if (cause.kind === "rule" && cause.block.form === "refusal") {
    const { operation } = context;
    const stream = context.stream ? operation.refusalStream(facts) : null;
    if (stream !== null) {
      const { contentType, encode } = operation.streamFormat;
      return { status: 200, headers: {}, contentType, body: encode(stream, false), details };
    }
    const whole = context.stream ? null : operation.refusal(facts);
    if (whole !== null) return json(200, whole);
  }
  const { error, errorHead } = context.operation;
  const head = errorHead?.(facts) ?? { status: facts.status, headers: {} };
  return json(head.status, error(facts), head.headers);
}
