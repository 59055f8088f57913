/**
 * Every name that spans, their events and log records may carry, each with where it comes from: OpenTelemetry's conventions, or
 * our own. Whoever makes a span takes its names from here; a name that is not here is set nowhere.
 *
 * None of them holds what a client or a model wrote. The conventions have names for that; they are listed below so that a test
 * can say that they are not used.
 */
import { type VerdictField, verdictFields } from "../verdict-fields.ts";

/** What carries an attribute. */
export type Carrier = "resource" | "exchange" | "stage" | "detector" | "model" | "event" | "log";
type Name = { readonly on: readonly Carrier[]; readonly about: string };

/** https://opentelemetry.io/docs/specs/semconv, of version 1.45 (gen_ai: in development there). */
export const conventionNames = {
  "gen_ai.operation.name": { on: ["exchange"], about: "`chat`, `text_completion`, `generate_content` or `embeddings`" },
  "gen_ai.provider.name": { on: ["exchange"], about: "whose wire format it is" },
  "gen_ai.request.model": { on: ["exchange"], about: "the model asked for, where the policy lists it" },
  "gen_ai.evaluation.name": { on: ["event"], about: "the category that was found, such as `pii/email`" },
  "gen_ai.evaluation.score.value": { on: ["event"], about: "its highest score, 0 to 1" },
  "gen_ai.evaluation.score.label": { on: ["event"], about: "what the rule does: `block`, `redact`, `flag` and so on" },
  "error.type": { on: ["exchange", "stage", "model"], about: "of what failed in the guard; a block is no error" },
  "exception.type": { on: ["log"], about: "the name of an error" },
  "exception.stacktrace": { on: ["log"], about: "where it was thrown, without its message" },
  "service.name": { on: ["resource"], about: "`sallyport`, or as configured" },
  "service.version": { on: ["resource"], about: "the program's version" },
  "service.instance.id": { on: ["resource"], about: "drawn at each start" },
} as const satisfies Readonly<Record<string, Name>>;

/** The rule for a field of the verdict record, wherever it is told. */
export const attributeOf = <F extends VerdictField>(field: F): `sallyport.${F}` => `sallyport.${field}`;

/** Our own, beside the fields of the verdict record. */
export const ownNames = {
  "sallyport.judge_ms": { on: ["stage"], about: "milliseconds of judging" },
  "sallyport.spans_left": { on: ["exchange"], about: "spans of detectors and models beyond the bound" },
  "sallyport.detector.rules": { on: ["detector"], about: "the rules that share it" },
  "sallyport.detector.cost": { on: ["detector"], about: "its tier: `scan`, `compare`, `model`" },
  "sallyport.detector.busy_ms": { on: ["detector"], about: "milliseconds from each question to its answer, summed" },
  "sallyport.detector.windows": { on: ["detector"], about: "texts and windows that it was asked about" },
  "sallyport.guard_model.name": { on: ["model"], about: "the guard model" },
  "sallyport.guard_model.digest": { on: ["model"], about: "the first 12 digits of the SHA-256 of its files" },
  "sallyport.guard_model.runtime": { on: ["model"], about: "what ran it" },
  "sallyport.guard_model.precision": { on: ["model"], about: "its precision" },
  "sallyport.run.rows": { on: ["model"], about: "windows of the text" },
  "sallyport.run.batch_rows": { on: ["model"], about: "rows of the largest batch that one of them was in" },
  "sallyport.run.batch_tokens": { on: ["model"], about: "its tokens, with padding" },
  "sallyport.run.tokenise_ms": { on: ["model"], about: "milliseconds until it was tokens" },
  "sallyport.run.queue_ms": { on: ["model"], about: "milliseconds of waiting for a place in a batch" },
  "sallyport.run.infer_ms": { on: ["model"], about: "milliseconds in the runtime" },
  "sallyport.enforced": { on: ["event"], about: "false: the rule is in shadow" },
  "sallyport.request_id": { on: ["log"], about: "Envoy's `x-request-id`" },
} as const satisfies Readonly<Record<string, Name>>;

/** Fields of the verdict record that a stage's span and its events have too, there of that stage alone. */
export const stageFields = [
  "stage",
  "verdict",
  "cause",
  "rule",
  "action",
  "degraded",
  "read_ms",
  "decide_ms",
  "hold_ms",
  "added_ms",
] as const;
export type StageField = (typeof stageFields)[number];

export type AttributeName =
  | keyof typeof conventionNames
  | keyof typeof ownNames
  | `sallyport.${VerdictField | StageField}`
  | `sallyport.log.${string}`;

export type AttributeValue = string | number | boolean | readonly string[];
export type Attributes = Readonly<Partial<Record<AttributeName, AttributeValue>>>;

export const spanNames = {
  exchange: "sallyport exchange",
  prompt: "sallyport prompt",
  reply: "sallyport reply",
  /** And the first of its rules. */
  detector: "sallyport detector",
  /** And the model's name. */
  model: "sallyport model",
} as const;

export const eventNames = {
  /** Of the conventions: one a category that a rule found. */
  finding: "gen_ai.evaluation.result",
  block: "sallyport.block",
  /** Of log records: the verdict record of one exchange. */
  exchange: "sallyport.exchange",
} as const;

/** Fields of log lines, which only code of ours names. */
export const logAttributeOf = (field: string): `sallyport.log.${string}` => `sallyport.log.${field}`;
export const logField = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** True of every name that may be set. */
export function isAttributeName(name: string): boolean {
  if (Object.hasOwn(conventionNames, name) || Object.hasOwn(ownNames, name)) return true;
  if (name.startsWith("sallyport.log.")) return logField.test(name.slice("sallyport.log.".length));
  if (!name.startsWith("sallyport.")) return false;
  const field = name.slice("sallyport.".length);
  return Object.hasOwn(verdictFields, field) || stageFields.some((each) => each === field);
}

/** What the conventions call texts of clients and models, and what is made of them. None is ever set. */
export const contentNames: readonly string[] = [
  "gen_ai.prompt",
  "gen_ai.completion",
  "gen_ai.input.messages",
  "gen_ai.output.messages",
  "gen_ai.system_instructions",
  "gen_ai.tool.definitions",
  "gen_ai.tool.description",
  "gen_ai.tool.call.arguments",
  "gen_ai.tool.call.result",
  "gen_ai.tool.call.id",
  "gen_ai.retrieval.query.text",
  "gen_ai.retrieval.documents",
  "gen_ai.evaluation.explanation",
  "gen_ai.conversation.id",
  "gen_ai.response.id",
  "exception.message",
  "url.full",
  "url.query",
  "enduser.id",
  "user.id",
];
