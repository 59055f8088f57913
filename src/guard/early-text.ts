/**
 * Text of a strand that only checks of whole texts still need, in parts: a text that grows at each event of a stream is
 * not to be copied at each. Joined when somebody asks for it, which is at its end.
 */

/** A part grows to so much, so that there are few. In UTF-16 code units. */
const partUnits = 8_192;

export class EarlyText {
  #parts: string[] = [];
  #last = "";
  #start = 0;

  /** Where it starts; what is added goes on where it ends. */
  get start(): number {
    return this.#start;
  }

  /** `at`: where the text begins; it counts for the first that is added. */
  add(text: string, at: number): void {
    if (this.#parts.length === 0 && this.#last === "") this.#start = at;
    this.#last += text;
    if (this.#last.length < partUnits) return;
    this.#parts.push(this.#last);
    this.#last = "";
  }

  all(): string {
    if (this.#parts.length > 1 || this.#last !== "") this.#parts = [this.#parts.join("") + this.#last];
    this.#last = "";
    return this.#parts[0] ?? "";
  }
}
