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
    for (let mask = this.#waiting[0]; mask !== undefined && mayGo(mask, settled); mask = this.#waiting[0]) {
      this.out += this.#text.slice(this.#at, Math.max(this.#at, mask.span.start)) + mask.placeholder;
      this.#at = Math.max(this.#at, mask.span.end);
      this.#waiting.shift();
    }
    this.out += this.#text.slice(this.#at, Math.max(this.#at, settled));
    this.#at = Math.max(this.#at, settled);
  }
}

/** Words behind a text go with its end. */
const mayGo = ({ span, beside }: Mask, settled: number): boolean =>
  span.start < settled || (beside === "after" && span.start === settled);
