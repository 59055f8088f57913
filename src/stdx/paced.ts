/**
 * Long work in steps, so that it holds up nothing else: a generator that yields where others may have a turn. Work that is
 * over before a breath is due stays synchronous. Knows no clock: its caller's pace says when a breath is due.
 */
import type { MaybeAsync } from "./maybe-async.ts";

/** Yields between steps of a few milliseconds at the most. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Answers with a promise to wait for when this turn has run long enough, else with nothing. */
export type Breather = { breathe(): Promise<void> | undefined };

/** What the steps come to; `null` where the signal aborted between two of them. */
export function runPaced<T>(signal: AbortSignal, pace: Breather, steps: Steps<T>): MaybeAsync<T | null> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    const breath = pace.breathe();
    if (breath !== undefined) return goOn(signal, pace, steps, breath);
    if (signal.aborted) return null;
  }
}

async function goOn<T>(signal: AbortSignal, pace: Breather, steps: Steps<T>, first: Promise<void>): Promise<T | null> {
  await first;
  while (!signal.aborted) {
    const step = steps.next();
    if (step.done === true) return step.value;
    const breath = pace.breathe();
    if (breath !== undefined) await breath;
  }
  return null;
}

/** For callers that cannot wait. */
export function runAtOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
