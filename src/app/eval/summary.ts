/** What judged rows come to, all of them and by file, source and language. Pure. */
import { aucInterval, type Estimate, f1Interval, type Interval, meanInterval, shareInterval } from "./intervals.ts";
import type { Judgement } from "./judge.ts";
import {
  auc,
  averagePrecision,
  balancedAccuracy,
  calibrationError,
  type Confusion,
  confusionOf,
  confusionsOf,
  f1,
  type Judged,
  macroF1,
  recallAtRate,
  type Scored,
  scoredOf,
  share,
} from "./metrics.ts";
import type { Row } from "./rows.ts";
import { type SpanFigures, spanFigures, type TypedSpan, typesIn } from "./span-metrics.ts";

/** What is kept of a row: no text. */
export type Outcome = Pick<Row, "file" | "source" | "language" | "label"> &
  Pick<Judgement, "score" | "cause" | "flagged" | "coverage" | "topic"> & {
    readonly marked: readonly TypedSpan[] | null;
    readonly found: readonly TypedSpan[];
  };

/** Figures that come with an interval. */
export const intervalsOf = [
  "auc",
  "recallAtFpr01",
  "recallAtFpr1",
  "precision",
  "recall",
  "f1",
  "fpr",
  "balancedAccuracy",
  "macroF1",
] as const;
type Intervals = Readonly<Record<(typeof intervalsOf)[number], Interval | null>>;

/** Shares and probabilities, 0 to 1; `null`: the rows do not give it. */
export type Summary = {
  readonly n: number;
  readonly positives: number;
  readonly negatives: number;
  /** Rows without a score, by cause. */
  readonly unknown: Readonly<Record<string, number>>;
  /** Counts at the shipped threshold. `null`: no row has label 0 or 1. */
  readonly counts: Confusion | null;
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
  /** Of 95 %, by the figure's name. */
  readonly intervals: Intervals;
};

/** Which types of spans count in rows of a source. */
export type SourceTypes = ReadonlyMap<string, ReadonlySet<string>>;
const noTypes: ReadonlySet<string> = new Set();

export function summaryOf(rows: readonly Outcome[], types: SourceTypes): Summary {
  const judged = rows.flatMap(({ label, score, flagged }): readonly Judged[] =>
    typeof label === "string" ? [] : [{ label, score, flagged }],
  );
  const topics = rows.flatMap(({ label, topic, score }) =>
    typeof label === "string" ? [{ label: topicOf(label), predicted: score === null ? null : topicOf(topic) }] : [],
  );
  const marked = rows.flatMap(({ source, marked: spans, found }) =>
    spans === null ? [] : [{ types: types.get(source) ?? noTypes, marked: spans, found }],
  );
  const scored = scoredOf(judged);
  const confusion = confusionOf(judged);
  const { truePositives, falsePositives, falseNegatives, trueNegatives, unknownNegatives } = confusion;
  const [positives, known0] = [truePositives + falseNegatives, falsePositives + trueNegatives];
  const [recallAtFpr01, recallAtFpr1] = [recallAtRate(judged, 0.001), recallAtRate(judged, 0.01)];
  return {
    n: rows.length,
    positives,
    negatives: known0 + unknownNegatives,
    unknown: causesOf(rows),
    counts: judged.length === 0 ? null : confusion,
    auc: auc(scored),
    averagePrecision: averagePrecision(scored),
    recallAtFpr01,
    recallAtFpr1,
    precision: share(truePositives, truePositives + falsePositives),
    recall: share(truePositives, positives),
    f1: f1(confusion),
    fpr: share(falsePositives, known0),
    balancedAccuracy: balancedAccuracy(confusion),
    calibrationError: calibrationError(scored),
    macroF1: macroF1(topics),
    spans: spanFigures(marked),
    coverage: share(
      rows.reduce((sum, { coverage }) => sum + coverage, 0),
      rows.length,
    ),
    intervals: intervalsFor({ scored, confusion, topics, recallAtFpr01, recallAtFpr1 }),
  };
}

type Parts = Pick<Summary, "recallAtFpr01" | "recallAtFpr1"> & {
  readonly scored: readonly Scored[];
  readonly confusion: Confusion;
  readonly topics: Parameters<typeof confusionsOf>[0];
};

function intervalsFor({ scored, confusion, topics, recallAtFpr01, recallAtFpr1 }: Parts): Intervals {
  const { truePositives, falsePositives, falseNegatives, trueNegatives, unknownNegatives } = confusion;
  const positives = truePositives + falseNegatives;
  // Of the rows of label 1 alone: which threshold the others set is taken as given.
  const ofPositives = (recall: number | null): Interval | null =>
    recall === null ? null : shareInterval(recall * positives, positives);
  const estimate = (value: number | null, interval: Interval | null): readonly Estimate[] =>
    value === null || interval === null ? [] : [{ value, interval }];
  const of = (part: number, whole: number): readonly Estimate[] =>
    estimate(share(part, whole), shareInterval(part, whole));
  const both = [
    ...of(truePositives, positives),
    ...of(trueNegatives, trueNegatives + falsePositives + unknownNegatives),
  ];
  return {
    auc: aucInterval(scored),
    recallAtFpr01: ofPositives(recallAtFpr01),
    recallAtFpr1: ofPositives(recallAtFpr1),
    precision: shareInterval(truePositives, truePositives + falsePositives),
    recall: shareInterval(truePositives, positives),
    f1: f1Interval(confusion),
    fpr: shareInterval(falsePositives, falsePositives + trueNegatives),
    balancedAccuracy: both.length === 2 ? meanInterval(both) : null,
    macroF1: meanInterval(confusionsOf(topics).flatMap((each) => estimate(f1(each), f1Interval(each)))),
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

type Groups = Readonly<Record<string, Summary>>;
export type Report = {
  readonly all: Summary;
  readonly files: Groups;
  readonly sources: Groups;
  readonly languages: Groups;
};

/** `known`: the categories that the judge can give. */
export function reportOf(rows: readonly Outcome[], known: readonly string[]): Report {
  const types: SourceTypes = new Map(
    [...Map.groupBy(rows, ({ source }) => source)].map(([source, group]) => [
      source,
      typesIn(
        group.map(({ marked }) => marked ?? []),
        known,
      ),
    ]),
  );
  const by = (key: "file" | "source" | "language"): Groups => {
    const groups = Map.groupBy(rows, (row) => row[key]);
    const sorted = [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([name, group]) => [name, summaryOf(group, types)]));
  };
  return { all: summaryOf(rows, types), files: by("file"), sources: by("source"), languages: by("language") };
}
