/** The bytes that one gate holds, counted against its own cap and the process's, and how long they are held. */
import type { Holdings } from "../domain/ports.ts";
import type { BlockCause } from "../domain/verdict.ts";
import { Fifo } from "../stdx/fifo.ts";
import type { StageClock } from "./stage-clock.ts";

/** Bytes that came together; `until` counts those of the body. */
type Arrival = { readonly until: number; readonly atMs: number };

export class Held {
  readonly #bytesMax: number;
  readonly #holdings: Holdings;
  readonly #clock: StageClock;
  readonly #arrivals = new Fifo<Arrival>();
  #bytes = 0;
  #came = 0;
  #went = 0;

  constructor(bytesMax: number, holdings: Holdings, clock: StageClock) {
    this.#bytesMax = bytesMax;
    this.#holdings = holdings;
    this.#clock = clock;
  }

  /** Counts more bytes of the body; a cause to block where there is no room for them. */
  take(bytes: number): BlockCause | null {
    if (this.#bytes + bytes > this.#bytesMax) return { kind: "too-large", limitBytes: this.#bytesMax };
    if (!this.#holdings.take(bytes)) return { kind: "overloaded" };
    this.#bytes += bytes;
    if (bytes === 0) return null;
    this.#came += bytes;
    this.#arrivals.push({ until: this.#came, atMs: this.#clock.stepMs });
    return null;
  }

  /** Counts bytes that are made of what is held (unpacked, kept as text) against the process alone. */
  reserve(bytes: number): BlockCause | null {
    if (!this.#holdings.take(bytes)) return { kind: "overloaded" };
    this.#bytes += bytes;
    return null;
  }

  /** Bytes of the body go, in order but for keep-alives: these count as those before them. */
  give(bytes: number): void {
    this.#bytes -= bytes;
    this.#holdings.give(bytes);
    this.#went += bytes;
    let arrival = this.#arrivals.first;
    if (arrival === undefined) return;
    this.#clock.released(arrival.atMs);
    for (; arrival !== undefined && arrival.until <= this.#went; arrival = this.#arrivals.first) this.#arrivals.shift();
  }

  giveAll(): void {
    const { first } = this.#arrivals;
    if (first !== undefined) this.#clock.released(first.atMs);
    this.#arrivals.takeAll();
    this.#holdings.give(this.#bytes);
    this.#bytes = 0;
  }
}
