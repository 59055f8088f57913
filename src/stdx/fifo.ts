/** Fewer places that are free are not taken back: a queue that holds one thing at a time would be made anew each time. */
const freeMin = 32;

/** First in, first out, however long it gets: an array's own `shift` moves all the rest each time. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  /** How many of them are gone. */
  #gone = 0;

  get length(): number {
    return this.#items.length - this.#gone;
  }

  /** The first, which stays. */
  get first(): T | undefined {
    return this.#items[this.#gone];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#gone];
    this.#items[this.#gone] = undefined;
    this.#gone += 1;
    if (this.#gone >= freeMin && this.#gone * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#gone);
      this.#gone = 0;
    }
    return item;
  }

  /** Takes all, in order. */
  takeAll(): T[] {
    const all = this.#items.slice(this.#gone) as T[];
    this.#items = [];
    this.#gone = 0;
    return all;
  }
}
