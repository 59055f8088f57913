/** A calibrated probability in [0, 1]. Raw model outputs never get this type. */
import { assert } from "../stdx/assert.ts";
import type { Brand } from "../stdx/brand.ts";

export type Score = Brand<number, "Score">;

/** Throws InvariantError when the value is not a number in [0, 1]. */
export function score(value: number): Score {
  assert(value >= 0 && value <= 1, "a score lies in [0, 1]");
  return value as Score;
}

/** A match that was proved, by checksum or grammar, rather than estimated. */
export const certain: Score = score(1);
