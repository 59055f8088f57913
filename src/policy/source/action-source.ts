/** What a rule may do, as people write it. Checks form alone; headers, stages and styles are checked by compile/. */
import * as z from "zod";
import { keepLastMax } from "../strictness.ts";

/** In UTF-16 code units. */
export const replacementLengthMax = 2000;
export const markLengthMax = 200;
export const messageLengthMax = 500;
const headerValueLengthMax = 256;
export const statusMin = 400;
export const statusMax = 599;

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)
  .describe("a header name of 1 to 64 of a-z, 0-9, - and _");
const value = z
  .string()
  .regex(new RegExp(`^[!-~]([ -~]{0,${headerValueLengthMax - 2}}[!-~])?$`))
  .describe(`1 to ${headerValueLengthMax} printable ASCII characters`);

const flag = z.strictObject({ header: z.strictObject({ name, value }).describe("{ name, value }") });
const route = z.strictObject({ header: name, value });

const restore = z
  .union([z.boolean(), z.strictObject({ links: z.boolean().optional(), toolArguments: z.boolean().optional() })], {
    error: "true, false, or { links: true, toolArguments: true }",
  })
  .describe("true: the reply gets back what stood there, but not in links and tool arguments unless they are named");
const mask = z.strictObject({
  keepLast: z
    .int()
    .min(0)
    .max(keepLastMax)
    .optional()
    .describe(`letters or digits shown, at most ${keepLastMax}; 0 where left out`),
});
const conversationHeader = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .describe("a header name of 1 to 64 letters, digits, - and _");
const stable = z
  .union(
    [z.literal("conversation"), z.strictObject({ conversation: z.strictObject({ header: conversationHeader }) })],
    { error: "conversation, or { conversation: { header: NAME } }" },
  )
  .describe(
    "conversation: the same text has the same placeholder in each turn of a conversation; a header tells conversations with the same beginning apart",
  );
const placeholder = z.strictObject({ restore: restore.optional(), stable: stable.optional() });
const redact = z
  .union(
    [
      z.enum(["label", "remove", "hash", "mask", "placeholder"]),
      z.strictObject({ mask: mask.optional(), placeholder: placeholder.optional() }),
    ],
    {
      error: "label, remove, hash, mask, placeholder, { mask: { keepLast: 4 } } or { placeholder: { restore: true } }",
    },
  )
  .describe("label ([EMAIL]), remove, hash, mask or placeholder");

const form = z
  .enum(["refusal", "error"])
  .describe("refusal answers 200 in the reply's own form, error answers 400 or the status you write");
/** No control characters: the words go into bodies of several forms, and into a header of a gRPC answer. */
const words = (longest: number, what: string) =>
  z
    .string()
    .regex(new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${longest}}$`, "u"))
    .describe(`${what}, 1 to ${longest} characters on one line`);
const block = z
  .union(
    [
      form,
      z.strictObject({
        form: form.optional(),
        status: z
          .int()
          .min(statusMin)
          .max(statusMax)
          .optional()
          .describe(`an HTTP status from ${statusMin} to ${statusMax}, for the error form`),
        message: words(messageLengthMax, "what the client is told").optional(),
      }),
    ],
    { error: "refusal, error, or { form, status, message }" },
  )
  .describe("refusal, error, or { form, status, message }");

const markWords = (where: string) =>
  z
    .string()
    .regex(new RegExp(`^(?:[^\\p{Cc}\\p{Cs}]|\\n){1,${markLengthMax}}$`, "u"))
    .describe(`words ${where} the text, 1 to ${markLengthMax} characters`);
const after = markWords("behind");
const mark = z
  .union(
    [
      after,
      z.strictObject({ before: markWords("before").optional(), after: after.optional() }).meta({ minProperties: 1 }),
    ],
    { error: "words behind the text, or { before, after }" },
  )
  .describe(`words of 1 to ${markLengthMax} characters behind the text, or { before, after }; the text stays`);

const told = "allow, flag, redact, block, or one of { flag }, { route }, { mark }, { redact }, { replace }, { block }";

export const action = z
  .union(
    [
      z.enum(["allow", "flag", "redact", "block"]),
      z
        .strictObject({
          flag: flag.optional(),
          route: route.optional(),
          mark: mark.optional(),
          redact: redact.optional(),
          replace: z
            .string()
            .min(1)
            .max(replacementLengthMax)
            .describe(`1 to ${replacementLengthMax} characters to write instead`)
            .optional(),
          block: block.optional(),
        })
        .meta({ minProperties: 1, maxProperties: 1 }),
    ],
    { error: told },
  )
  .describe(told)
  .meta({ id: "action" });

export type ActionSource = z.output<typeof action>;
