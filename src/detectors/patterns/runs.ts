/**
 * Walks a text with an automaton of the kind `runs`, from one offset after another: where the match that begins there
 * ends, and where something begins that the text has not decided yet.
 *
 * Invariant: an answer about an offset depends on nothing but the character before it, and the `longest` units and one
 * character after it. Runs that are in the same state at the same offset go on as one: the later is told what the
 * earlier came to. So walking all starts of a text costs its length, not that times `longest`, wherever runs meet.
 */
import { type Automaton, dead, spent } from "./automaton.ts";
import { classAt, isPair, kindBefore, type Reading, splitsPair } from "./reading.ts";

/** What runs came to that have met. `lastMatch`: the last end of a match on the way, -1 where there is none. */
type Path = { lastMatch: number; stop: number; state: number };

export class Runs {
  readonly #automaton: Automaton;
  readonly #begins: Uint8Array;
  readonly #reading: Reading;
  readonly #from: number;
  /** By offset from `from`: the state of the last run that came by, and its path. */
  readonly #states: Int32Array;
  readonly #paths: (Path | undefined)[];

  /** `begins`: the automaton's own beginnings. Only starts in [from, to) are asked for, in ascending order. */
  constructor(automaton: Automaton, begins: Uint8Array, reading: Reading, from: number, to: number) {
    this.#automaton = automaton;
    this.#begins = begins;
    this.#reading = reading;
    this.#from = from;
    const length = Math.min(reading.text.length, to + reading.longest) - from + 1;
    this.#states = new Int32Array(length);
    this.#paths = Array.from({ length }, () => undefined);
  }

  mayStart(start: number): boolean {
    return this.#begins[classAt(this.#reading, start)] === 1 && !splitsPair(this.#reading.text, start);
  }

  /**
   * `end`: where the match that begins at `start` ends, -1 where there is none. `open`: the text is over before that is
   * decided. `null`: the budget is spent.
   */
  run(start: number): { readonly end: number; readonly open: boolean } | null {
    const from = this.#from;
    let state = this.#automaton.start(kindBefore(this.#reading, start));
    let at = start;
    let lastMatch = -1;
    for (;;) {
      const met = this.#paths[at - from];
      if (met !== undefined && this.#states[at - from] === state) {
        if (met.lastMatch < at) met.lastMatch = lastMatch;
        this.#mark(start, at, met);
        return this.#goOn(start, met);
      }
      const entry = this.#entry(state, at);
      if (entry === spent) return null;
      if ((entry & 1) === 1) lastMatch = at;
      const after = this.#after(start, at);
      if (after === at) break;
      this.#states[at - from] = state;
      at = after;
      state = entry >> 1;
      if (state === dead) break;
    }
    const path = { lastMatch, stop: at, state };
    this.#mark(start, at, path);
    return this.#outcome(path);
  }

  /** Follows a path from where it stopped to where a run from `start` must. */
  #goOn(start: number, path: Path): { readonly end: number; readonly open: boolean } | null {
    const from = this.#from;
    let at = path.stop;
    while (path.state !== dead) {
      const entry = this.#entry(path.state, at);
      if (entry === spent) return null;
      if ((entry & 1) === 1) path.lastMatch = at;
      const after = this.#after(start, at);
      if (after === at) break;
      this.#states[at - from] = path.state;
      this.#paths[at - from] = path;
      at = after;
      path.state = entry >> 1;
    }
    this.#reading.budget.stepsLeft -= at - path.stop;
    path.stop = at;
    return this.#outcome(path);
  }

  #outcome({ lastMatch, stop, state }: Path) {
    const open = stop === this.#reading.text.length && state !== dead && this.#automaton.isOpen(state);
    return { end: lastMatch, open };
  }

  #entry(state: number, at: number): number {
    const automaton = this.#automaton;
    const next = classAt(this.#reading, at);
    const entry = automaton.table[state * automaton.width + next] as number;
    return entry >= 0 ? entry : automaton.step(state, next, this.#reading.budget);
  }

  /** The offset after the character at `at`, or `at` itself where a run from `start` ends. */
  #after(start: number, at: number): number {
    const { text, longest } = this.#reading;
    const after = at + (isPair(text, at) ? 2 : 1);
    return after > text.length || after - start > longest ? at : after;
  }

  #mark(start: number, end: number, path: Path): void {
    for (let at = start; at < end; at++) this.#paths[at - this.#from] = path;
    this.#reading.budget.stepsLeft -= end - start + 1;
  }
}
