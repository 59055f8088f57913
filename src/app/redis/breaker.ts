/**
 * Leaves out calls to what keeps failing: after some faults in a row it rests, then one call tries. Each rest is twice as long as
 * the one before, until a call succeeds. Does no I/O; the clock is the caller's.
 */

export type BreakerParts = {
  readonly nowMs: () => number;
  /** Faults in a row that open it. */
  readonly faultsMax: number;
  /** The first rest and the longest, in milliseconds. */
  readonly restMs: number;
  readonly restMostMs: number;
  /** True: calls are left out from now on. Told at changes alone; a trial that fails is none. */
  readonly onChange: (isOpen: boolean) => void;
};

/** A call that may be made. Only the first word on it counts, and none that comes when the breaker has changed since. */
export type BreakerCall = { ok(): void; fault(): void };

export class Breaker {
  readonly #parts: BreakerParts;
  #faults = 0;
  #restMs: number;
  /** `null`: closed. */
  #openUntilMs: number | null = null;
  #isTrying = false;
  /** Calls of an earlier one have nothing to say. */
  #round = 0;

  constructor(parts: BreakerParts) {
    this.#parts = parts;
    this.#restMs = parts.restMs;
  }

  get isOpen(): boolean {
    return this.#openUntilMs !== null;
  }

  /** `null`: leave it out. Whoever gets a call has to say how it went. */
  tryCall(): BreakerCall | null {
    if (this.#openUntilMs !== null) {
      if (this.#isTrying || this.#parts.nowMs() < this.#openUntilMs) return null;
      this.#isTrying = true;
    }
    const round = this.#round;
    let isSaid = false;
    const say = (word: () => void) => (): void => {
      if (isSaid || round !== this.#round) return;
      isSaid = true;
      word();
    };
    return { ok: say(() => this.#succeeded()), fault: say(() => this.#failed()) };
  }

  #succeeded(): void {
    this.#faults = 0;
    if (this.#openUntilMs === null) return;
    this.#round += 1;
    this.#openUntilMs = null;
    this.#isTrying = false;
    this.#restMs = this.#parts.restMs;
    this.#parts.onChange(false);
  }

  #failed(): void {
    this.#faults += 1;
    const wasOpen = this.#openUntilMs !== null;
    if (!wasOpen && this.#faults < this.#parts.faultsMax) return;
    this.#round += 1;
    this.#faults = 0;
    this.#isTrying = false;
    this.#openUntilMs = this.#parts.nowMs() + this.#restMs;
    this.#restMs = Math.min(this.#restMs * 2, this.#parts.restMostMs);
    if (!wasOpen) this.#parts.onChange(true);
  }
}
