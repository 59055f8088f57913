// The use of OpenVINO's package for Node, on a stand-in with its calls: requests are handed round, and each batch is answered.
// Its real binary is tested with the other runtimes, where it is installed.

import assert from "node:assert/strict";
import test from "node:test";
import type { LoadedModel, TokenBatch } from "../backend.ts";
import { openNodeModel, type OpenVinoNode } from "./openvino-node.ts";

type Gate = { readonly release: () => void; readonly fail: (error: Error) => void };

/** A model whose only output is the sum of a row's ids; each batch waits until it is let go. */
function standIn(gates: Gate[]): OpenVinoNode {
  const element = { i32: "i32", i64: "i64", f32: "f32" };
  class Tensor {
    readonly type: unknown;
    readonly shape: number[];
    readonly data: BigInt64Array | Int32Array | Float32Array;
    constructor(type: unknown, shape: number[], data: BigInt64Array | Int32Array | Float32Array) {
      [this.type, this.shape, this.data] = [type, shape, data];
    }
    getElementType = (): unknown => this.type;
    getShape = (): number[] => this.shape;
    getData = (): unknown => this.data;
  }
  const port = (name: string, dimensions: (number | [number, number])[]) => ({
    getAnyName: () => name,
    getPartialShape: () => ({ getDimensions: () => dimensions }),
  });
  const createInferRequest = () => {
    let output = new Tensor(element.f32, [0, 1], new Float32Array());
    return {
      getInputTensor: () => new Tensor(element.i64, [0, 0], new BigInt64Array()),
      getOutputTensor: () => output,
      async inferAsync({ input_ids: ids }: Record<string, { getShape(): number[]; getData(): unknown }>) {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        gates.push({ release: resolve, fail: reject });
        await promise;
        const [rows = 0, columns = 0] = ids?.getShape() ?? [];
        const all = Array.from(ids?.getData() as BigInt64Array, Number);
        const sums = Array.from({ length: rows }, (_, row) =>
          all.slice(row * columns, (row + 1) * columns).reduce((sum, id) => sum + id, 0),
        );
        output = new Tensor(element.f32, [rows, 1], Float32Array.from(sums));
        return {};
      },
    };
  };
  const model = {
    inputs: [port("input_ids", [[1, 1000], -1])],
    outputs: [port("logits", [-1, 1])],
    createInferRequest,
    getProperty(name: string): unknown {
      if (name === "EXECUTION_DEVICES") return "CPU";
      throw new Error("no such property");
    },
  };
  class Core {
    readModel = (path: string): Promise<unknown> =>
      path === "/bad" ? Promise.reject(new Error("does not read")) : Promise.resolve({});
    compileModel = () => Promise.resolve(model);
  }
  return { Core, Tensor, element, getOpenvinoVersion: () => ({ buildNumber: "2026.4" }) };
}

const request = { model: "/m", weights: null, device: "CPU", precision: "auto", threads: 2, streams: 2 } as const;
const batch = (...ids: number[]): TokenBatch => ({
  rows: 1,
  columns: ids.length,
  ids: BigInt64Array.from(ids, BigInt),
  mask: new BigInt64Array(ids.length).fill(1n),
  types: null,
});

async function open(gates: Gate[]): Promise<LoadedModel> {
  const opened = await openNodeModel(standIn(gates), request, () => 0);
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

test("a model is described", async () => {
  const { description } = await open([]);
  assert.deepEqual(description, {
    runtime: "openvino",
    version: "2026.4",
    device: "CPU",
    precision: "unknown",
    inputs: [{ name: "input_ids", type: "i64", dims: [null, null] }],
    outputs: [{ name: "logits", type: "f32", dims: [null, 1] }],
  });
});

test("as many batches run as there are streams; the next waits for one of them", async () => {
  const gates: Gate[] = [];
  const model = await open(gates);
  const asked = [model.run(batch(1, 2)), model.run(batch(3)), model.run(batch(4, 5))];
  assert.equal(gates.length, 2);
  gates[1]?.release();
  await asked[1];
  assert.equal(gates.length, 3);
  gates[0]?.release();
  gates[2]?.release();
  const sums = (await Promise.all(asked)).map((answer) => (answer.ok ? answer.value.outputs[0]?.data[0] : null));
  assert.deepEqual(sums, [3, 3, 9]);
});

test("a batch that fails says why without a token, and its request serves on", async () => {
  const gates: Gate[] = [];
  const model = await open(gates);
  const failing = model.run(batch(77));
  gates[0]?.fail(new Error("index 77 is out of range"));
  assert.deepEqual(await failing, { ok: false, error: { kind: "failed", message: "index # is out of range" } });
  const next = model.run(batch(5));
  gates[1]?.release();
  assert.ok((await next).ok);
});

test("to close waits for what runs and turns away what waits", async () => {
  const gates: Gate[] = [];
  const model = await open(gates);
  const asked = [model.run(batch(1)), model.run(batch(2)), model.run(batch(3))];
  const closing = model.close();
  for (const { release } of gates) release();
  const kinds = (await Promise.all(asked)).map((answer) => (answer.ok ? "ran" : answer.error.kind));
  assert.deepEqual(kinds, ["ran", "ran", "closed"]);
  await closing;
  const late = await model.run(batch(4));
  assert.equal(late.ok ? "" : late.error.kind, "closed");
});

test("a model that does not read is refused", async () => {
  const answer = await openNodeModel(standIn([]), { ...request, model: "/bad" }, () => 0);
  assert.deepEqual(answer, { ok: false, error: { kind: "bad-model", message: "does not read" } });
});
