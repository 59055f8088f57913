/** What the core asks of its surroundings. `app/` gives the real ones, tests give their own. */

export type Clock = {
  /** Monotonic milliseconds. */
  nowMs(): number;
  /** Seconds since the Unix epoch, whole. */
  epochS(): number;
};

/**
 * Keeps long work from holding the event loop. Called between slices of work; answers with a promise to wait for
 * when this turn has run long enough, else with nothing.
 */
export type Pace = { breathe(): Promise<void> | undefined };

/** A share of the memory that all exchanges may hold together, in bytes. */
export type Holdings = {
  /** False when the process holds too much already: shed now. */
  take(bytes: number): boolean;
  give(bytes: number): void;
};

/**
 * What replicas may share: a cache. A key that is not there, a store that is gone or slow: both are `null`. It never throws,
 * and never takes longer than its own time-out. What it gives may be anybody's: whoever asks authenticates it.
 */
export type SharedStore = {
  get(key: string): Promise<Uint8Array | null>;
  /** Kept for `ttlS` seconds at the most; nobody is told whether it was kept. */
  put(key: string, value: Uint8Array, ttlS: number): void;
};
