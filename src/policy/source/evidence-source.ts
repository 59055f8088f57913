/** Which texts of a prompt are evidence, as people write it. Checks form alone; compile/evidence.ts checks the sense. */
import * as z from "zod";
import { evidenceKinds } from "../../domain/policy.ts";
import { roles } from "../../domain/segment.ts";

export const evidenceMax = 16;
/** In UTF-16 code units. */
export const pointerLengthMax = 256;
export const markLengthMax = 64;

const mark = z
  .string()
  .min(1)
  .max(markLengthMax)
  .regex(/\S/u)
  .describe(`a mark of 1 to ${markLengthMax} characters, not of white space alone`);
const role = z.enum(roles);

const named = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .max(pointerLengthMax)
      .regex(/^\/(?:[^~]|~[01])*$/u)
      .optional()
      .describe(
        `a JSON pointer of at most ${pointerLengthMax} characters, such as /metadata/context/*/text: * is any one step, ~1 a / in a name`,
      ),
    between: z
      .array(mark)
      .min(1)
      .max(2)
      .optional()
      .describe("the mark before and the one behind it: [<context>, </context>]"),
    role: z
      .union([role, z.array(role).min(1)], { error: `one of ${roles.join(", ")}, or a list of them` })
      .optional()
      .describe("whose texts are looked at for marks; system, developer, tool and function where left out"),
  })
  .meta({ minProperties: 1 });

const kinds = evidenceKinds.join(", ");

export const evidence = z
  .array(
    z.union([z.enum(evidenceKinds), named], {
      error: `one of ${kinds}, { path: /metadata/context } or { between: [<context>, </context>] }`,
    }),
  )
  .min(1)
  .max(evidenceMax)
  .describe(
    `texts of the prompt that claims are held against: 1 to ${evidenceMax} of ${kinds}, { path } and { between }; tools, documents, system and user where left out`,
  );

export type EvidenceSource = z.output<typeof evidence>;
