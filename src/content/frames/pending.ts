/**
 * The bytes of a frame that is not complete. Invariant: adding costs as much as what is added, whatever is there already, and
 * what is kept takes at most twice its length, however small the pieces were.
 */
const firstBytes = 1024;

export class PendingBytes {
  #buffer = new Uint8Array();
  size = 0;

  add(part: Uint8Array): void {
    const size = this.size + part.length;
    if (size > this.#buffer.length) {
      const wider = new Uint8Array(Math.max(firstBytes, this.#buffer.length * 2, size));
      wider.set(this.#buffer.subarray(0, this.size));
      this.#buffer = wider;
    }
    this.#buffer.set(part, this.size);
    this.size = size;
  }

  /** All of them, then `last`; none are left. Alone, `last` is not copied. */
  take(last: Uint8Array): Uint8Array {
    if (this.size === 0) return last;
    this.add(last);
    const whole = this.look();
    this.#buffer = new Uint8Array();
    this.size = 0;
    return whole;
  }

  /** All of them; they stay. */
  look(): Uint8Array {
    return this.#buffer.subarray(0, this.size);
  }
}
