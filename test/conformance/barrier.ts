// Lets one event happen once all of a group are ready for it. Who fails on the way leaves, so that nobody waits for it.

export interface Arrival {
  /** Resolves after all have arrived or left, and the event has happened. */
  happens(): Promise<void>;
  leave(): void;
}

export class Barrier {
  #missing: number;
  readonly #event: () => Promise<void>;
  readonly #happened = Promise.withResolvers<void>();

  constructor(members: number, event: () => Promise<void>) {
    this.#missing = members;
    this.#event = event;
  }

  arrival(): Arrival {
    let counted = false;
    const count = (): void => {
      if (counted) return;
      counted = true;
      this.#missing -= 1;
      if (this.#missing === 0) this.#event().then(this.#happened.resolve, this.#happened.reject);
    };
    return {
      happens: () => {
        count();
        return this.#happened.promise;
      },
      leave: count,
    };
  }
}
