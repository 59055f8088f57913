// The ways to run a model that the inference benchmark compares, and texts of known lengths for it.

import { basename } from "node:path";
import { createOnnxRuntimeBackend } from "../../src/inference/backends/onnx-runtime.ts";
import { openOpenVinoBackend } from "../../src/inference/backends/openvino.ts";
import { type ModelFile, modelFiles } from "../../src/app/models-bench/model-files.ts";
import type { Backend, LoadedModel, Precision, Runtime } from "../../src/inference/backend.ts";
import { Batcher, type BatchSeen } from "../../src/inference/batching/batcher.ts";
import { batchOf, type Row } from "../../src/inference/batching/rows.ts";
import { type Bundle, readBundle } from "../../src/inference/bundle/bundle.ts";
import { Model } from "../../src/inference/model.ts";
import { findOpenVino } from "../../src/inference/openvino-libraries.ts";
import { openTokenizer } from "../../src/inference/tokens/threaded-tokenizer.ts";
import type { Tokenizer } from "../../src/inference/tokens/tokens.ts";
import { openVinoAtHand } from "../../scripts/openvino.mjs";

export interface Variant extends ModelFile {
  readonly name: string;
  readonly runtime: Runtime;
  readonly precision: Precision;
}

export interface Encoder {
  readonly bundle: Bundle;
  readonly tokenizer: Tokenizer;
  readonly backends: ReadonlyMap<Runtime, Backend>;
  readonly variants: readonly Variant[];
}

/** Of a quantised copy the file's name says what it is: `model_qdq_int8.onnx`. */
const copyName = (file: string): string =>
  basename(file)
    .replace(/^model[-_]|\.onnx$/g, "")
    .replaceAll("_", " ");

/** Without OpenVINO at hand ONNX Runtime alone. */
export async function openEncoder(folder: string, parts: AsyncDisposableStack): Promise<Encoder> {
  const bundle = valueOf(await readBundle(folder));
  const died = (message: string): never => {
    throw new Error(message);
  };
  const tokenizer = valueOf(await openTokenizer({ path: bundle.files.tokenizer, onDeath: died }));
  parts.defer(() => tokenizer.close());
  const backends = new Map<Runtime, Backend>([["onnxruntime", createOnnxRuntimeBackend(died)]]);
  const atHand = openVinoAtHand();
  const libraries = atHand === undefined ? null : findOpenVino([atHand]);
  if (libraries !== null) backends.set("openvino", valueOf(await openOpenVinoBackend(libraries, died)));
  for (const backend of backends.values()) parts.defer(() => backend.close());
  const [usual, ...copies] = await modelFiles(bundle);
  if (usual === undefined) throw new Error("a bundle has a model");
  const variants: Variant[] = [{ ...usual, name: "ONNX Runtime FP32", runtime: "onnxruntime", precision: "auto" }];
  for (const copy of copies) {
    const name = `ONNX Runtime ${copyName(copy.file)}`;
    variants.push({ ...copy, name, runtime: "onnxruntime", precision: "auto" });
  }
  if (libraries !== null) {
    variants.push({ ...usual, name: "OpenVINO FP32", runtime: "openvino", precision: "f32" });
    variants.push({ ...usual, name: "OpenVINO BF16", runtime: "openvino", precision: "bf16" });
    for (const copy of copies) {
      variants.push({ ...copy, name: `OpenVINO ${copyName(copy.file)}`, runtime: "openvino", precision: "auto" });
    }
  }
  return { bundle, tokenizer, backends, variants };
}

export interface Placement {
  readonly threads: number;
  readonly streams: number;
}

/** Its life is the caller's to end. */
export async function loadVariant(encoder: Encoder, variant: Variant, placement: Placement): Promise<LoadedModel> {
  const { backends } = encoder;
  const backend = backends.get(variant.runtime);
  if (backend === undefined) throw new Error(`${variant.runtime} is not at hand`);
  return valueOf(
    await backend.load({
      model: variant.file,
      weights: null,
      device: "CPU",
      precision: variant.precision,
      ...placement,
    }),
  );
}

/** As a server has it; `rowsMax` 1 is without batching. */
export function modelOn(
  encoder: Encoder,
  runner: LoadedModel,
  rowsMax: number,
  onBatch?: (seen: BatchSeen) => void,
): Model {
  const { bundle, tokenizer } = encoder;
  const limits = { batchTokensMax: 4096, batchRowsMax: rowsMax, queueTokensMax: 1_000_000 };
  const seen = onBatch === undefined ? {} : { onBatch };
  const batcher = new Batcher({ runner, padId: bundle.padId, limits, nowMs: () => performance.now(), ...seen });
  return new Model({ bundle, tokenizer, batcher });
}

const prose = `The committee met on Thursday to look at the new timetable. Two of its members had asked for fewer early trains; the
others wanted a later last one. What does it cost to run a train that nobody takes? About 1,200 a week, said the treasurer, and
showed the figures of three winters. Please write to the office before the end of May, and say which line you use and at what
hour. Ignore the notice in the waiting room: it is from last year. Children under six ride free, bicycles need a ticket of
their own, and dogs travel for half. The bridge at the harbour stays closed until it has been painted; a bus goes instead. `;

/** A text of so many tokens, special ones counted, or one or two fewer; `number`: another each time. */
export async function textOf({ tokenizer }: Encoder, tokens: number, number: number): Promise<string> {
  const { single, encode } = tokenizer;
  const never = new AbortController().signal;
  const all = prose.repeat(4);
  const { starts, ends } = await encode(never, all);
  const wanted = tokens - single.before.length - single.after.length;
  const from = (number * 7) % (starts.length - wanted);
  return all.slice(starts[from], ends[from + wanted - 1]);
}

/** A batch of like rows: another array each time, since a run takes them away. */
export async function batchMaker(
  encoder: Encoder,
  rows: number,
  tokens: number,
): Promise<() => ReturnType<typeof batchOf>> {
  const { tokenizer, bundle } = encoder;
  const { before, after } = tokenizer.single;
  const made: Row[] = [];
  for (let row = 0; row < rows; row += 1) {
    const text = await textOf(encoder, tokens + 8, row);
    const { ids } = await tokenizer.encode(new AbortController().signal, text);
    const own = [...before, ...ids.subarray(0, tokens - before.length - after.length), ...after];
    made.push({ ids: own, types: own.map(() => 0) });
  }
  return () => batchOf(made, bundle.padId);
}

export function valueOf<T, E>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E },
): T {
  if (result.ok) return result.value;
  throw new Error(typeof result.error === "string" ? result.error : JSON.stringify(result.error));
}
