/** An exception, as people write it. Checks form alone. */
import * as z from "zod";
import { ruleId } from "./id.ts";
import { when } from "./when-source.ts";

export const exceptionsMax = 1000;
/** Entries of one exception, and the UTF-16 code units of a literal. */
export const literalsMax = 1000;
export const literalLengthMax = 1024;

const words = (longest: number) => z.string().min(1).max(longest).regex(/\S/);
const someOf = <T extends z.ZodType>(member: T, what: string) =>
  z
    .union([member, z.array(member).min(1).max(literalsMax)], { error: `${what}, or a list of them` })
    .describe(`${what}, or a list of them`);

const literal = z.string().min(1).max(literalLengthMax);

export const exceptionSource = z.strictObject({
  id: ruleId.describe("1 to 64 of a-z, 0-9 and -, once a policy; it is counted in the record"),
  reason: words(500).describe("why it is right, for the next reader"),
  owner: words(120).describe("who answers for it"),
  expires: z.string().describe("the first day, YYYY-MM-DD in UTC, on which it no longer holds"),
  rules: z
    .array(ruleId)
    .min(1)
    .max(literalsMax)
    .optional()
    .describe("ids of the rules that it counts for; all where left out"),
  category: someOf(
    z.string().regex(/^[a-z-]{1,40}\/([a-z0-9-]{1,64}|\*)$/),
    "a category such as pii/email, or a whole family such as pii/*",
  ).optional(),
  literal: literal.optional().describe("the found text itself, as it stands in the body"),
  literals: z.array(literal).min(1).max(literalsMax).optional().describe("found texts, each as it stands in the body"),
  sha256: someOf(
    z.string().regex(/^[0-9a-f]{64}$/),
    "the SHA-256 of the found text's UTF-8, 64 lower-case hex digits",
  ).optional(),
  when: when.optional(),
});
export type ExceptionSource = z.output<typeof exceptionSource>;
