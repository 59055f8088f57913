/**
 * OpenVINO by its C API, for runtimes that come as libraries: a Python wheel, apt packages, a model server's image.
 *
 * One compiled model serves all threads: `compileModel` gives its address, each thread opens a request of its own on it.
 * The libraries stay loaded until the process ends, so that an address is good whichever thread ends. Whoever compiles frees it
 * when no thread runs any more, and a request when its thread has ended. The calls block: they belong in a worker thread.
 */
import koffi from "koffi";
import type { Description, ElementType, LoadRequest, Output, TensorPort, TokenBatch } from "../backend.ts";
import { feedsOf } from "../feeds.ts";
import type { OpenVinoLibraries } from "../openvino-libraries.ts";
import { propertiesOf } from "../openvino-properties.ts";
import { type Compiled, type Engine, NoRuntime } from "../workers/protocol.ts";
import { bindOpenVino, type Dimension, type OpenVinoApi, type PartialShape, type Shape } from "./openvino-api.ts";

/** `ov_element_type_e` of ov_common.h. */
const typeCodes = { f16: 3, f32: 4, i32: 9, i64: 10 } as const satisfies Record<ElementType, number>;
const typeOf = new Map<number, ElementType>(
  Object.entries(typeCodes).map(([type, code]) => [code, type as ElementType]),
);
const bytesOf: readonly (readonly [ElementType, number])[] = [
  ["f16", 2],
  ["f32", 4],
  ["i32", 4],
  ["i64", 8],
];

export class OpenVino {
  readonly #api: OpenVinoApi;
  readonly version: string;

  /** Loads the libraries. Throws NoRuntime where they are not what they should be. */
  constructor(libraries: OpenVinoLibraries) {
    this.#api = bindOpenVino(libraries);
    const version: [{ build: bigint; description: bigint } | null] = [null];
    this.#check(this.#api.version(version));
    this.version = koffi.decode(version[0]?.build, "char", -1) as string;
    this.#checkTypes(libraries.api);
  }

  /** The numbers of element types have moved between versions, and nothing else would tell: ask for their sizes. */
  #checkTypes(file: string): void {
    const api = this.#api;
    const shape = shapeOf([1]);
    const memory = new BigInt64Array(1);
    for (const [type, bytes] of bytesOf) {
      const at = koffi.address(memory);
      const tensor = this.#out<bigint>((out) => api.tensorOf(typeCodes[type], shape.value, at, out));
      const size = Number(this.#out((out) => api.tensorBytes(tensor, out)));
      api.freeTensor(tensor);
      if (size !== bytes) throw new NoRuntime(`${file} is of OpenVINO ${this.version}; needed is 2025 or later`);
    }
  }

  /** Throws what the runtime says of the model. */
  compileModel(request: LoadRequest): Compiled {
    const api = this.#api;
    const core = this.#out<bigint>((out) => api.createCore(out));
    try {
      const read = this.#out<bigint>((out) => api.readModel(core, request.model, request.weights, out));
      try {
        const words = propertiesOf(request).flat();
        const typed = words.flatMap((word) => ["const char *", word]);
        const address = this.#out<bigint>((out) =>
          api.compile(core, read, request.device, words.length, out, ...typed),
        );
        return { address, description: this.#describe(address, read, request) };
      } finally {
        api.freeModel(read);
      }
    } finally {
      api.freeCore(core);
    }
  }

  freeModel({ address }: Compiled): void {
    this.#api.freeCompiled(address);
  }

  /** Only after the thread that ran batches on it has ended, since a batch may still run when its thread is told to end. */
  freeRequest(request: bigint): void {
    this.#api.freeRequest(request);
  }

  /** Runs on a compiled model that others may share. */
  openEngine({ address, description }: Compiled): Engine {
    const api = this.#api;
    const request = this.#out<bigint>((out) => api.createRequest(address, out));
    const outputs = description.outputs.flatMap(({ name, type }, index) =>
      type === "f32" || type === "f16" ? [{ name, index }] : [],
    );
    return {
      description,
      held: request,
      run: (batch) => {
        const feeds = this.#feed(request, description, batch);
        this.#check(api.infer(request));
        feeds.length = 0; // the runtime read them where they are: until here they must live
        return outputs.map(({ name, index }) => ({ name, ...this.#read(request, index) }));
      },
      close: () => undefined,
    };
  }

  #feed(request: bigint, { inputs }: Description, batch: TokenBatch): unknown[] {
    const api = this.#api;
    const shape = shapeOf([batch.rows, batch.columns]);
    const kept: unknown[] = [shape.memory];
    for (const { name, type, data } of feedsOf(inputs, batch)) {
      kept.push(data);
      const address = koffi.address(data);
      const tensor = this.#out<bigint>((out) => api.tensorOf(typeCodes[type], shape.value, address, out));
      const status = api.setTensor(request, name, tensor);
      api.freeTensor(tensor);
      this.#check(status);
    }
    return kept;
  }

  #read(request: bigint, index: number): Omit<Output, "name"> {
    const api = this.#api;
    const tensor = this.#out<bigint>((out) => api.outputTensor(request, index, out));
    try {
      const dims = this.#tensorDims(tensor);
      const count = dims.reduce((product, dim) => product * dim, 1);
      const type = this.#out<number>((out) => api.tensorType(tensor, out));
      const from = this.#out<bigint>((out) => api.tensorData(tensor, out));
      if (type === typeCodes.f32) return { dims, data: copied(api, from, new Float32Array(count)) };
      return { dims, data: Float32Array.from(new Float16Array(copied(api, from, new Uint16Array(count)).buffer)) };
    } finally {
      api.freeTensor(tensor);
    }
  }

  #tensorDims(tensor: bigint): readonly number[] {
    const api = this.#api;
    const shape: [Shape | null] = [null];
    this.#check(api.tensorShape(tensor, shape));
    const { rank, dims } = shape[0] as Shape;
    const numbers = dims === null ? [] : Array.from(koffi.decode(dims, koffi.array("int64_t", Number(rank))), Number);
    api.freeShape(shape as Shape[]);
    return numbers;
  }

  #describe(model: bigint, source: bigint, request: LoadRequest): Description {
    const api = this.#api;
    // Compiling gives a port further names, and "any" of them may be such a one: the file's stand in what was read.
    const ports = (count: number, at: PortAt, named: PortAt): TensorPort[] =>
      Array.from({ length: count }, (_, index) => {
        const { type, dims } = this.#port(this.#out((out) => at(model, index, out)));
        return { name: this.#port(this.#out((out) => named(source, index, out))).name, type, dims };
      });
    return {
      runtime: "openvino",
      version: this.version,
      device: this.#property(model, "EXECUTION_DEVICES") ?? request.device,
      precision: this.#property(model, "INFERENCE_PRECISION_HINT") ?? "unknown",
      inputs: ports(
        this.#out((out) => api.inputsSize(model, out)),
        api.input,
        api.modelInput,
      ),
      outputs: ports(
        this.#out((out) => api.outputsSize(model, out)),
        api.output,
        api.modelOutput,
      ),
    };
  }

  #port(port: bigint): TensorPort {
    const api = this.#api;
    try {
      const name = this.#text(this.#out((out) => api.portName(port, out)));
      const type = typeOf.get(this.#out((out) => api.portType(port, out))) ?? "other";
      const shape: [PartialShape | null] = [null];
      this.#check(api.portShape(port, shape));
      const { rank, dims } = shape[0] as PartialShape;
      const read: Dimension[] = dims === null ? [] : koffi.decode(dims, koffi.array(api.dimension, Number(rank.max)));
      const sizes = read.map(({ min, max }) => (min === max ? Number(max) : null));
      api.freeDims(shape as PartialShape[]);
      return { name, type, dims: sizes };
    } finally {
      api.freePort(port);
    }
  }

  #property(model: bigint, key: string): string | null {
    const out: [bigint | null] = [null];
    return this.#api.property(model, key, out) === 0 ? this.#text(out[0]) : null;
  }

  /** Takes over a string that the runtime has made. */
  #text(address: bigint | null): string {
    if (address === null) return "";
    const text = koffi.decode(address, "char", -1) as string;
    this.#api.freeText(address);
    return text;
  }

  #out<T>(call: (out: [T | null]) => number): T {
    const out: [T | null] = [null];
    this.#check(call(out));
    return out[0] as T;
  }

  #check(status: number): void {
    if (status !== 0) throw new Error(this.#api.lastError() || this.#api.errorInfo(status));
  }
}

type PortAt = (model: bigint, index: number, out: [bigint | null]) => number;

/** `memory` must outlive the call. */
function shapeOf(dims: readonly number[]): { readonly value: Shape; readonly memory: BigInt64Array } {
  const memory = BigInt64Array.from(dims, BigInt);
  return { value: { rank: dims.length, dims: koffi.address(memory) }, memory };
}

function copied<T extends Float32Array | Uint16Array>(api: OpenVinoApi, from: bigint, to: T): T {
  api.copy(to, from, to.byteLength);
  return to;
}
