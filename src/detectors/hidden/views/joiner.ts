/**
 * Joins words written letter by letter, `s e c r e t`: at least five single letters, the same separator between all,
 * after an opening character or the beginning, and before something that is no letter or digit.
 *
 * Invariant: keeps at most the separators and letters of one word that is not decided. A word begins at each opening
 * character alike, so a view that begins a little before a word joins it as one that began long before.
 */
import { alphanumericBit, letterBit, openerBit, separatorBit, unitClass, type UnitSink } from "./units.ts";

/** Where joined text goes. `plain`: `text[from, to)`, which stands for itself; its first unit is at `start`. */
export type PlainSink = UnitSink & { plain(text: string, from: number, to: number, start: number): void };

export const joinedLettersMin = 5;

/** Numbers, since each unit of a text passes: `between` words, behind what `opened` one, a single `letter`, a `separator`. */
const between = 0;
const opened = 1;
const letter = 2;
const separator = 3;
type State = typeof between | typeof opened | typeof letter | typeof separator;
type Kept = { readonly unit: number; readonly start: number; readonly end: number };

export class Joiner implements UnitSink {
  readonly #next: PlainSink;
  #state: State;
  /** Single letters of this word, the last one perhaps the first of a longer word. */
  #letters = 0;
  #separator = 0;
  #kept: Kept[] = [];

  /** `atBeginning`: nothing stands before the first unit. */
  constructor(next: PlainSink, atBeginning: boolean) {
    this.#next = next;
    this.#state = atBeginning ? opened : between;
  }

  get pending(): number {
    return this.#kept[0]?.start ?? -1;
  }

  /** `text[from, to)` stands for itself; its first unit is at `start` of the whole text. `units` are those of `text`. */
  plain(text: string, units: Uint16Array, from: number, to: number, start: number): void {
    let given = from;
    let at = from;
    while (at < to) {
      at = this.#skip(units, at, to);
      if (at === to) break;
      if (given < at) this.#next.plain(text, given, at, start + given - from);
      do {
        this.unit(units[at] as number, start + at - from, start + at - from + 1);
        at += 1;
      } while (at < to && this.#kept.length > 0);
      given = at;
    }
    if (given < to) this.#next.plain(text, given, to, start + given - from);
  }

  /** Goes on to the separator behind a single letter, where something may have to be kept, or to the end. */
  #skip(units: Uint16Array, from: number, to: number): number {
    if (this.#kept.length > 0) return from;
    let state: number = this.#state;
    let at = from;
    for (; at < to; at++) {
      const bits = unitClass[units[at] as number] as number;
      if (state === letter && (bits & separatorBit) !== 0) break;
      state = state === opened && (bits & letterBit) !== 0 ? letter : (bits & openerBit) === 0 ? between : opened;
    }
    this.#state = state as State;
    if (state === letter) this.#letters = 1;
    return at;
  }

  unit(unit: number, start: number, end: number): void {
    const bits = unitClass[unit] as number;
    const added = { unit, start, end };
    if (this.#state === opened && (bits & letterBit) !== 0) {
      this.#state = letter;
      this.#letters = 1;
      this.#give(added);
    } else if (this.#state === letter) {
      this.#afterLetter(added, bits);
    } else if (this.#state === separator && (bits & letterBit) !== 0) {
      this.#kept.push(added);
      this.#letters += 1;
      this.#state = letter;
    } else {
      this.#letGo(false);
      this.#between(added, bits);
    }
  }

  end(): void {
    this.#letGo(this.#state === letter && this.#letters >= joinedLettersMin);
    this.#next.end();
  }

  #afterLetter(added: Kept, bits: number): void {
    if ((bits & alphanumericBit) !== 0) {
      this.#letGo(false);
      this.#between(added, bits);
      return;
    }
    const isJoined = this.#letters >= joinedLettersMin;
    const isSeparator = (bits & separatorBit) !== 0;
    if (isSeparator && (this.#letters === 1 || added.unit === this.#separator)) {
      if (isJoined) this.#letGo(true);
      this.#separate(added);
      return;
    }
    this.#letGo(isJoined);
    if (isSeparator && this.#letters > 1 && ((unitClass[this.#separator] as number) & openerBit) !== 0) {
      // The separator before the last letter may open a word that has another one.
      this.#letters = 1;
      this.#separate(added);
    } else {
      this.#between(added, bits);
    }
  }

  #separate(added: Kept): void {
    this.#separator = added.unit;
    this.#kept.push(added);
    this.#state = separator;
  }

  #between(added: Kept, bits: number): void {
    this.#state = (bits & openerBit) === 0 ? between : opened;
    this.#give(added);
  }

  #letGo(joined: boolean): void {
    if (this.#kept.length === 0) return;
    const kept = this.#kept;
    this.#kept = [];
    for (const part of kept) {
      if (!joined || part.unit !== this.#separator) this.#give(part);
    }
  }

  #give({ unit, start, end }: Kept): void {
    this.#next.unit(unit, start, end);
  }
}
