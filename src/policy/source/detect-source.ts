/** What a rule may look for, as people write it: one key for each kind of detector. Checks form alone. */
import * as z from "zod";
import { claimSpans, type DetectKind, flowKinds, hiddenKinds, linkKinds, qualityKinds } from "../../domain/policy.ts";
import { piiKinds } from "../../domain/pii-kinds.ts";
import { secretKinds } from "../../domain/secret-kinds.ts";
import { evidence } from "./evidence-source.ts";
import {
  compliance,
  harm,
  injection,
  model,
  names,
  pairModel,
  paraphrased,
  relevance,
  topics,
} from "./model-source.ts";

export const keywordsMax = 20_000;
/** In UTF-16 code units. */
export const keywordLengthMax = 256;
/** ISO 3166 code whose phone numbers need no country prefix. */
export const defaultRegion = "US";
export const patternsMax = 200;
/** In UTF-16 code units of the expression. */
export const patternLengthMax = 1000;
/** In UTF-16 code units of the text that one match may have. */
export const matchLengthMax = 4096;
export const defaultMatchLength = 256;
/** Entries of an allow-list, and the UTF-16 code units of one. */
export const allowMax = 1000;
export const allowLengthMax = 512;
export const defaultSchemes: readonly string[] = ["https", "http"];
/** Letters and digits of the system prompt in a row. */
export const defaultLeakCharacters = 60;
const leakCharacters = { min: 20, max: 10_000 };
export const canariesMax = 100;
const canaryCharacters = { min: 8, max: 256 };

const kindsOf = <const T extends readonly [string, ...string[]]>(kinds: T, what: string) =>
  z.array(z.enum(kinds)).min(1).optional().describe(`${what} to look for; the usual ones where left out`);
const allowed = (what: string) =>
  z.array(z.string().min(1).max(allowLengthMax)).max(allowMax).optional().describe(what);
const count = z.int().min(1).optional();

const secrets = z.strictObject({
  kinds: kindsOf(secretKinds, "key formats"),
  allow: allowed("texts that are never a secret, such as the example keys of your documents"),
});

const pii = z.strictObject({
  kinds: kindsOf(piiKinds, "kinds of personal data"),
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
    .describe(`1 to ${keywordsMax} words or phrases of 1 to ${keywordLengthMax} characters; more in another rule`),
  caseSensitive: z.boolean().optional().describe("false where left out"),
  wholeWords: z.boolean().optional().describe("true where left out: a keyword inside a longer word does not count"),
});

const pattern = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .describe("1 to 40 of a-z, 0-9 and -; it makes the category patterns/ID"),
  pattern: z
    .string()
    .min(1)
    .max(patternLengthMax)
    .describe(`a regular expression in RE2's syntax, at most ${patternLengthMax} characters`),
  caseSensitive: z.boolean().optional().describe("true where left out"),
});
const patterns = z.strictObject({
  list: z.array(pattern).min(1).max(patternsMax).describe(`1 to ${patternsMax} of { id, pattern }`),
  longest: z
    .int()
    .min(1)
    .max(matchLengthMax)
    .optional()
    .describe(`the most characters of one match, up to ${matchLengthMax}; ${defaultMatchLength} where left out`),
});

const links = z.strictObject({
  kinds: kindsOf(linkKinds, "ways out"),
  allowHosts: allowed("hosts that are fine, such as docs.example.com or *.example.com"),
  allowSchemes: z
    .array(z.string().regex(/^[a-z][a-z0-9+.-]{0,31}$/))
    .max(allowMax)
    .optional()
    .describe(`lower-case URL schemes that are fine; ${defaultSchemes.join(" and ")} where left out`),
  allowTargets: allowed("addresses that are fine: name@example.com, @example.com, +15550100"),
});

const size = z
  .strictObject({
    maxBytes: count.describe("bytes of the body, unpacked"),
    maxCharacters: count.describe("characters of all texts together, in UTF-16 code units"),
    maxMessages: count.describe("messages or inputs"),
    maxTokens: count.describe("tokens, estimated from above"),
    maxDepth: count.describe("values in each other in the body's JSON"),
  })
  .meta({ minProperties: 1 });

const language = z.strictObject({
  allow: z
    .array(z.string().regex(/^[a-z]{2}$/))
    .min(1)
    .describe("two-letter codes of the languages that are fine, such as en or de"),
});

const promptLeak = z.strictObject({
  minCharacters: z
    .int()
    .min(leakCharacters.min)
    .max(leakCharacters.max)
    .optional()
    .describe(
      `letters of the system prompt in a row, ${leakCharacters.min} to ${leakCharacters.max}; ${defaultLeakCharacters} where left out`,
    ),
  paraphrased,
});

const canary = z.strictObject({
  tokens: z
    .array(z.string().min(canaryCharacters.min).max(canaryCharacters.max))
    .min(1)
    .max(canariesMax)
    .describe(
      `1 to ${canariesMax} words of ${canaryCharacters.min} to ${canaryCharacters.max} characters that stand in the system prompt and nowhere else`,
    ),
});

/** Chosen on sets of development; docs/guards/groundedness.md tells what it finds and what it takes for a finding. */
export const defaultGroundednessThreshold = 0.5;

const groundedness = z.strictObject({
  threshold: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(`from this score on a claim is a finding, 0 to 1; ${defaultGroundednessThreshold} where left out`),
  evidence: evidence.optional(),
  span: z
    .enum(claimSpans)
    .optional()
    .describe("what is found of a claim that fails: the words that failed, or the whole claim; words where left out"),
  model: pairModel,
});

const nothing = z.strictObject({});

const shape = {
  pii: pii.optional(),
  secrets: secrets.optional(),
  keywords: keywords.optional(),
  patterns: patterns.optional(),
  hidden: z.strictObject({ kinds: kindsOf(hiddenKinds, "kinds of hidden text") }).optional(),
  links: links.optional(),
  size: size.optional(),
  language: language.optional(),
  quality: z.strictObject({ kinds: kindsOf(qualityKinds, "kinds of bad text") }).optional(),
  "reply-schema": nothing.optional(),
  refusal: nothing.optional(),
  "prompt-leak": promptLeak.optional(),
  canary: canary.optional(),
  "tool-calls": nothing.optional(),
  "data-flow": z.strictObject({ kinds: kindsOf(flowKinds, "kinds of data") }).optional(),
  groundedness: groundedness.optional(),
  relevance: relevance.optional(),
  compliance: compliance.optional(),
  injection: injection.optional(),
  harm: harm.optional(),
  names: names.optional(),
  topics: topics.optional(),
  model: model.optional(),
} as const satisfies Record<DetectKind, z.ZodOptional>;

export const detectKinds = Object.keys(shape) as readonly DetectKind[];

export const detect = z
  .strictObject(shape)
  .meta({ id: "detect", minProperties: 1, maxProperties: 1, description: `exactly one of ${detectKinds.join(", ")}` });

export type DetectSource = z.output<typeof detect>;
