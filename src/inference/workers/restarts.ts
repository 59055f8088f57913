/**
 * When a thread is started in place of one that died: after a delay that doubles each time that this is needed, and begins anew
 * when something went well. What is started, and what for, is not known here.
 */

const restartMs = { first: 100, most: 10_000 } as const;

export class Restarts {
  readonly #start: () => Promise<string | null>;
  readonly #onFailure: (message: string) => void;
  readonly #timers = new Set<NodeJS.Timeout>();
  #delayMs: number = restartMs.first;
  #closed = false;

  /** `start` answers why it could not, which `onFailure` is told before it is tried again; `null`: it is there, or not wanted. */
  constructor(start: () => Promise<string | null>, onFailure: (message: string) => void) {
    this.#start = start;
    this.#onFailure = onFailure;
  }

  plan(): void {
    if (this.#closed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#start().then((why) => {
        if (why === null) return;
        this.#onFailure(why);
        this.plan();
      });
    }, this.#delayMs);
    this.#delayMs = Math.min(restartMs.most, this.#delayMs * 2);
    this.#timers.add(timer);
  }

  wentWell(): void {
    this.#delayMs = restartMs.first;
  }

  /** What was planned is not started. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
