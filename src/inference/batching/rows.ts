/** Token rows of different lengths as one rectangle, padded on the right. */
import type { TokenBatch } from "../backend.ts";

/** One window with its special tokens. */
export type Row = { readonly ids: readonly number[] | Int32Array; readonly types: readonly number[] | Uint8Array };

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
