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

/** What is told of a client's own words: letters and signs of names, and only where the policy lists the name. */
const name = "[A-Za-z0-9._:@/-]{1,128}";
const listedName = `^(${name})?$`;
const nameList = `^$|^${name}(,${name})*(,\\.\\.\\.)?$`;

/** Counts up when a field goes or changes its meaning; new fields leave it. */
export const verdictSchemaVersion = 1;

export const verdictFields = {
  schema: { type: "integer", maximum: verdictSchemaVersion, about: "the version of this schema" },
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
  scores: {
    type: "string",
    pattern: "^$|^[a-z0-9-]+/[a-z0-9-]+:[0-9.]+(,[a-z0-9-]+/[a-z0-9-]+:[0-9.]+)*(,\\.\\.\\.)?$",
    about: `the highest score of each of these categories, CATEGORY:SCORE, with commas, at most ${listedIdsMax}`,
  },
  actions: {
    type: "string",
    pattern: "^$|^[a-z0-9-]+:[a-z]+:\\d+(,[a-z0-9-]+:[a-z]+:\\d+)*(,\\.\\.\\.)?$",
    about: `rules that act and matched, what they do, and how many findings: RULE:ACTION:COUNT, with commas, at most ${listedIdsMax}`,
  },
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
  degraded_why: {
    type: "string",
    pattern: "^$|^[a-z-]+(,[a-z-]+)*$",
    about: "what the guard was short of then: deadline, overloaded, backend, with commas",
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
  route: {
    type: "string",
    pattern: listedName,
    about: "Envoy's name of the route; empty: it tells none; other: not of this form",
  },
  model: {
    type: "string",
    pattern: listedName,
    about: "the model that the request names, where `report` of the policy lists it; else other; empty: none",
  },
  tools: {
    type: "string",
    pattern: nameList,
    about: `tools that the request offers and the policy lists, with commas, at most ${listedIdsMax}; other: those it does not`,
  },
  path: {
    type: "string",
    pattern: listedName,
    about: "the request's path without query, where the policy lists it; else other",
  },
  tenant: {
    type: "string",
    pattern: listedName,
    about: "whose exchange it is, from what Envoy vouches for; empty: nothing says; other: not of this form",
  },
  user: {
    type: "string",
    pattern: listedName,
    about: "who asked, from what Envoy vouches for, where the policy lists the name; else other; empty: nothing says",
  },
  models: {
    type: "string",
    pattern: nameList,
    about: `guard models that judged, NAME@DIGEST/RUNTIME/PRECISION (NAME@DIGEST/remembered: what it had said before), with commas, at most ${listedIdsMax}`,
  },
  placeholders: { type: "integer", about: "different texts of the prompt that a placeholder stands for" },
  restored: { type: "integer", about: "placeholders of the reply that became what stood there before" },
  stream: { type: "boolean", about: "the reply streams" },
  local: { type: "boolean", about: "Envoy itself made the reply" },
  prompt_ms: { type: "number", about: "milliseconds of judging the prompt" },
  reply_ms: { type: "number", about: "milliseconds of judging the reply" },
  window_ms: { type: "number", about: "milliseconds of the longest single step of the reply" },
  read_ms: { type: "number", about: "milliseconds of reading the bodies: unpacked, parsed" },
  queue_ms: {
    type: "number",
    about: "milliseconds that texts waited for a place in a batch of a model; a sum, since texts wait side by side",
  },
  tokenise_ms: { type: "number", about: "milliseconds of tokenising for models; a sum" },
  infer_ms: { type: "number", about: "milliseconds of the models' batches that its texts were in; a sum" },
  decide_ms: { type: "number", about: "milliseconds of writing what was decided into whole bodies" },
  hold_ms: { type: "number", about: "the longest that bytes were held, from their arrival to their release" },
  added_ms: {
    type: "number",
    about:
      "what the client waited for the guard: from the last byte of a prompt or a whole reply to its release, from the first of a stream to the first that went",
  },
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
