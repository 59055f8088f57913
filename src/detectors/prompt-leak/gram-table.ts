/**
 * A set of 64-bit hashes, each as two numbers, in one block of memory. Grows never: made for a known count.
 */

/** The most of the slots that are used. */
const fillMax = 0.5;

export class GramTable {
  readonly #slots: Int32Array;
  readonly #mask: number;

  constructor(count: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(2, count / fillMax)));
    this.#slots = new Int32Array(2 * slots);
    this.#mask = slots - 1;
  }

  add(first: number, second: number): void {
    const slot = this.#find(first, second);
    this.#slots[slot] = first;
    this.#slots[slot + 1] = filled(first, second);
  }

  has(first: number, second: number): boolean {
    const slot = this.#find(first, second);
    return this.#slots[slot] === first && this.#slots[slot + 1] === filled(first, second);
  }

  /** Its slot, or the empty one that it would get. */
  #find(first: number, second: number): number {
    const wanted = filled(first, second);
    let at = (first ^ Math.imul(second, 0x9e3779b1) ^ (second >>> 15)) & this.#mask;
    for (;;) {
      const slot = 2 * at;
      if (this.#slots[slot] === first && this.#slots[slot + 1] === wanted) return slot;
      if (this.#slots[slot] === 0 && this.#slots[slot + 1] === 0) return slot;
      at = (at + 1) & this.#mask;
    }
  }
}

/** Two zeros mean an empty slot. */
const filled = (first: number, second: number): number => (first === 0 && second === 0 ? 1 : second);
