/** The figures of `models bench` as lines for a terminal. Pure. */
import type { ModelBench } from "../app/models-bench/bench-models.ts";
import { bestOf, type Loading, scoreDifferenceMax } from "../app/models-bench/cells.ts";

const head = [
  "backend",
  "precision",
  "threads",
  "at once",
  "batch",
  "window",
  "p50 ms",
  "p99 ms",
  "items/s",
  "memory",
  "score diff",
];

export function benchLines(bench: ModelBench, nameOf: (file: string) => string): readonly string[] {
  const severalFiles = new Set(bench.measured.map(({ file }) => file)).size > 1;
  const name = (loading: Loading & { readonly runsAs?: string }): readonly string[] => [
    ...(severalFiles ? [nameOf(loading.file)] : []),
    loading.runtime,
    precisionOf(loading),
    `${loading.threads}/${loading.streams}`,
  ];
  const rows = bench.measured.flatMap((loading) =>
    loading.cells.map(({ batch, window, atOnce, p50Ms, p99Ms, itemsPerSecond }) => [
      ...name(loading),
      String(atOnce),
      String(batch),
      String(window),
      short(p50Ms),
      short(p99Ms),
      short(itemsPerSecond),
      `${Math.round(loading.memoryBytes / 2 ** 20)} MiB`,
      loading.scoreDifference === null ? "-" : loading.scoreDifference.toFixed(4),
    ]),
  );
  const failed = bench.failed.map((loading) => `${name(loading).join(" ")}: did not run: ${loading.message}`);
  return [
    `${bench.name}@${bench.digest}, ${bench.threads} CPUs, windows of ${bench.window} tokens`,
    "",
    ...aligned([
      [...(severalFiles ? ["file"] : []), ...head.map((each) => (each === "threads" ? "threads/streams" : each))],
      ...rows,
    ]),
    ...(failed.length > 0 ? ["", ...failed] : []),
    "",
    ...bestLines(bench, nameOf),
  ];
}

/** In what the runtime says of a file that it takes as it is. */
const asWritten = "as in the file";

/** A machine without the instructions for one precision runs another. */
const precisionOf = ({ precision, runsAs }: { readonly precision: string; readonly runsAs?: string }): string =>
  runsAs === undefined || runsAs === precision || runsAs === asWritten ? precision : `${precision} as ${runsAs}`;

function bestLines({ best, measured, window }: ModelBench, nameOf: (file: string) => string): readonly string[] {
  if (best === null) return [`best: none (scores within ${scoreDifferenceMax} of FP32 are wanted)`];
  const { loading, cell, loneMs } = best;
  return [
    `best: ${loading.runtime} ${loading.precision} (${loading.runsAs}), ${counted(loading.threads, "thread")}, ${counted(loading.streams, "stream")}, batches of ${cell.batch}: ${short(cell.itemsPerSecond)} windows a second, a lone one in ${short(loneMs)} ms`,
    ...[...new Set(measured.map(({ file }) => file))].flatMap((file) => {
      const other = file === loading.file ? null : bestOf(measured, file, window);
      if (other === null || other.cell.itemsPerSecond <= cell.itemsPerSecond) return [];
      return [
        `faster: ${nameOf(file)}, ${short(other.cell.itemsPerSecond)} windows a second on ${other.loading.runtime}, scores within ${(other.loading.scoreDifference ?? 0).toFixed(4)} of FP32; a folder that has it as model.onnx serves it`,
      ];
    }),
  ];
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  "));
}

const short = (value: number): string =>
  value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
