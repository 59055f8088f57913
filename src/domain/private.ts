/** Text that a person wrote. Printed, logged or turned into JSON it shows its length and nothing else. */
import { inspect } from "node:util";

export class Private {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself, for those that judge it. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return `[private ${this.#text.length}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
