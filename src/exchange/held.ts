/** The bytes that one gate holds, counted against its own cap and the process's. */
import type { Holdings } from "../domain/ports.ts";
import type { BlockCause } from "../domain/verdict.ts";

export class Held {
  readonly #bytesMax: number;
  readonly #holdings: Holdings;
  #bytes = 0;

  constructor(bytesMax: number, holdings: Holdings) {
    this.#bytesMax = bytesMax;
    this.#holdings = holdings;
  }

  /** Counts more bytes; a cause to block where there is no room for them. */
  take(bytes: number): BlockCause | null {
    if (this.#bytes + bytes > this.#bytesMax) return { kind: "too-large", limitBytes: this.#bytesMax };
    if (!this.#holdings.take(bytes)) return { kind: "overloaded" };
    this.#bytes += bytes;
    return null;
  }

  /** Counts bytes that are made of what is held (unpacked, kept as text) against the process alone. */
  reserve(bytes: number): BlockCause | null {
    if (!this.#holdings.take(bytes)) return { kind: "overloaded" };
    this.#bytes += bytes;
    return null;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
    this.#holdings.give(bytes);
  }

  giveAll(): void {
    this.give(this.#bytes);
  }
}
