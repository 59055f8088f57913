// What may have gone out of a lane, as an exchange would write it.

import type { Mask } from "../../src/guard/masks.ts";

/** Applies masks as they come; `out` holds what may have gone out. */
export class Release {
  out = "";
  #text = "";
  #at = 0;
  #waiting: Mask[] = [];

  step(added: string, settled: number, masks: readonly Mask[]): void {
    this.#text += added;
    this.#waiting.push(...masks);
    while (this.#at < settled) {
      const mask = this.#waiting[0];
      if (mask === undefined || mask.span.start >= settled) {
        this.out += this.#text.slice(this.#at, settled);
        this.#at = settled;
        return;
      }
      this.out += this.#text.slice(this.#at, Math.max(this.#at, mask.span.start)) + mask.placeholder;
      this.#at = Math.max(this.#at, mask.span.end);
      this.#waiting.shift();
    }
  }
}
