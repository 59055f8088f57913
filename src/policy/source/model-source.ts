/** What rules may ask of models, as people write it: by what is looked for, or by a model's own name. Checks form alone. */
import * as z from "zod";
import { complianceKinds, harmCategories, nameCategories } from "../../domain/policy.ts";

/** The model that rules ask where they name none. */
export const defaultModelName = "guard";
/** Texts of one topic, and the UTF-16 code units of one. */
export const examplesMax = 200;
const exampleLengthMax = 2000;
/** The least cosine to an example. */
export const defaultMinSimilarity = 0.5;

const modelWord = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);
const head = modelWord.optional().describe("which of its answers; its only one where left out");
const threshold = z
  .union([z.number().min(0).max(1), z.string().regex(/^[a-z][a-z0-9.%-]{0,30}$/)])
  .optional()
  .describe(
    "from this score on it is a finding: 0 to 1, or a name of the model's such as fpr-1%; the model's own where left out",
  );
const examples = z
  .array(z.string().min(1).max(exampleLengthMax))
  .min(1)
  .max(examplesMax)
  .describe(`1 to ${examplesMax} texts of the topic, of at most ${exampleLengthMax} characters`);
const minSimilarity = z.number().min(0).max(1).optional();

/** Asked in the place of the usual one. */
const instead = z
  .strictObject({ name: modelWord.describe("a model, as sallyport models list names it"), head })
  .optional()
  .describe(`asked in the place of ${defaultModelName}`);

const categories = (usual: readonly string[]) =>
  z
    .array(modelWord)
    .min(1)
    .optional()
    .describe(`some of ${usual.join(", ")}, or of what a model in its place finds; all where left out`);

export const injection = z.strictObject({
  against: z
    .literal("task")
    .optional()
    .describe("task: what tools brought is judged against the user's task; each text by itself where left out"),
  threshold,
  model: instead,
});

export const harm = z.strictObject({ categories: categories(harmCategories), threshold, model: instead });
export const names = z.strictObject({ categories: categories(nameCategories), threshold, model: instead });

export const topics = z.strictObject({
  examples,
  minSimilarity: minSimilarity.describe(
    `the least cosine to one of the examples, 0 to 1; ${defaultMinSimilarity} where left out`,
  ),
  model: instead,
});

/** Of another kind of detect. */
export const pairModel = z
  .strictObject({ name: modelWord.describe("a model that judges pairs: claims whole, or their words"), head })
  .optional()
  .describe("has its say in each score beside what is compared");

/** The least cosine at which a sentence of the reply says what one of the system prompt says; docs/guards/prompt-leak.md. */
export const defaultParaphraseSimilarity = 0.8;
/** The least cosine to the conversation; docs/guards/relevance.md tells what it finds. */
export const defaultRelevanceSimilarity = 0.1;

export const paraphrased = z
  .strictObject({
    minSimilarity: minSimilarity.describe(
      `the least cosine of a sentence to one of the system prompt, 0 to 1; ${defaultParaphraseSimilarity} where left out`,
    ),
    model: instead,
  })
  .optional()
  .describe("finds what a model takes for the same in other words, in place of the same letters");

/** The least cosine to what was asked; docs/guards/compliance.md tells what it finds. */
export const defaultComplianceSimilarity = 0.2;

export const compliance = z.strictObject({
  kinds: z
    .array(z.enum(complianceKinds))
    .min(1)
    .optional()
    .describe(`${complianceKinds.join(", ")}: what to look for; both where left out`),
  minSimilarity: minSimilarity.describe(
    `the least cosine of a reply's beginning to what was asked, 0 to 1; ${defaultComplianceSimilarity} where left out`,
  ),
  model: instead,
});

export const relevance = z.strictObject({
  minSimilarity: minSimilarity.describe(
    `the least cosine of a stretch to the conversation, 0 to 1; ${defaultRelevanceSimilarity} where left out`,
  ),
  model: instead,
});

export const model = z.strictObject({
  name: modelWord.describe("a model, as sallyport models list names it"),
  head,
  categories: z.array(modelWord).min(1).optional().describe("which of the answer's categories; all where left out"),
  threshold,
  examples: examples.optional().describe(`for an embedding: ${examples.description}`),
  minSimilarity: minSimilarity.describe(
    "for an embedding: the least cosine to one of the examples, 0 to 1; what to take depends on the model",
  ),
});
