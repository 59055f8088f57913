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
  /** Of what may be an escape, the first `#count` of each. */
  readonly #units: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #count = 0;

  constructor(next: UnitSink, onProbe: (() => void) | null = null) {
    this.#next = next;
    this.#onProbe = onProbe;
  }

  /** Where the escape begins that is not complete; -1 where there is none. */
  get pending(): number {
    return this.#count === 0 ? -1 : (this.#starts[0] as number);
  }

  unit(unit: number, start: number, end: number): void {
    if (this.#count === 0 && ((unitClass[unit] as number) & escapeBit) === 0) {
      this.#next.unit(unit, start, end);
      return;
    }
    const count = this.#count;
    this.#units[count] = unit;
    this.#starts[count] = start;
    this.#ends[count] = end;
    this.#count = count + 1;
    this.#read(false);
  }

  end(): void {
    this.#read(true);
    this.#next.end();
  }

  #read(ended: boolean): void {
    const count = this.#count;
    let at = 0;
    while (at < count) {
      const escape = readEscape(this.#units, at, count, ended);
      if (escape === "open") break;
      const length = escape === "none" ? 1 : escape.length;
      if (escape === "none") this.#pass(at, at + 1);
      else if (this.#onProbe === null) this.#decoded(escape.text, at, at + length);
      else {
        this.#onProbe();
        this.#pass(at, at + length);
      }
      at += length;
    }
    this.#drop(at);
  }

  #drop(count: number): void {
    const left = this.#count - count;
    for (let at = 0; at < left; at++) {
      this.#units[at] = this.#units[at + count] as number;
      this.#starts[at] = this.#starts[at + count] as number;
      this.#ends[at] = this.#ends[at + count] as number;
    }
    this.#count = left;
  }

  #pass(from: number, to: number): void {
    for (let at = from; at < to; at++) {
      this.#next.unit(this.#units[at] as number, this.#starts[at] as number, this.#ends[at] as number);
    }
  }

  #decoded(text: string, from: number, to: number): void {
    const start = this.#starts[from] as number;
    const end = this.#ends[to - 1] as number;
    for (let index = 0; index < text.length; index++) this.#next.unit(text.charCodeAt(index), start, end);
  }
}
