/** Measures a bundle on this machine, one way to load it after another, each in a process of its own. */
import { usableCpus } from "../../config/cpus.ts";
import type { Runtime } from "../../inference/backend.ts";
import { readBundle } from "../../inference/bundle/bundle.ts";
import { findOpenVino } from "../../inference/openvino-libraries.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { type Best, bestOf, type Cell, cellsOf, type Loading, type LoadingFigures, loadingsOf } from "./cells.ts";
import type { Ask, HeadScores } from "./protocol.ts";
import { modelFiles } from "./model-files.ts";
import { measureLoading } from "./measure-loading.ts";
import { largestDifference } from "./scores.ts";

export type BenchInput = {
  readonly folder: string;
  /** Where OpenVINO is looked for first. */
  readonly openvinoFolder: string | null;
  readonly device: string;
  readonly cellMs: number;
  /** Cells measured, and of how many. */
  readonly onProgress: (done: number, of: number, doing: string) => void;
};

export type ModelBench = {
  readonly name: string;
  readonly digest: string;
  /** Tokens, special ones counted: what the bundle judges together. */
  readonly window: number;
  readonly threads: number;
  readonly measured: readonly LoadingFigures[];
  /** What could not be run, and why. */
  readonly failed: readonly (Loading & { readonly message: string })[];
  readonly best: Best | null;
};

/** The error lists what is wrong with the bundle. Aborted, it ends soon, and what was not measured counts as failed. */
export async function benchModel(
  signal: AbortSignal,
  input: BenchInput,
): Promise<Result<ModelBench, readonly string[]>> {
  const read = await readBundle(input.folder);
  if (!read.ok) return err(read.error.map(({ file, message }) => `${file}: ${message}`));
  const bundle = read.value;
  const threads = usableCpus();
  const libraries = findOpenVino(input.openvinoFolder === null ? [] : [input.openvinoFolder]);
  const runtimes: readonly Runtime[] = libraries === null ? ["onnxruntime"] : ["onnxruntime", "openvino"];
  const found = await modelFiles(bundle);
  const files = found.map(({ file }) => file);
  const loadings = loadingsOf(files, runtimes, threads);
  const window = bundle.window.tokens;
  const alone = new Set(found.flatMap(({ file, runsAlone }) => (runsAlone ? [file] : [])));
  const cellsIn = (loading: Loading): readonly Cell[] => cellsOf(loading, window, alone.has(loading.file));
  const of = loadings.reduce((sum, loading) => sum + cellsIn(loading).length, 0);
  const measured: LoadingFigures[] = [];
  const failed: (Loading & { readonly message: string })[] = [];
  let reference: readonly HeadScores[] | null = null;
  let done = 0;
  for (const loading of loadings) {
    const cells = cellsIn(loading);
    const ask: Ask = {
      folder: bundle.files.folder,
      loading,
      libraries: loading.runtime === "openvino" ? libraries : null,
      device: loading.runtime === "openvino" ? input.device : "CPU",
      cells,
      cellMs: input.cellMs,
    };
    const doing = `${loading.runtime} ${loading.precision}`;
    const answer = await measureLoading(ask, (count) => input.onProgress(done + count, of, doing), signal);
    done += cells.length;
    if (!answer.ok) failed.push({ ...loading, message: answer.error });
    else {
      // ONNX Runtime runs the usual file as it is written, OpenVINO's own form is run as FP32.
      const isReference =
        loading.file === files[0] && (loading.runtime === "onnxruntime" || loading.precision === "f32");
      if (isReference) reference ??= answer.value.heads;
      const { heads, ...figures } = answer.value;
      const scoreDifference = reference === null ? null : largestDifference(heads, reference);
      measured.push({ ...loading, ...figures, scoreDifference });
    }
  }
  const best = bestOf(measured, bundle.files.model, window);
  return ok({ name: bundle.name, digest: bundle.digest, window, threads, measured, failed, best });
}
