/**
 * Finds bytes written one by one, `48 65 6c` or `0x48, 0x65, 0x6c`, in a text that grows, and gives the text that they
 * hold. Between two bytes stand one to three blanks, commas, semicolons, colons or hyphens.
 *
 * Invariant: what it gives does not depend on how the text was cut. Keeps the bytes of one run, at most `bytesMax`.
 */
import type { Payload } from "./payload-runs.ts";
import { readableText } from "./readable.ts";

export const bytesMin = 8;
/** Bytes read at once; a longer run is read in pieces of this length. */
const bytesMax = 16_384;
const gapMax = 3;

const gapBit = 1;
const wordBit = 2;
const classes = new Uint8Array(128);
const values = new Int8Array(128).fill(-1);
for (const gap of " ,;:-\t\n") classes[gap.charCodeAt(0)] = gapBit;
for (let unit = 0; unit < 128; unit++) {
  const character = String.fromCharCode(unit);
  if (/[A-Za-z0-9]/.test(character)) classes[unit] = wordBit;
  if (/[0-9A-Fa-f]/.test(character)) values[unit] = Number.parseInt(character, 16);
}

const classOf = (unit: number): number => (unit < 128 ? (classes[unit] as number) : 0);

export class HexPairs {
  readonly #give: (payload: Payload) => void;
  #bytes: number[] = [];
  #start = -1;
  #end = 0;
  #gap = 0;
  /** Units of the word that is open; 0 between words. */
  #length = 0;
  #wordStart = 0;
  /** Digits of it after `0x`, their value, and whether they can still be a byte. */
  #digits = 0;
  #value = 0;
  #isByte = true;

  constructor(give: (payload: Payload) => void) {
    this.#give = give;
  }

  /** Where what is not decided begins; -1 where all is. */
  get pending(): number {
    if (this.#start >= 0) return this.#start;
    return this.#length > 0 && this.#isByte ? this.#wordStart : -1;
  }

  /** `offset`: of the first of the units. */
  feed(units: Uint16Array, offset: number): void {
    for (let at = 0; at < units.length; at++) {
      const unit = units[at] as number;
      const kind = classOf(unit);
      if (kind === wordBit) {
        if (this.#length === 0) this.#beginWord(offset + at);
        if (this.#isByte) this.#word(unit, offset + at);
        this.#length += 1;
        if (!this.#isByte) {
          // Nothing in the rest of the word can be a byte.
          while (at + 1 < units.length && classOf(units[at + 1] as number) === wordBit) at += 1;
        }
      } else {
        if (this.#length > 0) this.#endWord(offset + at);
        if (this.#start >= 0) this.#between(kind, offset + at);
      }
    }
  }

  /** `offset`: where the text ends. */
  end(offset: number): void {
    if (this.#length > 0) this.#endWord(offset);
    this.#close(offset);
  }

  #beginWord(start: number): void {
    this.#wordStart = start;
    this.#digits = 0;
    this.#value = 0;
    this.#isByte = true;
  }

  #word(unit: number, at: number): void {
    const value = values[unit] as number;
    const isPrefix = this.#length === 1 && this.#value === 0 && this.#digits === 1 && (unit | 0x20) === 0x78;
    if (isPrefix) {
      this.#digits = 0;
    } else if (value < 0 || this.#digits === 2) {
      this.#isByte = false;
      this.#close(at);
    } else {
      this.#value = this.#value * 16 + value;
      this.#digits += 1;
    }
  }

  #endWord(at: number): void {
    this.#length = 0;
    if (!this.#isByte) return;
    if (this.#digits !== 2) {
      this.#close(at);
      return;
    }
    if (this.#start < 0) this.#start = this.#wordStart;
    this.#bytes.push(this.#value);
    this.#end = at;
    this.#gap = 0;
    if (this.#bytes.length === bytesMax) this.#close(at);
  }

  #between(kind: number, at: number): void {
    this.#gap += 1;
    if (kind !== gapBit || this.#gap > gapMax) this.#close(at);
  }

  #close(at: number): void {
    if (this.#start < 0) return;
    const { start, end } = { start: this.#start, end: this.#end };
    const bytes = this.#bytes;
    this.#start = -1;
    this.#bytes = [];
    if (bytes.length < bytesMin) return;
    const text = readableText(Buffer.from(bytes), false);
    if (text !== null) this.#give({ start, end, at, text });
  }
}
