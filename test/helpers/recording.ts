// Bytes as they arrive on one side of an exchange, and how they ended. Grows only; what was recorded never changes.
// Waiting is by arrival, never by the clock: the test that waits brings its own limit.

/** `complete`: a proper end of the message. `cut`: reset, closed early or broken framing. */
export type End = "complete" | "cut";

export class Recording {
  #chunks: Buffer[] = [];
  #end: End | undefined;
  readonly #waiting = new Set<() => void>();
  readonly #ended = Promise.withResolvers<End>();

  append(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#chunks.push(Buffer.from(bytes));
    this.#wake();
  }

  /** The first end counts. */
  finish(end: End): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#ended.resolve(end);
    this.#wake();
  }

  get end(): End | undefined {
    return this.#end;
  }

  get ended(): Promise<End> {
    return this.#ended.promise;
  }

  bytes(): Buffer {
    const whole = Buffer.concat(this.#chunks);
    this.#chunks = [whole];
    return whole;
  }

  text(): string {
    return this.bytes().toString("utf8");
  }

  /** Resolves once the bytes so far satisfy `wanted`; rejects if the recording ends before. */
  async until(wanted: (bytes: Buffer) => boolean, what: string): Promise<void> {
    while (!wanted(this.bytes())) {
      if (this.#end !== undefined) throw new Error(`ended (${this.#end}) before ${what}`);
      const next = Promise.withResolvers<void>();
      this.#waiting.add(next.resolve);
      await next.promise;
    }
  }

  /** Resolves once `text` has arrived. */
  includes(text: string): Promise<void> {
    return this.until((bytes) => bytes.includes(text), `a text of ${text.length} characters`);
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
