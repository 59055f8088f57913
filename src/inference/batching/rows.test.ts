// Rows in a rectangle and out again.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { batchOf, outputsOfRow } from "./rows.ts";

const row = (ids: readonly number[], types: readonly number[]) => ({ ids, types });

describe("a batch", () => {
  it("is as wide as its longest row, with padding on the right", () => {
    const batch = batchOf([row([5, 6], [0, 1]), row([7, 8, 9], [1, 1, 0])], 42);
    assert.deepEqual(
      {
        ...batch,
        ids: [...batch.ids].map(Number),
        mask: [...batch.mask].map(Number),
        types: [...(batch.types ?? [])].map(Number),
      },
      { rows: 2, columns: 3, ids: [5, 6, 42, 7, 8, 9], mask: [1, 1, 0, 1, 1, 1], types: [0, 1, 0, 1, 1, 0] },
    );
  });

  it("has a column even for a row without tokens", () => assert.equal(batchOf([row([], [])], 0).columns, 1));
});

describe("what a model says of a row", () => {
  const place = { at: 1, rows: 2, columns: 3, length: 2 };
  const partOf = (dims: readonly number[], size: number) => {
    const parts = outputsOfRow([{ name: "x", dims, data: Float32Array.from({ length: size }, (_, at) => at) }], place);
    assert.ok(parts.ok);
    return { dims: parts.value[0]?.dims, data: [...(parts.value[0]?.data ?? [])] };
  };

  it("is its part of each output", () => {
    assert.deepEqual(partOf([2, 2], 4), { dims: [2], data: [2, 3] });
    assert.deepEqual(partOf([2], 2), { dims: [], data: [1] });
    // As many labels as there are columns: no tokens.
    assert.deepEqual(partOf([2, 3], 6), { dims: [3], data: [3, 4, 5] });
  });

  it("is of its own tokens, not of padding", () => {
    assert.deepEqual(partOf([2, 3, 2], 12), { dims: [2, 2], data: [6, 7, 8, 9] });
  });
});
