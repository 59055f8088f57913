/**
 * What a system prompt consists of, to be asked of a reply: all runs of `length` letters, and whether a few letters could
 * be the beginning of one. Holds hashes, no text of the system prompt.
 */
import type { Steps } from "../../stdx/paced.ts";
import { gramOf, gramSteps } from "./gram-hash.ts";
import { GramTable } from "./gram-table.ts";
import type { Letters } from "../letters/letters.ts";

/** A shorter system prompt is none: its few words may stand in any reply. In letters. */
export const promptLettersMin = 20;
/** Of a longer one the beginning counts: a few letters may stand for many more once they are folded. In letters. */
export const promptLettersMax = 1_048_576;
/** Short runs of these lengths tell early that a reply goes another way. Each is less than `promptLettersMin`. */
const probeLengths = [4, 12] as const;
/** Bits of the probes' sets for each letter of the prompt: one in eight says yes by accident. */
const bitsPerLetter = 8;

export class PromptGrams {
  /** Letters in a row that count as a leak: as asked for, or the whole of a prompt that is shorter. */
  readonly length: number;
  readonly #table: GramTable;
  readonly #probes: readonly BitSet[];

  private constructor(length: number, table: GramTable, probes: readonly BitSet[]) {
    this.length = length;
    this.#table = table;
    this.#probes = probes;
  }

  /** `joined`: the letters of the system prompt, at least `promptLettersMin`. */
  static *of(joined: string, lettersMin: number): Steps<PromptGrams> {
    const length = Math.min(lettersMin, joined.length);
    const table = new GramTable(joined.length - length + 1);
    yield* gramSteps(joined, length, (first, second) => table.add(first, second));
    const probes: BitSet[] = [];
    for (const probe of probeLengths) probes.push(yield* probeSet(joined, probe));
    return new PromptGrams(length, table, probes);
  }

  /** By the hash of `length` letters. */
  has(first: number, second: number): boolean {
    return this.#table.has(first, second);
  }

  /**
   * Of the letters letters[0, count), fewer than `length`: how many at their end may go on to a run of the prompt, read
   * forwards or backwards. May name too many, never too few.
   */
  mayGoOn(letters: Uint16Array, count: number): number {
    return Math.max(this.#goesOn(letters, count, 1), this.#goesOn(letters, count, -1));
  }

  #goesOn(letters: Uint16Array, count: number, direction: 1 | -1): number {
    for (let tail = probeLengths[0]; tail <= count; tail++) {
      for (const [index, length] of probeLengths.entries()) {
        if (tail < length) break;
        const start = count - tail;
        const from = direction === 1 ? start : start + length - 1;
        const probe = this.#probes[index] as BitSet;
        if (!probe.has(gramOf(letters, from, length, direction))) return tail - 1;
      }
    }
    return count;
  }
}

/** The runs of the prompt that the user's own words hold too: who wrote them is told nothing by their repetition. */
export function* grantedTo(texts: readonly string[], letters: Letters, grams: PromptGrams): Steps<ReadonlySet<number>> {
  const granted = new Set<number>();
  for (const text of texts) {
    yield* gramSteps(yield* letters.joinSteps(text), grams.length, (first, second) => {
      if (grams.has(first, second)) granted.add(gramKey(first, second));
    });
  }
  return granted;
}

/** A hash as one number, of 53 bits. */
export const gramKey = (first: number, second: number): number => (first >>> 0) * 2 ** 21 + (second >>> 11);

type BitSet = { has(hash: number): boolean };

function* probeSet(joined: string, length: number): Steps<BitSet> {
  const size = 2 ** Math.ceil(Math.log2(joined.length * bitsPerLetter));
  const bits = new Uint8Array(size >>> 3);
  const shift = 32 - Math.log2(size);
  const bitOf = (hash: number): number => Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> shift;
  yield* gramSteps(joined, length, (first) => {
    const bit = bitOf(first);
    bits[bit >>> 3] = (bits[bit >>> 3] as number) | (1 << (bit & 7));
  });
  return {
    has: (wanted) => {
      const bit = bitOf(wanted);
      return ((bits[bit >>> 3] as number) & (1 << (bit & 7))) !== 0;
    },
  };
}
