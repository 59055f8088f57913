/** What judged rows come to, all of them and by source and language. Pure. */
import type { Judgement } from "./judge.ts";
import {
  auc,
  averagePrecision,
  balancedAccuracy,
  calibrationError,
  confusionOf,
  f1,
  type Judged,
  macroF1,
  recallAtRate,
  scoredOf,
  share,
} from "./metrics.ts";
import type { Row } from "./rows.ts";
import { type SpanFigures, spanFigures, type TypedSpan } from "./span-metrics.ts";

/** What is kept of a row: no text. */
export type Outcome = Pick<Row, "source" | "language" | "label"> &
  Pick<Judgement, "score" | "cause" | "flagged" | "coverage" | "topic"> & {
    readonly marked: readonly TypedSpan[] | null;
    readonly found: readonly TypedSpan[];
  };

/** Shares and probabilities, 0 to 1; `null`: the rows do not give it. */
export type Summary = {
  readonly n: number;
  readonly positives: number;
  readonly negatives: number;
  /** Rows without a score, by cause. */
  readonly unknown: Readonly<Record<string, number>>;
  readonly auc: number | null;
  readonly averagePrecision: number | null;
  /** At a false-positive rate of 0.1 % and 1 %. */
  readonly recallAtFpr01: number | null;
  readonly recallAtFpr1: number | null;
  /** At the shipped threshold. */
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly fpr: number | null;
  readonly balancedAccuracy: number | null;
  readonly calibrationError: number | null;
  readonly macroF1: number | null;
  readonly spans: SpanFigures | null;
  /** The mean share of a row's characters that were judged. */
  readonly coverage: number | null;
};

/** `types`: what the judge can find. */
export function summaryOf(rows: readonly Outcome[], types: readonly string[]): Summary {
  const judged = rows.flatMap(({ label, score, flagged }): readonly Judged[] =>
    typeof label === "string" ? [] : [{ label, score, flagged }],
  );
  const topics = rows.flatMap(({ label, topic, score }) =>
    typeof label === "string" ? [{ label: topicOf(label), predicted: score === null ? null : topicOf(topic) }] : [],
  );
  const marked = rows.flatMap((row) => (row.marked === null ? [] : [{ marked: row.marked, found: row.found }]));
  const scored = scoredOf(judged);
  const confusion = confusionOf(judged);
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = confusion;
  return {
    n: rows.length,
    positives: truePositives + falseNegatives,
    negatives: falsePositives + trueNegatives,
    unknown: causesOf(rows),
    auc: auc(scored),
    averagePrecision: averagePrecision(scored),
    recallAtFpr01: recallAtRate(judged, 0.001),
    recallAtFpr1: recallAtRate(judged, 0.01),
    precision: share(truePositives, truePositives + falsePositives),
    recall: share(truePositives, truePositives + falseNegatives),
    f1: f1(confusion),
    fpr: share(falsePositives, falsePositives + trueNegatives),
    balancedAccuracy: balancedAccuracy(confusion),
    calibrationError: calibrationError(scored),
    macroF1: macroF1(topics),
    spans: spanFigures(marked, types),
    coverage: share(
      rows.reduce((sum, { coverage }) => sum + coverage, 0),
      rows.length,
    ),
  };
}

function causesOf(rows: readonly Outcome[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { cause } of rows) if (cause !== null) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a));
}

/** Names of what is none of the topics. */
const noTopic: readonly string[] = ["none", "other", "out-of-scope", "oos"];

/** One spelling for labels and categories. */
export function topicOf(written: string | null): string {
  const name = (written ?? "none").toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-");
  return noTopic.includes(name) ? "none" : name;
}

export type Report = {
  readonly all: Summary;
  readonly sources: Readonly<Record<string, Summary>>;
  readonly languages: Readonly<Record<string, Summary>>;
};

export function reportOf(rows: readonly Outcome[], types: readonly string[]): Report {
  const by = (key: "source" | "language"): Readonly<Record<string, Summary>> => {
    const groups = Map.groupBy(rows, (row) => row[key]);
    const sorted = [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([name, group]) => [name, summaryOf(group, types)]));
  };
  return { all: summaryOf(rows, types), sources: by("source"), languages: by("language") };
}
