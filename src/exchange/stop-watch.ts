/** Adds up how long judging took. Time between calls (waiting for bytes) does not count. */
import type { Clock } from "../domain/ports.ts";

export class StopWatch {
  readonly #clock: Clock;
  #totalMs = 0;
  #maxMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    const from = this.#clock.nowMs();
    try {
      return await work();
    } finally {
      const spent = this.#clock.nowMs() - from;
      this.#totalMs += spent;
      this.#maxMs = Math.max(this.#maxMs, spent);
    }
  }

  get totalMs(): number {
    return this.#totalMs;
  }

  /** The longest single run. */
  get maxMs(): number {
    return this.#maxMs;
  }
}
