/**
 * Long work in steps, so that it holds up nothing else: a generator that yields where others may have a turn. Work that is
 * over before a breath is due stays synchronous. Knows no clock: its caller's pace says when a breath is due.
 */
import type { MaybeAsync } from "./maybe-async.ts";

/** Yields between steps of a few milliseconds at the most. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Answers with a promise to wait for when this turn has run long enough, else with nothing. */
export type Breather = { breathe(): Promise<void> | undefined };

type Next<T> = Pick<Steps<T>, "next">;

/** What the steps come to; `null` where the signal aborted between two of them. */
export function runPaced<T>(signal: AbortSignal, pace: Breather, steps: Next<T>): MaybeAsync<T | null> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    const breath = pace.breathe();
    if (breath !== undefined) return goOn(signal, pace, steps, breath);
    if (signal.aborted) return null;
  }
}

async function goOn<T>(signal: AbortSignal, pace: Breather, steps: Next<T>, first: Promise<void>): Promise<T | null> {
  await first;
  while (!signal.aborted) {
    const step = steps.next();
    if (step.done === true) return step.value;
    const breath = pace.breathe();
    if (breath !== undefined) await breath;
  }
  return null;
}

/** What the steps come to, whatever is aborted. */
export function runToEnd<T>(pace: Breather, steps: Next<T>): MaybeAsync<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    const breath = pace.breathe();
    if (breath !== undefined) return breath.then(() => runToEnd(pace, steps));
  }
}

/** Work that is done once, by whoever first asks for it; broken off, it goes on there the next time. */
export class Once<T> {
  readonly #steps: Steps<T>;
  #done: IteratorReturnResult<T> | null = null;

  constructor(steps: Steps<T>) {
    this.#steps = steps;
  }

  /** What it came to; `null` before that. */
  get result(): T | null {
    return this.#done === null ? null : this.#done.value;
  }

  next(): IteratorResult<undefined, T> {
    if (this.#done !== null) return this.#done;
    const step = this.#steps.next();
    if (step.done === true) this.#done = step;
    return step;
  }

  /** As a part of other work. */
  [Symbol.iterator](): Iterator<undefined, T> {
    return { next: () => this.next() };
  }
}

/** Nothing is left to be done. */
export function* atOnce<T>(value: T): Steps<T> {
  yield* [];
  return value;
}

/** For work that is known to be short. */
export function runAtOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
