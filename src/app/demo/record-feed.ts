// Access-log records in order, for one reader that waits for the next.

import type { AccessRecord } from "./access-log.ts";

export class RecordFeed {
  readonly #records: AccessRecord[] = [];
  #wake: (() => void) | null = null;

  push(record: AccessRecord): void {
    this.#records.push(record);
    this.#wake?.();
  }

  /** Rejects with the signal's reason. */
  async next(signal: AbortSignal): Promise<AccessRecord> {
    for (;;) {
      const record = this.#records.shift();
      if (record !== undefined) return record;
      signal.throwIfAborted();
      const { promise, resolve } = Promise.withResolvers<void>();
      const wake = (): void => resolve();
      this.#wake = wake;
      signal.addEventListener("abort", wake);
      await promise.finally(() => signal.removeEventListener("abort", wake));
    }
  }
}
