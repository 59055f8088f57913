/**
 * OpenVINO by its own package for Node, where the package's binary is installed. Batches run on OpenVINO's threads, so no
 * worker is needed: each stream is a request on one compiled model.
 *
 * Its calls are those of 2026.4. The package tells no f16 apart, so a model's outputs must be f32.
 */
import { createRequire } from "node:module";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { BackendProblem, Description, ElementType, LoadedModel, LoadRequest, Output } from "../backend.ts";
import type { RunAnswer, TensorPort, TokenBatch } from "../backend.ts";
import { feedsOf, unfeedable } from "../feeds.ts";
import { toFloat32 } from "../half.ts";
import { propertiesOf } from "../openvino-properties.ts";
import { messageOf, NoRuntime } from "../workers/protocol.ts";

type NodeTensor = { getElementType(): unknown; getShape(): number[]; getData(): unknown };
type NodePort = { getAnyName(): string; getPartialShape(): { getDimensions(): (number | [number, number])[] } };
type NodeRequest = {
  getInputTensor(index: number): NodeTensor;
  getOutputTensor(index: number): NodeTensor;
  inferAsync(inputs: Record<string, NodeTensor>): Promise<Record<string, NodeTensor>>;
};
type NodeModel = {
  readonly inputs: readonly NodePort[];
  readonly outputs: readonly NodePort[];
  createInferRequest(): NodeRequest;
  getProperty(name: string): unknown;
};
type NodeCore = {
  readModel(path: string, weights?: string): Promise<unknown>;
  compileModel(model: unknown, device: string, config: Record<string, string>): Promise<NodeModel>;
};
/** What is used of the package. */
export type OpenVinoNode = {
  readonly Core: new () => NodeCore;
  readonly Tensor: new (type: unknown, shape: number[], data: BigInt64Array | Int32Array) => NodeTensor;
  readonly element: Readonly<Record<"i32" | "i64" | "f32", unknown>>;
  getOpenvinoVersion(): { readonly buildNumber: string };
};

/** Throws NoRuntime where the package or its binary is not there. */
export function loadOpenVinoNode(): OpenVinoNode {
  const require = createRequire(import.meta.url);
  try {
    return (require("openvino-node") as { addon: OpenVinoNode }).addon;
  } catch (error) {
    throw new NoRuntime(`openvino-node does not load: ${messageOf(error).split("\n")[0]}`);
  }
}

/** `nowMs`: monotonic. */
export async function openNodeModel(
  addon: OpenVinoNode,
  request: LoadRequest,
  nowMs: () => number,
): Promise<Result<LoadedModel, BackendProblem>> {
  try {
    const core = new addon.Core();
    const read = await core.readModel(request.model, ...(request.weights === null ? [] : [request.weights]));
    const model = await core.compileModel(read, request.device, Object.fromEntries(propertiesOf(request)));
    const requests = Array.from({ length: request.streams }, () => model.createInferRequest());
    const description = describe(addon, model, requests[0] as NodeRequest, request);
    const wrong = unfeedable(description);
    return wrong === null ? ok(new OpenNodeModel({ addon, description, requests, nowMs })) : refused(wrong);
  } catch (error) {
    return refused(messageOf(error));
  }
}

const refused = (message: string): Result<never, BackendProblem> => err({ kind: "bad-model", message });
const closed: Result<never, BackendProblem> = err({ kind: "closed", message: "the model is closed" });

type Parts = {
  readonly addon: OpenVinoNode;
  readonly description: Description;
  readonly requests: readonly NodeRequest[];
  readonly nowMs: () => number;
};

class OpenNodeModel implements LoadedModel {
  readonly description: Description;
  readonly streams: number;
  readonly #parts: Parts;
  readonly #free: NodeRequest[];
  readonly #waiting: ((request: NodeRequest | null) => void)[] = [];
  readonly #running = new Set<Promise<unknown>>();
  #closed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.description = parts.description;
    this.streams = parts.requests.length;
    this.#free = [...parts.requests];
  }

  run(batch: TokenBatch): Promise<Result<RunAnswer, BackendProblem>> {
    if (this.#closed) return Promise.resolve(closed);
    const running = this.#run(batch);
    this.#running.add(running);
    return running.finally(() => this.#running.delete(running));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake(null);
    await Promise.all(this.#running);
  }

  async #run(batch: TokenBatch): Promise<Result<RunAnswer, BackendProblem>> {
    const request = this.#free.pop() ?? (await this.#nextFree());
    if (request === null) return closed;
    const begun = this.#parts.nowMs();
    try {
      const outputs = await this.#infer(request, batch);
      return ok({ outputs, runMs: this.#parts.nowMs() - begun });
    } catch (error) {
      return err({ kind: "failed", message: messageOf(error).replaceAll(/\d+/g, "#") }); // a number may be a token
    } finally {
      const wake = this.#waiting.shift();
      if (wake === undefined) this.#free.push(request);
      else wake(request);
    }
  }

  #nextFree(): Promise<NodeRequest | null> {
    const { promise, resolve } = Promise.withResolvers<NodeRequest | null>();
    this.#waiting.push(resolve);
    return promise;
  }

  async #infer(request: NodeRequest, batch: TokenBatch): Promise<readonly Output[]> {
    const { addon, description } = this.#parts;
    // The tensors lie over these arrays: both live until the batch is done.
    const feeds = feedsOf(description.inputs, batch);
    const tensors = feeds.map(({ name, type, data }) => {
      const tensor = new addon.Tensor(addon.element[type], [batch.rows, batch.columns], data);
      return [name, tensor] as const;
    });
    await request.inferAsync(Object.fromEntries(tensors));
    return description.outputs.flatMap(({ name, type }, index) => {
      if (type !== "f32") return [];
      const tensor = request.getOutputTensor(index);
      return [{ name, dims: tensor.getShape(), data: toFloat32(tensor.getData()) }];
    });
  }
}

/** Types are read off a request's tensors: a port does not tell its own. */
function describe(addon: OpenVinoNode, model: NodeModel, request: NodeRequest, { device }: LoadRequest): Description {
  const typeOf = new Map<unknown, ElementType>(
    (["i32", "i64", "f32"] as const).map((type) => [addon.element[type], type]),
  );
  const port = (each: NodePort, tensor: NodeTensor): TensorPort => ({
    name: each.getAnyName(),
    type: typeOf.get(tensor.getElementType()) ?? "other",
    dims: each.getPartialShape().getDimensions().map(lengthOf),
  });
  return {
    runtime: "openvino",
    version: addon.getOpenvinoVersion().buildNumber,
    device: wordOf(model, "EXECUTION_DEVICES") ?? device,
    precision: wordOf(model, "INFERENCE_PRECISION_HINT") ?? "unknown",
    inputs: model.inputs.map((each, index) => port(each, request.getInputTensor(index))),
    outputs: model.outputs.map((each, index) => port(each, request.getOutputTensor(index))),
  };
}

function lengthOf(dimension: number | [number, number]): number | null {
  const [min, max] = typeof dimension === "number" ? [dimension, dimension] : dimension;
  return min === max && min >= 0 ? min : null;
}

/** `null`: the device has no such property. */
function wordOf(model: NodeModel, property: string): string | null {
  try {
    return String(model.getProperty(property));
  } catch {
    return null;
  }
}
