/**
 * Tells the reader of a lane's restorer what the lane releases, in order: its text, and what masks write in its place.
 * Invariant: all before `#until` was told, once.
 */
import type { ReleaseReader } from "../domain/detector.ts";
import type { TextCheck } from "./lane-plan.ts";

/** Read between two breaths, in UTF-16 code units. */
const readAtOnce = 32_768;

/** `null`: nothing is put back in the lane. */
export function openReleased(checks: readonly TextCheck[], textOf: (start: number, end: number) => string) {
  const restores = checks.find((check) => check.restores !== undefined)?.restores;
  return restores === undefined ? null : new Released(restores.reader, textOf);
}

export class Released {
  readonly #reader: ReleaseReader;
  /** The lane's text; all from what was told last is kept. */
  readonly #textOf: (start: number, end: number) => string;
  #until = 0;
  #isLost = false;

  constructor(reader: ReleaseReader, textOf: (start: number, end: number) => string) {
    this.#reader = reader;
    this.#textOf = textOf;
  }

  /** How far to go at once on the way to there. */
  upTo(end: number): number {
    return this.#isLost ? end : Math.min(end, this.#until + readAtOnce);
  }

  /** Text goes that nobody judged. Where it is too much to read now, nothing is put back from there on. */
  skips(end: number): void {
    this.#isLost ||= this.upTo(end) < end;
  }

  mayPutBack(placeholder: string): boolean {
    return !this.#isLost && this.#reader.mayPutBack(placeholder);
  }

  /** The text goes up to there as it stands, but for what was told of it already. */
  goes(end: number): void {
    if (end <= this.#until || this.#isLost) return;
    this.#reader.read(this.#textOf(this.#until, end));
    this.#until = end;
  }

  /** These words go in place of the text up to there. */
  writes(words: string, end: number): void {
    if (!this.#isLost) this.#reader.read(words);
    this.#until = Math.max(this.#until, end);
  }

  /** A placeholder stays; the reader has read it. */
  leaves(end: number): void {
    this.#until = Math.max(this.#until, end);
  }
}
