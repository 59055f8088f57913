/**
 * Figures of judged rows, each with its interval of 95 % and the rows that it is a share of. Pure. A figure that the rows do not
 * give is left out, never 0.
 */
import {
  aucInterval,
  type Estimate,
  type Interval,
  meanInterval,
  shareInterval,
} from "../../src/app/eval/intervals.ts";
import {
  auc,
  balancedAccuracy,
  calibrationError,
  confusionOf,
  type Judged,
  recallAtRate,
  scoredOf,
} from "../../src/app/eval/metrics.ts";
import type { TypedSpan } from "../../src/app/eval/span-metrics.ts";

/** What is kept of a row: no text. */
export type JudgedRow = Judged & {
  readonly cause: string | null;
  readonly source: string;
  readonly language: string;
  readonly marked: readonly TypedSpan[];
  readonly found: readonly TypedSpan[];
};

/** `of`: as many rows (or spans) as one of which moves it by 1 / `of`. */
export type Figure = readonly [value: number, low: number | null, high: number | null, of: number];
export type Figures = Readonly<Record<string, Figure>>;

/** `part`: of a set what is told apart in it; `null`: the set as it is. */
export type Result = {
  readonly head: string;
  readonly set: string;
  readonly part: string | null;
  readonly rows: number;
  readonly positives: number;
  readonly negatives: number;
  readonly unknown: Readonly<Record<string, number>>;
  readonly figures: Figures;
};

export const figure = (value: number | null, interval: Interval | null, of: number): Figure | null =>
  value === null || of === 0 ? null : [value, interval?.[0] ?? null, interval?.[1] ?? null, of];

export const shareFigure = (part: number, whole: number): Figure | null =>
  figure(part / whole, shareInterval(part, whole), whole);

/** Those that the rows give. */
export const given = (figures: Readonly<Record<string, Figure | null>>): Figures =>
  Object.fromEntries(Object.entries(figures).flatMap(([name, each]) => (each === null ? [] : [[name, each]])));

/** Above it lie `rate` of the scores at most. `null`: there are none. */
export function scoreAtRate(scores: readonly number[], rate: number): number | null {
  const sorted = scores.toSorted((a, b) => b - a);
  return sorted[Math.floor(rate * sorted.length)] ?? null;
}

/** From which score on a row is found, by name; `common`: above it lies 1 % of the rows of label 0 of all pooled sets. */
export type Thresholds = { readonly named: Readonly<Record<string, number>>; readonly common: number | null };

/** Recall and false positives at the shipped threshold and at each named one, and what needs none. */
export function scoreFigures(rows: readonly JudgedRow[], { named, common }: Thresholds): Figures {
  const [ones, zeros] = [rows.filter(({ label }) => label === 1), rows.filter(({ label }) => label === 0)];
  const known = zeros.filter(({ score }) => score !== null).length;
  const scored = scoredOf(rows);
  const few = Math.min(ones.length, zeros.length);
  const confusion = confusionOf(rows);
  const balanced = balancedAccuracy(confusion);
  const recallAt = (rate: number): Figure | null => {
    const recall = recallAtRate(rows, rate);
    return recall === null ? null : shareFigure(Math.round(recall * ones.length), ones.length);
  };
  const above = (some: readonly JudgedRow[], isFound: (score: number) => boolean): number =>
    some.filter(({ score }) => score !== null && isFound(score)).length;
  return given({
    auc: figure(auc(scored), aucInterval(scored), few),
    recall: shareFigure(confusion.truePositives, ones.length),
    fpr: shareFigure(confusion.falsePositives, known),
    "recall, common 1%":
      common === null
        ? null
        : shareFigure(
            above(ones, (score) => score > common),
            ones.length,
          ),
    "recall, own 1%": recallAt(0.01),
    "recall, own 5%": recallAt(0.05),
    ...Object.fromEntries(
      Object.entries(named).flatMap(([name, from]) => [
        [
          `recall, ${name}`,
          shareFigure(
            above(ones, (score) => score >= from),
            ones.length,
          ),
        ],
        [
          `fpr, ${name}`,
          shareFigure(
            above(zeros, (score) => score >= from),
            known,
          ),
        ],
      ]),
    ),
    balanced: figure(balanced, balancedInterval(rows), few),
    ece: few === 0 ? null : figure(calibrationError(scored), null, scored.length),
  });
}

function balancedInterval(rows: readonly JudgedRow[]): Interval | null {
  const { truePositives, falseNegatives, trueNegatives, falsePositives, unknownNegatives } = confusionOf(rows);
  const both = [
    [truePositives, truePositives + falseNegatives],
    [trueNegatives, trueNegatives + falsePositives + unknownNegatives],
  ] as const;
  const estimates = both.flatMap(([part, whole]): readonly Estimate[] => {
    const interval = shareInterval(part, whole);
    return interval === null ? [] : [{ value: part / whole, interval }];
  });
  return estimates.length === 2 ? meanInterval(estimates) : null;
}

/** Of the same figure of several sets; `null` where one of them has none. */
export function meanFigure(figures: readonly (Figure | undefined)[]): Figure | null {
  const all = figures.flatMap((each) => (each === undefined ? [] : [each]));
  if (all.length === 0 || all.length < figures.length) return null;
  const estimates = all.flatMap(([value, low, high]): readonly Estimate[] =>
    low === null || high === null ? [] : [{ value, interval: [low, high] }],
  );
  const mean = all.reduce((sum, [value]) => sum + value, 0) / all.length;
  // One row of the smallest set moves the mean by less.
  const of = Math.min(...all.map(([, , , rows]) => rows)) * all.length;
  return figure(mean, estimates.length === all.length ? meanInterval(estimates) : null, of);
}

export function resultOf(
  at: Pick<Result, "head" | "set" | "part">,
  rows: readonly JudgedRow[],
  figures: Figures,
): Result {
  const unknown = Map.groupBy(rows, ({ cause }) => cause);
  return {
    ...at,
    rows: rows.length,
    positives: rows.filter(({ label }) => label === 1).length,
    negatives: rows.filter(({ label }) => label === 0).length,
    unknown: Object.fromEntries(
      [...unknown].flatMap(([cause, some]) => (cause === null ? [] : [[cause, some.length] as const])),
    ),
    figures,
  };
}
