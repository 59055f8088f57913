/** What is measured of a model on a machine, and which of it is best. Pure. */
import type { Precision, Runtime } from "../../inference/backend.ts";

/** How the model is loaded. `file`: another of the same model, beside the usual one. */
export type Loading = {
  readonly file: string;
  readonly runtime: Runtime;
  readonly precision: Precision;
  /** CPU threads together, and batches at once. */
  readonly threads: number;
  readonly streams: number;
};

/** `atOnce`: batches in flight. */
export type Cell = { readonly batch: number; readonly window: number; readonly atOnce: number };

export type CellFigures = Cell & {
  /** Milliseconds of one batch. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Windows a second. */
  readonly itemsPerSecond: number;
};

export type LoadingFigures = Loading & {
  /** In the runtime's words. */
  readonly runsAs: string;
  readonly loadMs: number;
  /** Resident bytes that the model added, its runtime's libraries counted. */
  readonly memoryBytes: number;
  /** From FP32, 0 to 1: of probabilities, or of the direction of vectors. `null`: there is nothing to compare with. */
  readonly scoreDifference: number | null;
  readonly cells: readonly CellFigures[];
};

/** Precisions worth trying: ONNX Runtime takes the file's. */
const precisionsOf: Readonly<Record<Runtime, readonly Precision[]>> = {
  openvino: ["f32", "bf16", "auto"],
  onnxruntime: ["auto"],
};

/** One thread; all of them for one batch; one for each of as many batches. */
function placements(threads: number): readonly (readonly [threads: number, streams: number])[] {
  return threads === 1
    ? [[1, 1]]
    : [
        [1, 1],
        [threads, 1],
        [threads, threads],
      ];
}

/** `files`: the usual one first, which is taken for FP32 where it can be run as that. An `.xml` runs on OpenVINO alone. */
export function loadingsOf(
  files: readonly string[],
  runtimes: readonly Runtime[],
  threads: number,
): readonly Loading[] {
  return files.flatMap((file, index) =>
    runtimes
      .filter((runtime) => runtime === "openvino" || !file.endsWith(".xml"))
      .flatMap((runtime) =>
        // What a file of another precision would be in FP32 is not asked.
        (index === 0 ? precisionsOf[runtime] : (["auto"] as const)).flatMap((precision) =>
          placements(threads).map(([all, streams]) => ({ file, runtime, precision, threads: all, streams })),
        ),
      ),
  );
}

export const batches: readonly number[] = [1, 8];

/** `window`: the bundle's own; shorter ones beside it. */
export function windowsFor(window: number): readonly number[] {
  const shorter = [64, 128, 256].filter((each) => each < window);
  return [...shorter, window];
}

/** `runsAlone`: its texts share no batch, so larger ones would say nothing. */
export function cellsOf({ streams }: Loading, window: number, runsAlone: boolean): readonly Cell[] {
  return windowsFor(window).flatMap((length) =>
    (runsAlone ? [1] : batches).flatMap((batch) => {
      const flights = streams > 1 && batch === 1 ? [1, streams] : [streams];
      return flights.map((atOnce) => ({ batch, window: length, atOnce }));
    }),
  );
}

/** Scores may differ so much from FP32 and a threshold chosen there still holds. */
export const scoreDifferenceMax = 0.02;
/** A lone text may take so many times as long as where it is fastest. */
export const loneSlowerMax = 1.5;

export type Best = { readonly loading: LoadingFigures; readonly cell: CellFigures; readonly loneMs: number };

/**
 * The most windows a second at the model's own window length, among what leaves scores as they are and a lone text quick.
 * Only of the file that a server would load. `null`: nothing ran.
 */
export function bestOf(all: readonly LoadingFigures[], file: string, window: number): Best | null {
  const fit = all
    .filter((each) => each.file === file && (each.scoreDifference ?? 0) <= scoreDifferenceMax)
    .flatMap((loading): readonly Best[] => {
      const cells = loading.cells.filter((cell) => cell.window === window);
      const lone = cells.find(({ batch, atOnce }) => batch === 1 && atOnce === 1);
      const cell = cells.reduce<CellFigures | null>(
        (most, each) => (most === null || each.itemsPerSecond > most.itemsPerSecond ? each : most),
        null,
      );
      return lone === undefined || cell === null ? [] : [{ loading, cell, loneMs: lone.p50Ms }];
    });
  const quickest = Math.min(...fit.map(({ loneMs }) => loneMs));
  return fit
    .filter(({ loneMs }) => loneMs <= quickest * loneSlowerMax)
    .reduce<Best | null>(
      (most, each) => (most === null || each.cell.itemsPerSecond > most.cell.itemsPerSecond ? each : most),
      null,
    );
}

/** Room for the best batch of windows at their full length; never less than a configuration takes. */
const batchTokensMin = 1024;

/** What a configuration says of the best. */
export function settingsOf({ loading, cell }: Best) {
  const { runtime, precision, threads, streams } = loading;
  const batchTokensMax = Math.max(batchTokensMin, cell.batch * cell.window);
  return { backend: runtime, precision, threads, streams, batchTokensMax };
}
