/**
 * Tells the reader of a lane's restorer what the lane releases, in order: its text, and what masks write in its place.
 * Invariant: all before `#until` was told, once.
 */
import type { ReleaseReader } from "../domain/detector.ts";

export class Released {
  readonly #reader: ReleaseReader;
  /** The lane's text; all from what was told last is kept. */
  readonly #textOf: (start: number, end: number) => string;
  #until = 0;

  constructor(reader: ReleaseReader, textOf: (start: number, end: number) => string) {
    this.#reader = reader;
    this.#textOf = textOf;
  }

  /** The text goes up to there as it stands, but for what was told of it already. */
  goes(end: number): void {
    if (end <= this.#until) return;
    this.#reader.read(this.#textOf(this.#until, end));
    this.#until = end;
  }

  /** These words go in place of the text up to there. */
  writes(words: string, end: number): void {
    this.#reader.read(words);
    this.#until = Math.max(this.#until, end);
  }

  /** A placeholder stays; the reader has read it. */
  leaves(end: number): void {
    this.#until = Math.max(this.#until, end);
  }
}
