/** The figures of an evaluation as lines for a terminal. Pure. */
import type { Evaluation } from "../app/eval/evaluate.ts";
import type { SpanQuality } from "../app/eval/span-metrics.ts";
import type { Summary } from "../app/eval/summary.ts";

type Column = { readonly head: string; readonly of: (summary: Summary) => string | null };

const share = (value: number | null): string | null => (value === null ? null : value.toFixed(3));
const f1Of = (quality: SpanQuality | undefined): string | null => share(quality?.f1 ?? null);

const columns: readonly Column[] = [
  { head: "n", of: ({ n }) => String(n) },
  { head: "label 1", of: ({ positives, negatives }) => (positives + negatives === 0 ? null : String(positives)) },
  { head: "unknown", of: ({ unknown }) => String(Object.values(unknown).reduce((sum, count) => sum + count, 0)) },
  { head: "AUC", of: ({ auc }) => share(auc) },
  { head: "AP", of: ({ averagePrecision }) => share(averagePrecision) },
  { head: "recall@0.1%", of: ({ recallAtFpr01 }) => share(recallAtFpr01) },
  { head: "recall@1%", of: ({ recallAtFpr1 }) => share(recallAtFpr1) },
  { head: "recall", of: ({ recall }) => share(recall) },
  { head: "FPR", of: ({ fpr }) => share(fpr) },
  { head: "F1", of: ({ f1 }) => share(f1) },
  { head: "balanced", of: ({ balancedAccuracy }) => share(balancedAccuracy) },
  { head: "ECE", of: ({ calibrationError }) => share(calibrationError) },
  { head: "macro-F1", of: ({ macroF1 }) => share(macroF1) },
  { head: "span F1", of: ({ spans }) => f1Of(spans?.exact) },
  { head: "overlap F1", of: ({ spans }) => f1Of(spans?.overlap) },
  { head: "coverage", of: ({ coverage }) => share(coverage) },
];

const linesOf = (what: string, groups: Readonly<Record<string, Summary>>): readonly (readonly [string, Summary])[] =>
  Object.entries(groups).map(([name, summary]) => [`${what} ${name}`, summary]);

/** Columns that no row has a figure for are left out. */
export function evaluationLines(evaluation: Evaluation): readonly string[] {
  const { all, files, sources, languages, seconds, textsPerSecond } = evaluation;
  const rows: readonly (readonly [string, Summary])[] = [
    ["all", all],
    ...(Object.keys(files).length > 1 ? linesOf("file", files) : []),
    ...linesOf("source", sources),
    ...linesOf("language", languages),
  ];
  const shown = columns.filter(({ of }) => rows.some(([, summary]) => of(summary) !== null));
  const cells = [
    ["", ...shown.map(({ head }) => head)],
    ...rows.map(([name, summary]) => [name, ...shown.map(({ of }) => of(summary) ?? "-")]),
  ];
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = cells.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  "),
  );
  const causes = Object.entries(all.unknown).map(([cause, count]) => `${cause} ${count}`);
  return [
    ...lines,
    ...(causes.length > 0 ? [`unknown: ${causes.join(", ")}`] : []),
    ...(all.spans === null ? [] : [`spans of: ${all.spans.types.join(", ")}`]),
    `${all.n} texts in ${seconds.toFixed(1)} s, ${textsPerSecond.toFixed(textsPerSecond < 10 ? 1 : 0)} a second`,
  ];
}
