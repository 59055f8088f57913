/** Admission is a thing you hold, not a counter you remember to decrement. */
export class Permits {
  readonly total: number;
  #free: number;

  constructor(total: number) {
    this.total = total;
    this.#free = total;
  }

  get held(): number {
    return this.total - this.#free;
  }

  /** Undefined means: shed now. Nothing waits here, so nothing queues without bound. */
  tryAcquire(): Disposable | undefined {
    if (this.#free === 0) return undefined;
    this.#free -= 1;
    let holding = true;
    return {
      [Symbol.dispose]: () => {
        if (holding) this.#free += 1;
        holding = false;
      },
    };
  }
}
