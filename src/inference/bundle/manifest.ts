/**
 * `sallyport-model.yaml`: what a bundle may say of itself beyond what its exporter wrote. One schema for the file, its checks and
 * the published JSON Schema.
 */
import * as z from "zod";

export const manifestName = "sallyport-model.yaml";

/**
 * `sequence`: one label a text; `multi-label`: each label for itself; `token`: labels of words; `pair`: one label for two texts;
 * `pair-token`: labels of the words of the second of two texts; `embedding`: a vector.
 */
export const tasks = ["sequence", "multi-label", "token", "pair", "pair-token", "embedding"] as const;
export type Task = (typeof tasks)[number];

/**
 * How the windows of a long text are joined, and for `token` the parts of a word and the words of a span. `max`: one is enough;
 * `mean`: all count alike; `min`: all must agree, as where a text is held against evidence that is cut. Of `pair-token` it joins windows alone.
 */
export const poolings = ["max", "mean", "min"] as const;
export type Pooling = (typeof poolings)[number];

/** Of a vector: of all tokens, or of the first. */
export const vectorPoolings = ["mean", "first"] as const;

const category = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);
const categoryOrFine = category
  .nullable()
  .describe("a category such as prompt-injection, or null for a label that is fine");
const probability = z.number().min(0).max(1);

const calibration = z
  .strictObject({
    temperature: z
      .number()
      .positive()
      .optional()
      .describe("divides the logits before softmax or sigmoid; 1 changes nothing"),
    scale: z.number().optional().describe("Platt: the probability is sigmoid(scale * logit + offset)"),
    offset: z.number().optional().describe("Platt: the probability is sigmoid(scale * logit + offset)"),
  })
  .refine(isCalibration, "write temperature alone, or scale and offset together");

function isCalibration(written: {
  temperature?: number | undefined;
  scale?: number | undefined;
  offset?: number | undefined;
}) {
  const isPlatt = written.scale !== undefined && written.offset !== undefined;
  const hasNeither = written.scale === undefined && written.offset === undefined;
  return written.temperature === undefined ? isPlatt : hasNeither;
}

export const headSource = z.strictObject({
  output: z.string().min(1).optional().describe("the model's output that it reads; its only one where left out"),
  task: z
    .enum(tasks)
    .describe("what kind of answer it is: sequence, multi-label, token, pair, pair-token or embedding"),
  labels: z
    .record(z.string().min(1), categoryOrFine)
    .optional()
    .describe("the category of each label, null for one that is fine; told from config.json where left out"),
  calibration: calibration
    .optional()
    .describe("from logits to probabilities: temperature, or scale and offset (Platt); temperature 1 where left out"),
  threshold: probability.optional().describe("from this score on it is a finding, 0 to 1; 0.5 where left out"),
  thresholds: z
    .record(z.string().regex(/^[a-z][a-z0-9.%-]{0,30}$/), probability)
    .optional()
    .describe("scores by name, such as fpr-1%: 0.93; a policy may name them"),
  pooling: z
    .enum(poolings)
    .optional()
    .describe("how windows are joined, and parts of a word: max, mean, min; where left out max, of pair-token min"),
  vector: z
    .enum(vectorPoolings)
    .optional()
    .describe("for an embedding: mean of all tokens, or the first; mean where left out"),
});
export type HeadSource = z.output<typeof headSource>;

export const manifestSource = z
  .strictObject({
    kind: z.literal("Model"),
    version: z.literal(1),
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,62}$/)
      .optional()
      .describe("the name that policies use, lower case with dashes; the folder's where left out"),
    licence: z.string().min(1).max(200).optional().describe("of the weights, an SPDX name"),
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/)
      .optional()
      .describe("sha256:... of the bundle, as sallyport models check prints it: another is refused"),
    window: z
      .int()
      .min(8)
      .max(8192)
      .optional()
      .describe("tokens judged together; 256 where left out, or what the model takes"),
    stride: z
      .int()
      .min(1)
      .max(8192)
      .optional()
      .describe("tokens from one window to the next; three quarters of the window where left out"),
    windowsMax: z
      .int()
      .min(1)
      .max(4096)
      .optional()
      .describe("windows of one text at most; what lies beyond is unknown: too-long"),
    unknownShareMax: probability
      .optional()
      .describe("above this share of unknown characters the answer is unknown: vocabulary; 0.2 where left out"),
    heads: z
      .record(z.string().regex(/^[a-z][a-z0-9-]{0,62}$/), headSource)
      .refine((heads) => Object.keys(heads).length > 0)
      .optional()
      .describe("what the model answers, by name; one told from config.json where left out"),
  })
  .meta({ $id: "model-v1.json", title: "Sallyport model manifest, version 1" });
export type ManifestSource = z.output<typeof manifestSource>;
