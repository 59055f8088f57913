/**
 * The policy as people write it: one schema from which types, checks and the published JSON Schema come. What a schema
 * cannot say (unique ids, redact needs a span) is checked in compile.ts. Descriptions double as hints in messages.
 */
import * as z from "zod";
import { piiKinds } from "../domain/pii-kinds.ts";
import { secretKinds } from "../domain/secret-kinds.ts";
import { stages } from "../domain/segment.ts";

export const rulesMax = 500;
export const keywordsMax = 20_000;
/** In UTF-16 code units. */
export const keywordLengthMax = 256;
export const defaultPolicyName = "policy";
/** ISO 3166 code whose phone numbers need no country prefix. */
export const defaultRegion = "US";

const onUnknown = z
  .enum(["open", "closed"])
  .describe("open lets content pass that could not be judged in time, closed blocks it");
const onUnreadable = z
  .enum(["block", "pass", "text"])
  .describe(
    "what happens to a body that cannot be read: block it, pass it and report, or judge its bytes as plain text",
  );

const defaults = z
  .strictObject({ onUnknown, onUnreadable })
  .describe(
    "write both onUnknown and onUnreadable: each lets content through or stops it, so no choice is made for you",
  );

const secrets = z.strictObject({
  kinds: z.array(z.enum(secretKinds)).min(1).optional().describe("key formats to look for; all where left out"),
});

const pii = z.strictObject({
  kinds: z.array(z.enum(piiKinds)).min(1).optional().describe("kinds of personal data to look for; all where left out"),
  region: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional()
    .describe(`two-letter country code whose phone numbers need no country prefix; ${defaultRegion} where left out`),
});

const keywords = z.strictObject({
  list: z
    .array(z.string().min(1).max(keywordLengthMax))
    .min(1)
    .max(keywordsMax)
    .describe(`1 to ${keywordsMax} words or phrases of 1 to ${keywordLengthMax} characters`),
  caseSensitive: z.boolean().optional().describe("false where left out"),
  wholeWords: z.boolean().optional().describe("true where left out: a keyword inside a longer word does not count"),
});

const count = z.int().min(1).optional();
const size = z
  .strictObject({
    maxBytes: count.describe("bytes of the body, unpacked"),
    maxCharacters: count.describe("characters of all texts together, in UTF-16 code units"),
    maxMessages: count.describe("messages or inputs"),
  })
  .meta({ minProperties: 1 });

const detect = z
  .strictObject({
    secrets: secrets.optional(),
    pii: pii.optional(),
    keywords: keywords.optional(),
    size: size.optional(),
  })
  .meta({ minProperties: 1, maxProperties: 1, description: "exactly one of secrets, pii, keywords, size" });

const stage = z.enum(stages);
const blockForm = z
  .enum(["refusal", "error"])
  .describe("refusal answers 200 in the reply's own form, error answers 400");

export const ruleSource = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/)
    .describe("1 to 64 of a-z, 0-9 and -, once a policy; it stands in logs and metrics"),
  stage: z
    .union([stage, z.array(stage).min(1)], { error: "prompt, reply or [prompt, reply]" })
    .describe("prompt, reply or [prompt, reply]"),
  detect,
  action: z
    .union([z.enum(["allow", "flag", "redact", "block"]), z.strictObject({ block: blockForm })], {
      error: "allow, flag, redact, block, or { block: refusal }",
    })
    .describe("allow, flag, redact, block (in the error form), or { block: refusal | error }"),
  shadow: z.boolean().optional().describe("true: judged and reported, but does not act"),
  onUnknown: onUnknown.optional(),
});

const head = {
  kind: z.literal("Policy"),
  version: z.literal(1),
  name: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .optional()
    .describe(`1 to 40 of a-z, 0-9 and -; ${defaultPolicyName} where left out`),
  defaults,
};
const rulesHint = `at most ${rulesMax} rules; when several match, the strictest action wins`;

/** Everything but the rules, which are checked one by one so that a bad one hides no mistake in another. */
export const policyHead = z.strictObject({ ...head, rules: z.array(z.unknown()).max(rulesMax).describe(rulesHint) });

export const policySource = z
  .strictObject({ ...head, rules: z.array(ruleSource).max(rulesMax).describe(rulesHint) })
  .meta({ $id: "policy-v1.json", title: "Sallyport policy, version 1" });

export type RuleSource = z.output<typeof ruleSource>;
export type PolicyHead = z.output<typeof policyHead>;
