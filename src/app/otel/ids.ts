/** Ids of traces and spans: random, so that they tell nothing. */
import { randomBytes } from "node:crypto";

/** So many random bytes in lower-case hex, not all 0; drawn in bulk, which is cheaper. */
export function createIds(): (bytes: number) => string {
  const poolBytes = 4096;
  let pool = Buffer.alloc(0);
  let taken = 0;
  return function drawId(bytes): string {
    if (taken + bytes > pool.length) {
      pool = randomBytes(poolBytes);
      taken = 0;
    }
    taken += bytes;
    const id = pool.toString("hex", taken - bytes, taken);
    return /[^0]/.test(id) ? id : drawId(bytes);
  };
}
