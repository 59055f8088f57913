/**
 * All figures of an evaluation as one JSON document, and its published schema. Pure. Figures have six decimals: what lies behind
 * them changes with the runtime's batches.
 */
import * as z from "zod";
import { budgetFaults, type Budgets } from "./budgets.ts";
import type { Evaluation } from "./evaluate.ts";
import type { Subject } from "./judge.ts";
import type { FileRead } from "./rows.ts";
import { intervalsOf } from "./summary.ts";

const decimals = 6;

const share = z.number().min(0).max(1);
const figure = share.nullable();
const count = z.int().min(0);
const interval = z.tuple([share, share]).readonly().nullable().describe("of 95 %: low and high end");
const quality = z.strictObject({
  found: count,
  marked: count,
  precision: figure,
  recall: figure,
  f1: figure,
  interval: interval.describe("of F1, 95 %; none for overlaps"),
});
const summary = z
  .strictObject({
    n: count.describe("rows"),
    positives: count.describe("rows of label 1"),
    negatives: count.describe("rows of label 0"),
    unknown: z.record(z.string(), count).describe("rows without a score, by cause"),
    counts: z
      .strictObject({
        truePositives: count,
        falsePositives: count,
        falseNegatives: count.describe("unknown rows of label 1 counted"),
        trueNegatives: count,
        unknownNegatives: count.describe("unknown rows of label 0 that nothing acted on"),
      })
      .nullable()
      .describe("at the shipped threshold"),
    auc: figure,
    averagePrecision: figure,
    recallAtFpr01: figure.describe("at 0.1 % false positives at most"),
    recallAtFpr1: figure.describe("at 1 % false positives at most"),
    precision: figure,
    recall: figure,
    f1: figure,
    fpr: figure,
    balancedAccuracy: figure,
    calibrationError: figure,
    macroF1: figure,
    spans: z.strictObject({ types: z.array(z.string()).readonly(), exact: quality, overlap: quality }).nullable(),
    coverage: figure,
    intervals: z.strictObject(
      Object.fromEntries(intervalsOf.map((name) => [name, interval])) as Record<
        (typeof intervalsOf)[number],
        typeof interval
      >,
    ),
  })
  .meta({ id: "summary" });
const groups = z.record(z.string(), summary);
const model = { name: z.string(), digest: z.string() };

export const evaluationDocument = z.strictObject({
  kind: z.literal("Evaluation"),
  version: z.literal(1),
  subject: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("detector"), name: z.string() }),
      z.strictObject({
        kind: z.literal("model"),
        ...model,
        head: z.string(),
        task: z.string(),
        threshold: share.describe("from this score on it is a finding"),
        window: count.describe("tokens"),
        runtime: z.string(),
        runtimeVersion: z.string(),
        device: z.string(),
        precision: z.string(),
      }),
      z.strictObject({
        kind: z.literal("policy"),
        file: z.string(),
        sha256: z.string(),
        models: z.array(z.strictObject(model)).readonly(),
      }),
    ])
    .describe("what was measured"),
  data: z.array(z.strictObject({ file: z.string(), rows: count, sha256: z.string() })).readonly(),
  complete: z.boolean().describe("false: interrupted, and the figures are of the first rows"),
  rows: count.describe("rows judged"),
  all: summary,
  files: groups,
  sources: groups,
  languages: groups,
  seconds: z.number().min(0),
  textsPerSecond: z.number().min(0),
  budgets: z.strictObject({ maxFpr: figure, minRecall: figure, missed: z.array(z.string()).readonly() }),
});

export type EvaluationParts = {
  readonly subject: Subject;
  readonly data: readonly FileRead[];
  readonly evaluation: Evaluation;
  readonly budgets: Budgets;
};

/** The text of a file. */
export function evaluationText({ subject, data, evaluation, budgets }: EvaluationParts): string {
  const { rows, all, files, sources, languages, seconds, textsPerSecond } = evaluation;
  const complete = rows === data.reduce((sum, file) => sum + file.rows, 0);
  const document = {
    ...{ kind: "Evaluation", version: 1, subject, data, complete, rows },
    ...{ all, files, sources, languages, seconds, textsPerSecond },
    budgets: { ...budgets, missed: budgetFaults(all, budgets) },
  } satisfies z.output<typeof evaluationDocument>;
  return `${JSON.stringify(document, rounded, 1)}\n`;
}

const rounded = (_key: string, value: unknown): unknown =>
  typeof value === "number" ? Number(value.toFixed(decimals)) : value;
