/** Where a rule or an exception applies, as people write it. Checks form alone. */
import * as z from "zod";
import { places, roles } from "../../domain/segment.ts";
import { ruleId } from "./id.ts";

/** Alternatives of one key. */
export const alternativesMax = 500;
/** In UTF-16 code units. */
export const textLengthMax = 256;
export const conditionLengthMax = 2000;
export const whenHeadersMax = 20;
export const promptRulesMax = 100;

const text = z
  .string()
  .min(1)
  .max(textLengthMax)
  .regex(/^\P{Cc}+$/u)
  .describe(`1 to ${textLengthMax} characters, none of them a control character; * stands for any characters`);
const texts = z.union([text, z.array(text).min(1).max(alternativesMax)], {
  error: "a text, or a list of texts of which one must fit",
});
const hint = `* stands for any characters; a list means any of them, { not: ... } none of them; at most ${alternativesMax} of 1 to ${textLengthMax} characters`;
const match = z
  .union([text, z.array(text).min(1).max(alternativesMax), z.strictObject({ not: texts })], {
    error: "a text, a list of texts, or { not: ... }",
  })
  .describe(hint)
  .meta({ id: "match" });

const oneOf = <const T extends readonly [string, ...string[]]>(values: T) => {
  const member = z.enum(values);
  const members = z.union([member, z.array(member).min(1)], {
    error: `one of ${values.join(", ")}, or a list of them`,
  });
  return z
    .union([member, z.array(member).min(1), z.strictObject({ not: members })], {
      error: `one of ${values.join(", ")}, a list of them, or { not: ... }`,
    })
    .describe(`one of ${values.join(", ")}, a list of them, or { not: ... }`);
};

export const when = z
  .strictObject({
    role: oneOf(roles).optional(),
    place: oneOf(places).optional(),
    route: match.optional(),
    cluster: match.optional(),
    tenant: match.optional(),
    principal: match.optional(),
    model: match.optional(),
    dialect: match.optional(),
    operation: match.optional(),
    path: match.optional(),
    method: match.optional(),
    header: z
      .record(
        z
          .string()
          .regex(/^[A-Za-z0-9_-]{1,64}$/)
          .describe("a header name of 1 to 64 letters, digits, - and _"),
        match,
      )
      .refine((headers) => Object.keys(headers).length <= whenHeadersMax, {
        error: `at most ${whenHeadersMax} headers`,
      })
      .describe("header names, each with what its value must be; a client can write what it likes there")
      .optional(),
    condition: z
      .string()
      .min(1)
      .max(conditionLengthMax)
      .describe(`a CEL expression that is true or false, at most ${conditionLengthMax} characters`)
      .optional(),
    promptMatched: z
      .union([ruleId, z.array(ruleId).min(1).max(promptRulesMax)], {
        error: "the id of a rule of the prompt, or a list of them",
      })
      .describe(
        `rules of the reply only: applies where one of these rules of the prompt matched; an id, or a list of 1 to ${promptRulesMax}`,
      )
      .optional(),
  })
  .describe("all that is written must fit; everywhere where left out")
  .meta({ id: "when" });

export type WhenSource = z.output<typeof when>;
export type MatchSource = z.output<typeof match>;
/** The keys that are matched as text against one fact. */
export const textKeys = [
  "route",
  "cluster",
  "tenant",
  "principal",
  "model",
  "dialect",
  "operation",
  "path",
  "method",
] as const satisfies readonly (keyof WhenSource)[];
export type TextKey = (typeof textKeys)[number];
