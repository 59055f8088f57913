/**
 * The port to whatever runs models: load, describe, run a batch, close. `engines/` implements it, one file a runtime.
 *
 * What crosses into native code is written out: every field present, `null` for none, plain typed arrays. A batch's arrays
 * belong to the model from `run` on until its answer (they may be moved to another thread), outputs belong to the caller.
 * No text gets here: token ids in, numbers out.
 */
import type { Result } from "../stdx/result.ts";

export const runtimes = ["openvino", "onnxruntime"] as const;
export type Runtime = (typeof runtimes)[number];

/** `auto`: what the runtime takes for the fastest on its device; of ONNX Runtime that is what the file says. */
export const precisions = ["auto", "f32", "bf16", "f16"] as const;
export type Precision = (typeof precisions)[number];

export type LoadRequest = {
  /** Absolute: `model.onnx` or `model.xml`. */
  readonly model: string;
  /** Absolute: the `.bin` beside an `.xml`. */
  readonly weights: string | null;
  /** `CPU`, or what the runtime calls another: `GPU`, `NPU`, `AUTO`, `GPU.1`. */
  readonly device: string;
  readonly precision: Precision;
  /** CPU threads of all batches together. */
  readonly threads: number;
  /** Batches that run at once, at least 1. Each has `threads / streams` threads. */
  readonly streams: number;
};

export const elementTypes = ["i32", "i64", "f32", "f16"] as const;
export type ElementType = (typeof elementTypes)[number];

export type TensorPort = {
  readonly name: string;
  /** `other`: a type that no text model takes or gives. */
  readonly type: ElementType | "other";
  /** `null`: any length. */
  readonly dims: readonly (number | null)[];
};

export type Description = {
  readonly runtime: Runtime;
  readonly version: string;
  readonly device: string;
  /** What runs in truth, in the runtime's words. */
  readonly precision: string;
  readonly inputs: readonly TensorPort[];
  readonly outputs: readonly TensorPort[];
};

/** Row-major, `rows * columns` long. Where the mask is 0 there is padding. */
export type TokenBatch = {
  readonly rows: number;
  readonly columns: number;
  readonly ids: BigInt64Array<ArrayBuffer>;
  readonly mask: BigInt64Array<ArrayBuffer>;
  /** Which half of a pair; `null` where the tokenizer does not say. A model without such an input is not given it. */
  readonly types: BigInt64Array<ArrayBuffer> | null;
};

export type Output = {
  readonly name: string;
  readonly dims: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
};

/**
 * `no-runtime`: its library is not there or is of another version; `bad-model`: it does not read, or takes what no text model
 * takes; `failed`: it ran and failed; `died`: what ran it is gone, and another is started; `closed`: too late.
 */
export type BackendProblemKind = "no-runtime" | "bad-model" | "failed" | "died" | "closed";
export type BackendProblem = {
  readonly kind: BackendProblemKind;
  /** For operators: names files, never texts. */
  readonly message: string;
};

export type LoadedModel = {
  readonly description: Description;
  /** How many batches run at once. More wait in here, so a caller that counts can do better. */
  readonly streams: number;
  /** Milliseconds that the runtime itself took are `runMs`. */
  run(batch: TokenBatch): Promise<Result<RunAnswer, BackendProblem>>;
  /** Ends when nothing of it runs any more. */
  close(): Promise<void>;
};

export type RunAnswer = { readonly outputs: readonly Output[]; readonly runMs: number };

export type Backend = {
  readonly runtime: Runtime;
  load(request: LoadRequest): Promise<Result<LoadedModel, BackendProblem>>;
  /** After all of its models were closed. */
  close(): Promise<void>;
};
