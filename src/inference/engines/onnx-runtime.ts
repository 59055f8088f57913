/**
 * ONNX Runtime, in the thread that it is opened in: `run` blocks that thread, so it must not be the one that serves. Each
 * engine holds a copy of the model.
 */
import { readFile } from "node:fs/promises";
import { InferenceSession, env, Tensor } from "onnxruntime-node";
import type { Description, ElementType, LoadRequest, Output, TensorPort, TokenBatch } from "../backend.ts";
import { readOnnx } from "../bundle/onnx-files.ts";
import { feedsOf, type Feed } from "../feeds.ts";
import { toFloat32 } from "../half.ts";
import type { Engine } from "../workers/protocol.ts";

const elementTypes: Readonly<Record<string, ElementType>> = {
  int32: "i32",
  int64: "i64",
  float32: "f32",
  float16: "f16",
};
const onnxTypes = { i32: "int32", i64: "int64" } as const;

/**
 * Weights that are stored quantised are expanded once, at load. Left alone the runtime keeps them so and quantises what flows through
 * them as well, by scales of its own: other answers than the model's, and more time where the CPU has no instructions for it.
 */
const exactly = { extra: { session: { disable_quant_qdq: "1" } } } as const;

async function quantisesFlow(model: string): Promise<boolean> {
  const facts = readOnnx(await readFile(model));
  return facts.ok && facts.value.quantisesFlow;
}

/** Throws what the runtime throws: its messages name nodes and files. */
export async function openOnnxRuntime(request: LoadRequest): Promise<Engine> {
  // It would write to the terminal, and its words on a batch can hold a token; what fails is thrown as well.
  env.logLevel = "fatal";
  const session = await InferenceSession.create(request.model, {
    executionProviders: [request.device === "CPU" ? "cpu" : request.device.toLowerCase()],
    intraOpNumThreads: Math.max(1, Math.floor(request.threads / request.streams)),
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    // Each batch has another shape: a pattern learned from one is of no use to the next and is kept.
    enableMemPattern: false,
    ...((await quantisesFlow(request.model)) ? {} : exactly),
    logSeverityLevel: 4,
  });
  const description: Description = {
    runtime: "onnxruntime",
    version: env.versions.node ?? env.versions.common,
    device: request.device,
    precision: "as in the file",
    inputs: session.inputMetadata.map(portOf),
    outputs: session.outputMetadata.map(portOf),
  };
  const outputs = description.outputs.filter(({ type }) => type === "f32" || type === "f16").map(({ name }) => name);
  return {
    description,
    held: null,
    async run(batch: TokenBatch): Promise<readonly Output[]> {
      const dims = [batch.rows, batch.columns];
      const feeds = feedsOf(description.inputs, batch).map(({ name, type, data }: Feed) => [
        name,
        new Tensor(onnxTypes[type], data as never, dims),
      ]);
      const answers = await session.run(Object.fromEntries(feeds), outputs);
      return outputs.map((name) => {
        const { data, dims: shape } = answers[name] as Tensor;
        return { name, dims: shape, data: toFloat32(data) };
      });
    },
    close: () => session.release(),
  };
}

function portOf(metadata: InferenceSession.ValueMetadata): TensorPort {
  if (!metadata.isTensor) return { name: metadata.name, type: "other", dims: [] };
  const dims = metadata.shape.map((dim) => (typeof dim === "number" && dim >= 0 ? dim : null));
  return { name: metadata.name, type: elementTypes[metadata.type] ?? "other", dims };
}
