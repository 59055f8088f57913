/**
 * The fields of a verdict record: the one list behind the builder, the published JSON Schema and the guide. Every value
 * is a number, a flag, a word of a closed list, or an id from the policy; nothing in it comes from a client.
 */
import { actions } from "../domain/policy.ts";
import { verdictKinds } from "../domain/verdict.ts";

type Field = {
  readonly type: "string" | "number" | "integer" | "boolean";
  readonly about: string;
  readonly values?: readonly string[];
  readonly pattern?: string;
  readonly maximum?: number;
};

/** Ids listed in one value; more are left out, and the list then ends in `...`. */
export const listedIdsMax = 16;

const idList = "^$|^[a-z0-9-]+(,[a-z0-9-]+)*(,\\.\\.\\.)?$";
const stageVerdicts = ["none", ...verdictKinds.filter((kind) => kind !== "pending")];

export const verdictFields = {
  verdict: { type: "string", values: verdictKinds, about: "the word on the exchange: the graver of its two stages" },
  stage: { type: "string", values: ["none", "prompt", "reply"], about: "the stage that gave the verdict" },
  prompt_verdict: { type: "string", values: stageVerdicts, about: "the word on the prompt; none: no request was seen" },
  reply_verdict: {
    type: "string",
    values: stageVerdicts,
    about: "the word on the reply; none: no reply was seen (yet)",
  },
  rule: { type: "string", pattern: "^[a-z0-9-]{0,64}$", about: "the rule that decided; empty: none did" },
  action: { type: "string", values: ["", ...actions], about: "what that rule does; empty: no rule decided" },
  cause: {
    type: "string",
    pattern: "^$|^(rule|too-large|overloaded|route-too-late|(unknown|unreadable|unjudged):[a-z0-9-]+)$",
    about: "why a stage was blocked or not inspected; empty otherwise",
  },
  categories: {
    type: "string",
    pattern: "^$|^[a-z0-9-]+/[a-z0-9-]+(,[a-z0-9-]+/[a-z0-9-]+)*$",
    about: "what rules that act found, sorted, with commas",
  },
  score: { type: "number", maximum: 1, about: "the highest score of these findings; 0: none" },
  shadow: {
    type: "string",
    pattern: idList,
    about: `rules in shadow that matched, with commas, at most ${listedIdsMax}`,
  },
  unknown: {
    type: "string",
    pattern: "^$|^[a-z0-9-]+:[a-z-]+(,[a-z0-9-]+:[a-z-]+)*(,\\.\\.\\.)?$",
    about: `rules whose detectors could not answer and why, RULE:CAUSE, with commas, at most ${listedIdsMax}`,
  },
  degraded: {
    type: "boolean",
    about: "content went on unjudged by a rule in force: no time, no room or no model; `unknown` says which and why",
  },
  excepted: {
    type: "string",
    pattern: idList,
    about: `exceptions that took findings out, with commas, at most ${listedIdsMax}`,
  },
  coverage: {
    type: "number",
    maximum: 1,
    about: "judged characters / characters present, rounded down; 0: a body was not read",
  },
  coverage_segments: { type: "integer", about: "pieces of text that were judged" },
  coverage_characters: { type: "integer", about: "characters (UTF-16 code units) that were judged" },
  unjudged: {
    type: "string",
    pattern: "^$|^[a-z-]+:\\d+(,[a-z-]+:\\d+)*$",
    about: "content of kinds that were not judged, KIND:COUNT, with commas",
  },
  coverage_unjudged: {
    type: "integer",
    about: "pieces that a text guard cannot read: images, audio, files, token ids",
  },
  claims_supported: { type: "integer", about: "claims of the reply that its evidence bears out" },
  claims_unsupported: { type: "integer", about: "claims of the reply that its evidence does not bear out" },
  claims_not_checkable: {
    type: "integer",
    about: "sentences and items of the reply that claim nothing, and claims that could not be judged",
  },
  evidence: {
    type: "string",
    pattern: "^$|^/[a-z0-9_*/]{0,160}(,/[a-z0-9_*/]{0,160})*(,\\.\\.\\.)?$",
    about: `where in the prompt the evidence stands that claims were held against, with commas, at most ${listedIdsMax}; * for names that a client chose`,
  },
  policy: {
    type: "string",
    pattern: "^[a-z0-9-]{1,40}@[0-9a-f]{12}$",
    about: "the policy's name and the first 12 digits of its SHA-256",
  },
  exchange: { type: "string", pattern: "^[0-9A-Za-z_-]{1,64}$", about: "the reference that a blocked client is told" },
  dialect: {
    type: "string",
    pattern: "^[a-z0-9-]{1,40}$",
    about: "the wire format, such as openai; unknown: none of ours",
  },
  operation: {
    type: "string",
    pattern: "^[a-z0-9/-]{1,80}$",
    about: "what was called, such as openai/chat-completions",
  },
  tenant: {
    type: "string",
    pattern: "^[A-Za-z0-9._:@/-]{0,128}$",
    about: "whose exchange it is, from what Envoy vouches for; empty: nothing says; other: not of this form",
  },
  placeholders: { type: "integer", about: "different texts of the prompt that a placeholder stands for" },
  restored: { type: "integer", about: "placeholders of the reply that became what stood there before" },
  stream: { type: "boolean", about: "the reply streams" },
  local: { type: "boolean", about: "Envoy itself made the reply" },
  prompt_ms: { type: "number", about: "milliseconds of judging the prompt" },
  reply_ms: { type: "number", about: "milliseconds of judging the reply" },
  window_ms: { type: "number", about: "milliseconds of the longest single step of the reply" },
} as const satisfies Record<string, Field>;

export type VerdictField = keyof typeof verdictFields;

/** What the guard writes has every field; what Envoy writes ahead of it (`pending`) has the first two. */
export function verdictJsonSchema(): object {
  const properties = Object.entries<Field>(verdictFields).map(([name, { type, about, values, pattern, maximum }]) => {
    const bounds = type === "number" || type === "integer" ? { minimum: 0 } : {};
    const field = {
      type,
      description: about,
      ...(values === undefined ? {} : { enum: values }),
      ...(pattern === undefined ? {} : { pattern }),
      ...bounds,
      ...(maximum === undefined ? {} : { maximum }),
    };
    return [name, field] as const;
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "verdict-v1.json",
    title: "Sallyport verdict record, version 1",
    type: "object",
    properties: Object.fromEntries(properties),
    required: ["verdict", "stage"],
    additionalProperties: false,
  };
}
