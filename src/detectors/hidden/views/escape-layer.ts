/**
 * Decodes one level of escapes in a stream of units. Layers in a row decode what was escaped more than once.
 *
 * Invariant: keeps only the beginning of one escape. What is no escape passes as it came. The last layer of a row is a
 * probe: it decodes nothing and tells that there was something to decode.
 */
import { readEscape } from "./escapes.ts";
import { escapeBit, unitClass, type UnitSink } from "./units.ts";

export class EscapeLayer implements UnitSink {
  readonly #next: UnitSink;
  readonly #onProbe: (() => void) | null;
  #text = "";
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  constructor(next: UnitSink, onProbe: (() => void) | null = null) {
    this.#next = next;
    this.#onProbe = onProbe;
  }

  /** Where the escape begins that is not complete; -1 where there is none. */
  get pending(): number {
    return this.#starts[0] ?? -1;
  }

  unit(unit: number, start: number, end: number): void {
    if (this.#text === "" && ((unitClass[unit] as number) & escapeBit) === 0) {
      this.#next.unit(unit, start, end);
      return;
    }
    this.#text += String.fromCharCode(unit);
    this.#starts.push(start);
    this.#ends.push(end);
    this.#read(false);
  }

  end(): void {
    this.#read(true);
    this.#next.end();
  }

  #read(ended: boolean): void {
    const text = this.#text;
    let at = 0;
    while (at < text.length) {
      const escape = readEscape(text, at, ended);
      if (escape === "open") break;
      let length = 1;
      if (escape !== "none") {
        length = escape.length;
        this.#onProbe?.();
      }
      if (escape === "none" || this.#onProbe !== null) this.#pass(text, at, length);
      else this.#decoded(escape.text, this.#starts[at] as number, this.#ends[at + length - 1] as number);
      at += length;
    }
    if (at === 0) return;
    this.#text = text.slice(at);
    this.#starts.splice(0, at);
    this.#ends.splice(0, at);
  }

  #pass(text: string, at: number, length: number): void {
    for (let index = at; index < at + length; index++) {
      this.#next.unit(text.charCodeAt(index), this.#starts[index] as number, this.#ends[index] as number);
    }
  }

  #decoded(text: string, start: number, end: number): void {
    for (let index = 0; index < text.length; index++) this.#next.unit(text.charCodeAt(index), start, end);
  }
}
