import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { readOnnx } from "./onnx-files.ts";

const model = readFileSync(new URL("../../../test/models/bundles/fixtures/bert-external/model.onnx", import.meta.url));

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) + 128);
  }
}
/** A field of bytes: its number and what it holds. */
const field = (number: number, content: readonly number[] | string): number[] => {
  const bytes = typeof content === "string" ? [...Buffer.from(content)] : [...content];
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
};
const nested = (path: readonly number[], content: readonly number[]): number[] =>
  path.toReversed().reduce<number[]>((inner, number) => field(number, inner), [...content]);
const location = (name: string): number[] => field(13, [...field(1, "location"), ...field(2, name)]);
const namesIn = (bytes: readonly number[]): readonly string[] | string => {
  const found = readOnnx(Buffer.from(bytes));
  return found.ok ? found.value.external : found.error;
};

test("finds the weights that an exporter put beside a model", () => {
  const found = readOnnx(model);
  assert.deepEqual(found, {
    ok: true,
    value: { external: ["model.onnx_data"], hasBatchScales: false, quantisesFlow: false },
  });
});

test("finds a name wherever a tensor may stand", () => {
  const places = {
    initializer: [7, 5],
    "sparse initializer's values": [7, 15, 1],
    "sparse initializer's indices": [7, 15, 2],
    "a node's tensor": [7, 1, 5, 5],
    "a node's tensors": [7, 1, 5, 10],
    "a node's sparse tensor": [7, 1, 5, 22, 1],
    "a node's sparse tensors": [7, 1, 5, 23, 2],
    "a branch": [7, 1, 5, 6, 5],
    "one of several branches": [7, 1, 5, 11, 5],
    "a function": [25, 7, 5, 5],
    "a function's default": [25, 11, 5],
    "what training begins with": [20, 1, 5],
  };
  const graph = field(7, []);
  for (const [place, path] of Object.entries(places))
    assert.deepEqual(namesIn([...graph, ...nested(path, location("../out"))]), ["../out"], place);
});

test("finds a name whatever order its fields stand in", () => {
  const turned = field(13, [...field(2, "../out"), ...field(1, "location")]);
  assert.deepEqual(namesIn(nested([7, 5], turned)), ["../out"]);
  const twice = field(13, [...field(1, "length"), ...field(2, "in"), ...field(1, "location"), ...field(2, "../out")]);
  assert.deepEqual(namesIn(nested([7, 5], twice)), ["in", "../out"]);
});

test("what is cut off anywhere is told apart from a whole file, or names no more files", () => {
  let refused = 0;
  for (let length = 0; length < model.length; length += 1) {
    const found = readOnnx(model.subarray(0, length));
    if (!found.ok) refused += 1;
    else
      assert.deepEqual(
        found.value.external.filter((name) => name !== "model.onnx_data"),
        [],
      );
  }
  assert.ok(refused > model.length * 0.99, `${refused} of ${model.length}`);
});

test("sees an operator that takes its scale from the batch, wherever a node may stand", () => {
  const graph = field(7, []);
  const sees = (path: readonly number[], operator: string): boolean => {
    const found = readOnnx(Buffer.from([...graph, ...nested(path, field(4, operator))]));
    return found.ok && found.value.hasBatchScales;
  };
  for (const path of [
    [7, 1],
    [25, 7],
    [7, 1, 5, 6, 1],
    [20, 1, 1],
  ]) {
    assert.equal(sees(path, "DynamicQuantizeLinear"), true);
    assert.equal(sees(path, "DynamicQuantizeMatMul"), true);
    assert.equal(sees(path, "QuantizeLinear"), false);
  }
  assert.equal(sees([7, 5], "DynamicQuantizeLinear"), false, "a tensor's field of that number");
});

test("tells a model that quantises what flows through it from one whose weights alone are", () => {
  const quantises = (operator: string): boolean => {
    const found = readOnnx(Buffer.from([...field(7, []), ...nested([7, 1], field(4, operator))]));
    return found.ok && found.value.quantisesFlow;
  };
  assert.equal(quantises("QuantizeLinear"), true);
  assert.equal(quantises("DequantizeLinear"), false);
  const fixtures = new URL("../../../test/models/bundles/fixtures/", import.meta.url);
  const qdq = readOnnx(readFileSync(new URL("bert-qdq/model.onnx", fixtures)));
  assert.ok(qdq.ok && qdq.value.quantisesFlow);
});

test("refuses what is no ONNX file, and says why", () => {
  assert.equal(namesIn([]), "it holds no graph");
  assert.equal(namesIn(field(2, "pytorch")), "it holds no graph");
  assert.equal(namesIn([...Buffer.from("<?xml version='1.0'?>")]), "it is not in ONNX's form");
  assert.equal(namesIn([...varint(7 * 8 + 2), ...varint(2 ** 40)]), "it ends too early");
  assert.equal(
    namesIn([...varint(7 * 8 + 2), 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]),
    "it is not in ONNX's form",
  );
  assert.equal(namesIn([...varint(7 * 8 + 2), ...Array<number>(12).fill(255), 1]), "it is not in ONNX's form");
  assert.equal(namesIn([...varint(2 ** 32 + 7 * 8 + 2), 0]), "it is not in ONNX's form");
  assert.equal(namesIn([7 * 8 + 3]), "it is not in ONNX's form");
});

test("graphs in graphs are followed to a named depth, never to the stack's end", () => {
  const deep = (levels: number): number[] => {
    const inner = Array.from({ length: levels }, () => [1, 5, 6]).flat();
    return nested([7, ...inner, 5], location("../out"));
  };
  assert.deepEqual(namesIn(deep(20)), ["../out"]);
  assert.equal(namesIn(deep(30)), "its graphs lie in each other too deeply");
});

test("any bytes give an answer", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(model.length - 1), fc.nat(255), (noise, at, byte) => {
      readOnnx(Buffer.from(noise));
      const changed = Buffer.from(model.subarray(0, 4096));
      changed[at % changed.length] = byte;
      readOnnx(changed);
    }),
  );
});
