/** Token rows of different lengths as one rectangle, padded on the right, and the way back: what a model said of each row. */
import { err, ok, type Result } from "../../stdx/result.ts";
import type { BackendProblem, Output, TokenBatch } from "../backend.ts";

/** One window with its special tokens. */
export type Row = { readonly ids: readonly number[] | Int32Array; readonly types: readonly number[] | Uint8Array };

/** What one row came to: its part of each output, without the batch's dimension and without padding. */
export type RowOutputs = readonly Output[];

/** `padId`: what stands where the mask is 0. At least one row. */
export function batchOf(rows: readonly Row[], padId: number): TokenBatch {
  const columns = rows.reduce((most, { ids }) => Math.max(most, ids.length), 1);
  const size = rows.length * columns;
  const ids = new BigInt64Array(size).fill(BigInt(padId));
  const mask = new BigInt64Array(size);
  const types = new BigInt64Array(size);
  for (const [row, each] of rows.entries()) {
    const base = row * columns;
    for (let at = 0; at < each.ids.length; at += 1) {
      ids[base + at] = BigInt(each.ids[at] as number);
      types[base + at] = BigInt(each.types[at] as number);
    }
    mask.fill(1n, base, base + each.ids.length);
  }
  return { rows: rows.length, columns, ids, mask, types };
}

/** `at`: the number of the row in a batch of so many rows and columns; `length`: its own tokens. */
export type RowPlace = {
  readonly at: number;
  readonly rows: number;
  readonly columns: number;
  readonly length: number;
};

/**
 * An output of three dimensions says something of each token ([rows, columns, n]): of it a row gets its own tokens. A model that
 * gives NaN has failed: a number that is none must never read as a low score. What it says of padding does not matter.
 */
export function outputsOfRow(outputs: readonly Output[], place: RowPlace): Result<RowOutputs, BackendProblem> {
  const parts: Output[] = [];
  for (const { name, dims, data } of outputs) {
    if (dims[0] !== place.rows) return failed(`the output ${name} has ${dims[0]} rows instead of ${place.rows}`);
    const size = data.length / place.rows;
    const isOfTokens = dims.length === 3 && dims[1] === place.columns;
    const kept = isOfTokens ? (size / place.columns) * place.length : size;
    const part = data.subarray(place.at * size, place.at * size + kept);
    if (!part.every(Number.isFinite)) return failed(`the output ${name} holds what is no number`);
    parts.push({ name, dims: isOfTokens ? [place.length, dims[2] as number] : dims.slice(1), data: part });
  }
  return ok(parts);
}

const failed = (message: string): Result<never, BackendProblem> => err({ kind: "failed", message });
