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
