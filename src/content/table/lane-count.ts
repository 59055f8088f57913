/** Bounds how many lanes one stream may open: each holds text back, and their names are the upstream's choice. */
import type { Extraction } from "../../domain/dialect.ts";
import type { Unreadable } from "../../domain/verdict.ts";
import { err, type Result } from "../../stdx/result.ts";

export class LaneCount {
  static readonly maxLanes = 1024;
  readonly #lanes = new Set<string>();

  /** The extraction itself; `too-many-values` where it opens one lane too many. */
  check(read: Result<Extraction, Unreadable>): Result<Extraction, Unreadable> {
    if (!read.ok) return read;
    for (const { lane } of read.value.pieces) {
      if (lane !== null) this.#lanes.add(lane);
    }
    return this.#lanes.size > LaneCount.maxLanes ? err("too-many-values") : read;
  }
}
