/** A dialect of the policy's own, as people write it. Checks form alone. */
import * as z from "zod";
import { describedForms } from "../../domain/described.ts";
import { places, roles } from "../../domain/segment.ts";

export const describedMax = 20;
export const placesMax = 200;
/** Of lists and mappings in each other in an answer. */
const answerDepthMax = 16;

const texts = roles.map((role) => (role === "none" ? "text" : (`${role}-text` as const)));
/** What a text is called, as in docs/coverage.md. */
export const placeWords: readonly string[] = [...texts, ...places.filter((place) => place !== "content"), "protocol"];

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/)
  .describe("1 to 40 of a-z, 0-9 and -, a letter first; it stands in logs and metrics");
const pointer = z
  .string()
  .max(200)
  .regex(/^(?:\/(?:[^~/\p{Cc}]|~[01])+){1,32}$/u)
  .describe("a JSON pointer such as /messages/*/text; * stands for each item of a list");
const path = z
  .string()
  .max(256)
  .regex(/^(?:\/[\w.:@*-]+){1,16}$/)
  .describe("the path of the request, such as /v1/answer; * stands for one segment");

const place = z
  .strictObject({
    at: pointer,
    as: z
      .enum(placeWords as readonly [string, ...string[]])
      .describe(`what stands there: ${placeWords.join(", ")}; protocol for names, ids and counters`),
    json: z.boolean().optional().describe("true: the string is JSON itself, and stays valid"),
    continues: z.boolean().optional().describe("true, in events: the text goes on from one event to the next"),
  })
  .describe("where a text stands and what it is; what is named nowhere is judged too, as other");
const listed = z.array(place).max(placesMax);

const isShallow = (value: unknown, left = answerDepthMax): boolean =>
  typeof value !== "object" ||
  value === null ||
  (left > 0 && Object.values(value).every((inner) => isShallow(inner, left - 1)));
const answer = z
  .record(z.string(), z.json(), { error: "a mapping: what is told instead, as JSON" })
  .refine((value) => isShallow(value), { error: `at most ${answerDepthMax} lists and mappings in each other` })
  .describe('JSON; "{message}", "{code}" and "{reference}" in its texts stand for what is told');

const operation = z.strictObject({
  path,
  stream: z
    .union([z.boolean(), pointer], { error: "true, false, or a pointer to the member that asks for a stream" })
    .optional()
    .describe("whether the client gets a stream: true, false (where left out), or a pointer to the member that asks"),
  prompt: listed,
  reply: listed,
  events: z
    .strictObject({
      form: z.enum(describedForms).describe(`how a stream comes: ${describedForms.join(", ")}`),
      end: z.string().min(1).max(64).optional().describe("data that ends a stream and is no JSON, such as [DONE]"),
      texts: listed,
    })
    .optional(),
  answers: z
    .strictObject({
      error: answer.optional(),
      refusal: answer.optional(),
      events: z.array(answer).min(1).max(16).optional().describe("what ends a stream for the client"),
    })
    .optional(),
});

const ownPathsMax = 20;
const ownPath = z
  .string()
  .max(256)
  .regex(/^(?:\/[\w:@-][\w.:@-]*){1,16}$/)
  .describe("such as /tools/mcp, without a slash at its end");
const ownPaths = z.array(ownPath).min(1).max(ownPathsMax).optional();

const dialect = z.strictObject({
  operations: z.record(name, operation).optional().describe("of a dialect that the program does not know"),
  prefixes: ownPaths.describe("of a dialect of the program: what may stand before its paths, such as /llm"),
  paths: ownPaths.describe("of mcp: where servers are, beside /mcp"),
});

export const dialectsSource = z
  .record(name, dialect)
  .refine((all) => Object.keys(all).length <= describedMax, { error: `at most ${describedMax} dialects` })
  .describe(
    "dialects of your own: their paths, and where text stands in their bodies; more paths of the program's dialects",
  );

export type DialectsSource = z.output<typeof dialectsSource>;
export type OperationSource = z.output<typeof operation>;
export type PlaceSource = z.output<typeof place>;
