/**
 * The hash of the last `length` letters, moved on letter by letter, as they are read and as they would be read
 * backwards. 64 bits in two numbers: equal letters have equal hashes, others only by an accident of one in 2^64.
 */
import { assert } from "../../stdx/assert.ts";
import type { Steps } from "../../stdx/paced.ts";

const factors = [0x01000193, 0x85ebca6b] as const;
/** So that letters of small value reach all bits. */
const spread = 0x9e3779b1;

const power = (factor: number, exponent: number): number => {
  let product = 1;
  for (let count = 0; count < exponent; count++) product = Math.imul(product, factor);
  return product;
};

/** The factor that undoes multiplying by an odd number, modulo 2^32 (Newton). */
function inverse(odd: number): number {
  let found = odd;
  for (let round = 0; round < 5; round++) found = Math.imul(found, 2 - Math.imul(odd, found));
  assert(Math.imul(found, odd) === 1, "an odd factor has an inverse");
  return found;
}

export class GramHash {
  readonly length: number;
  /** Of the letters in their order. */
  first = 0;
  second = 0;
  /** Of the letters backwards. */
  firstBack = 0;
  secondBack = 0;
  readonly #window: Uint16Array;
  #count = 0;
  #at = 0;
  /** The factors to the power of the letters so far, while it fills up. */
  #rise: readonly [number, number] = [1, 1];
  readonly #gone: readonly [number, number];
  readonly #top: readonly [number, number];
  readonly #undo: readonly [number, number];

  constructor(length: number) {
    this.length = length;
    this.#window = new Uint16Array(length);
    this.#gone = [power(factors[0], length), power(factors[1], length)];
    this.#top = [power(factors[0], length - 1), power(factors[1], length - 1)];
    this.#undo = [inverse(factors[0]), inverse(factors[1])];
  }

  /** There are `length` letters. */
  get isFull(): boolean {
    return this.#count === this.length;
  }

  clear(): void {
    this.#count = 0;
    this.#at = 0;
    this.#rise = [1, 1];
    this.first = 0;
    this.second = 0;
    this.firstBack = 0;
    this.secondBack = 0;
  }

  /** One more letter; the oldest leaves where there are too many. Fills up from the first letter on. */
  add(letter: number): void {
    const added = Math.imul(letter, spread);
    const [one, two] = factors;
    this.first = (Math.imul(this.first, one) + added) | 0;
    this.second = (Math.imul(this.second, two) + added) | 0;
    if (this.#count === this.length) {
      const gone = Math.imul(this.#window[this.#at] as number, spread);
      this.first = (this.first - Math.imul(gone, this.#gone[0])) | 0;
      this.second = (this.second - Math.imul(gone, this.#gone[1])) | 0;
      this.firstBack = Math.imul(this.firstBack - gone, this.#undo[0]);
      this.secondBack = Math.imul(this.secondBack - gone, this.#undo[1]);
      this.firstBack = (this.firstBack + Math.imul(added, this.#top[0])) | 0;
      this.secondBack = (this.secondBack + Math.imul(added, this.#top[1])) | 0;
    } else {
      this.firstBack = (this.firstBack + Math.imul(added, this.#rise[0])) | 0;
      this.secondBack = (this.secondBack + Math.imul(added, this.#rise[1])) | 0;
      this.#rise = [Math.imul(this.#rise[0], one), Math.imul(this.#rise[1], two)];
      this.#count += 1;
    }
    this.#window[this.#at] = letter;
    this.#at = this.#at + 1 === this.length ? 0 : this.#at + 1;
  }
}

/** Letters between two breaths. */
const blockLetters = 4_096;

type TakeGram = (first: number, second: number) => void;

/** All runs of `length` letters in a text of letters, in order, by their hashes. */
export function* gramSteps(letters: string, length: number, take: TakeGram): Steps<void> {
  const [one, two] = factors;
  const goneOne = power(one, length);
  const goneTwo = power(two, length);
  let first = 0;
  let second = 0;
  for (let at = 0; at < letters.length; at++) {
    const added = Math.imul(letters.charCodeAt(at), spread);
    first = Math.imul(first, one) + added;
    second = Math.imul(second, two) + added;
    if (at >= length) {
      const gone = Math.imul(letters.charCodeAt(at - length), spread);
      first -= Math.imul(gone, goneOne);
      second -= Math.imul(gone, goneTwo);
    }
    first |= 0;
    second |= 0;
    if (at >= length - 1) take(first, second);
    if (at % blockLetters === blockLetters - 1) yield;
  }
}

/** The first number of the hash of `length` letters, read from `from` on in that direction. */
export function gramOf(letters: Uint16Array, from: number, length: number, direction: 1 | -1): number {
  let hash = 0;
  for (let count = 0, at = from; count < length; count++, at += direction)
    hash = (Math.imul(hash, factors[0]) + Math.imul(letters[at] as number, spread)) | 0;
  return hash;
}
