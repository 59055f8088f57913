// Inputs by their names and types, and why a model cannot be fed.

import assert from "node:assert/strict";
import test from "node:test";
import type { TensorPort } from "./backend.ts";
import { feedsOf, unfeedable } from "./feeds.ts";

const port = (name: string, more: Partial<TensorPort> = {}): TensorPort => ({
  name,
  type: "i64",
  dims: [null, null],
  ...more,
});
const outputs = [port("logits", { type: "f32", dims: [null, 2] })];
const batch = {
  rows: 2,
  columns: 2,
  ids: BigInt64Array.of(5n, 6n, 7n, 0n),
  mask: BigInt64Array.of(1n, 1n, 1n, 0n),
  types: null,
};

test("each input gets what its name says, in its own type", () => {
  const inputs = ["input_ids", "attention_mask", "token_type_ids", "position_ids"].map((name) => port(name));
  assert.deepEqual(
    feedsOf(inputs, batch).map(({ data }) => Array.from(data, Number)),
    [
      [5, 6, 7, 0],
      [1, 1, 1, 0],
      [0, 0, 0, 0],
      [0, 1, 0, 1],
    ],
  );
  const [narrow] = feedsOf([port("input_ids", { type: "i32" })], batch);
  assert.deepEqual(narrow?.data, Int32Array.of(5, 6, 7, 0));
});

test("a model that cannot be fed is told why", () => {
  const ids = port("input_ids");
  const cases: readonly (readonly [readonly TensorPort[], RegExp | null])[] = [
    [[ids], null],
    [[port("attention_mask")], /no input "input_ids"/],
    [[ids, port("pixel_values")], /"pixel_values" is none/],
    [[ids, port("constructor")], /"constructor" is none/],
    [[port("input_ids", { type: "f32" })], /whole numbers/],
    [[port("input_ids", { dims: [null] })], /1 dimensions/],
    [[port("input_ids", { dims: [null, 128] })], /exactly 128 tokens/],
    [[port("input_ids", { dims: [1, null] })], /exactly 1 texts/],
  ];
  for (const [inputs, reason] of cases) {
    const found = unfeedable({ inputs, outputs });
    if (reason === null) assert.equal(found, null);
    else assert.match(found ?? "", reason);
  }
  assert.match(unfeedable({ inputs: [ids], outputs: [port("labels")] }) ?? "", /no output of f32/);
});
