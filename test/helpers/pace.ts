// Paces that tests own, and exchange detectors opened at once.

import assert from "node:assert/strict";
import type { ExchangeDetector, ExchangeMemory, LaneDetectors } from "../../src/domain/detector.ts";
import type { Pace } from "../../src/domain/ports.ts";

/** Everything in one turn. */
export const neverBreathes: Pace = { breathe: () => undefined };

/** A breath wherever one is offered, counted. */
export function createCountingPace(): Pace & { readonly breaths: number } {
  const pace = {
    breaths: 0,
    breathe(): Promise<void> {
      pace.breaths += 1;
      return Promise.resolve();
    },
  };
  return pace;
}

/** What `open` comes to where nothing has it wait. */
export function openedNow(detector: ExchangeDetector, memory: ExchangeMemory): LaneDetectors | null {
  const opened = detector.open(new AbortController().signal, memory, neverBreathes, "reply", memory);
  assert.ok(!(opened instanceof Promise), "nothing to wait for");
  return opened;
}
