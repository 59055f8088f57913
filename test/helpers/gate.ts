// A gate that a test opens: what waits on it goes on then, and not by the clock.

export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export function createGate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

/** Gates by name, made when first asked for, so that both sides of a test can name one before it is used. */
export class Gates {
  readonly #gates = new Map<string, Gate>();

  /** Resolves when `name` is opened; at once if it was. */
  at(name: string): Promise<void> {
    return this.#gate(name).opened;
  }

  open(name: string): void {
    this.#gate(name).open();
  }

  #gate(name: string): Gate {
    const known = this.#gates.get(name);
    if (known !== undefined) return known;
    const gate = createGate();
    this.#gates.set(name, gate);
    return gate;
  }
}
