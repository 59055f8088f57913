/** From a bundle that was read to a model that can be asked: tokenizer, runtime, batches, and a trial before it is given out. */
import type { ModelSettings } from "../../config/models.ts";
import type { Backend, Description } from "../../inference/backend.ts";
import { Batcher, type BatchSeen } from "../../inference/batching/batcher.ts";
import type { Bundle } from "../../inference/bundle/bundle.ts";
import type { BundleFiles, BundleProblem } from "../../inference/bundle/files.ts";
import { openTokenizer, type ThreadedTokenizer } from "../../inference/tokens/threaded-tokenizer.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { ServingModel } from "./serving-model.ts";
import { tryModel } from "./trial.ts";

export type OpenModelParts = {
  readonly backend: Backend;
  readonly bundle: Bundle;
  readonly settings: ModelSettings;
  /** The tokenizer's; told from the size of its vocabulary where left out. */
  readonly largestId?: number;
  readonly onBatch?: (seen: BatchSeen) => void;
  /** Told why the tokenizer's thread ended that nobody had ended; another is started. The backend's own are told by itself. */
  readonly onDeath?: (message: string) => void;
};

export type OpenedModel = {
  readonly bundle: Bundle;
  readonly model: ServingModel;
  readonly description: Description;
  /** Milliseconds that the runtime took for one whole window. */
  readonly windowMs: number;
  /** Tokens that wait now, and how many may. */
  readonly queuedTokens: () => number;
  readonly queueTokensMax: number;
  /** When the last text that it judges is answered, all of it goes. */
  close(): Promise<void>;
};

const rowsTogetherMax = 64;

/** Who else is in a batch must not change a text's score: where scales come from a batch, each row is one of its own. */
export const batchRowsMaxOf = ({ hasBatchScales }: Pick<BundleFiles, "hasBatchScales">): number =>
  hasBatchScales ? 1 : rowsTogetherMax;

export async function openModel(parts: OpenModelParts): Promise<Result<OpenedModel, readonly BundleProblem[]>> {
  const { backend, bundle, onDeath = () => undefined } = parts;
  if (bundle.files.format === "openvino" && backend.runtime !== "openvino") {
    const message = "is in OpenVINO's form, which ONNX Runtime does not read; export model.onnx, or install OpenVINO";
    return err([{ file: bundle.files.model, message }]);
  }
  const path = bundle.files.tokenizer;
  const tokenizer = await openTokenizer({ path, onDeath });
  if (!tokenizer.ok) return err([{ file: path, message: tokenizer.error }]);
  const opened = await withTokenizer(parts, tokenizer.value);
  if (!opened.ok) await tokenizer.value.close();
  return opened;
}

async function withTokenizer(
  parts: OpenModelParts,
  tokenizer: ThreadedTokenizer,
): Promise<Result<OpenedModel, readonly BundleProblem[]>> {
  const { backend, bundle, settings, onBatch } = parts;
  const { device, precision, threads, batchTokensMax, queueTokensMax } = settings;
  const { model: file, weights } = bundle.files;
  const streams = Math.min(settings.streams, threads);
  const loaded = await backend.load({ model: file, weights, device, precision, threads, streams });
  if (!loaded.ok) return err([{ file, message: refusalOf(backend.runtime, device, loaded.error.message) }]);
  const runner = loaded.value;
  const largestId = parts.largestId ?? tokenizer.vocabularySize - 1;
  const tried = await tryModel({ bundle, tokenizer, loaded: runner, largestId });
  if (!tried.ok) {
    await runner.close();
    return tried;
  }
  const batchRowsMax = batchRowsMaxOf(bundle.files);
  const batcher = new Batcher({
    runner,
    padId: bundle.padId,
    limits: { batchTokensMax, batchRowsMax, queueTokensMax },
    nowMs: () => performance.now(),
    ...(onBatch === undefined ? {} : { onBatch }),
  });
  const model = new ServingModel({ bundle, tokenizer, batcher, runsOn: runner.description });
  return ok({
    bundle,
    model,
    description: runner.description,
    windowMs: tried.value,
    queuedTokens: () => batcher.queuedTokens,
    queueTokensMax,
    async close() {
      await model.idle();
      await Promise.all([runner.close(), tokenizer.close()]);
    },
  });
}

/** Runtimes tell where in their own sources they gave up, line by line. */
function refusalOf(runtime: string, device: string, said: string): string {
  const lines = said.split("\n").map((line) => line.replace(/(?:Error: )?Exception from \S+:\d+:$/, "").trim());
  const reason = lines.filter((line) => line !== "").join("; ");
  if (device === "CPU") return `does not load in ${runtime}: ${reason}`;
  return `does not load in ${runtime} on models.device ${device}: ${reason}; see that it and its driver are there, or write CPU`;
}
