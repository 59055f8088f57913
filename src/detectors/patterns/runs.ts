/**
 * Walks a text with an automaton of the kind `runs`, from one offset after another: where the match that begins there
 * ends, and where something begins that the text has not decided yet.
 *
 * Invariant: an answer about an offset depends on nothing but the character before it, and the `longest` units and one
 * character after it. Runs that are in the same state at the same offset go on as one: the later is told what the
 * earlier came to. So walking all starts of a text costs its length, not that times `longest`, wherever runs meet.
 */
import { type Automaton, dead, spent } from "./automaton.ts";
import { classAt, isHigh, isPair, kindBefore, type Reading, splitsPair } from "./reading.ts";

/** What runs came to that have met. `lastMatch`: the last end of a match on the way, -1 where there is none. */
type Path = { lastMatch: number; stop: number; state: number };

export type Outcome = {
  /** Where the match ends, -1 where there is none. */
  readonly end: number;
  /** The text is over before that is decided. */
  readonly open: boolean;
};

export class Runs {
  readonly #automaton: Automaton;
  readonly #begins: Uint8Array;
  readonly #reading: Reading;
  readonly #from: number;
  /** By offset from `from`: the state of the last run that came by, and the place of its path among the paths. */
  readonly #states: Int32Array;
  readonly #pathAt: Int32Array;
  readonly #paths: Path[] = [];

  /** `begins`: the automaton's own beginnings. Only starts in [from, to) are asked for, in ascending order. */
  constructor(automaton: Automaton, begins: Uint8Array, reading: Reading, from: number, to: number) {
    this.#automaton = automaton;
    this.#begins = begins;
    this.#reading = reading;
    this.#from = from;
    const length = Math.max(0, Math.min(reading.text.length, to + reading.longest) - from + 1);
    this.#states = new Int32Array(length);
    this.#pathAt = new Int32Array(length).fill(-1);
  }

  mayStart(start: number): boolean {
    return this.#begins[classAt(this.#reading, start)] === 1 && !splitsPair(this.#reading.text, start);
  }

  /** Follows the match that begins at `start`. `null`: the budget is spent. */
  run(start: number): Outcome | null {
    return this.#walk(start, start, this.#automaton.start(kindBefore(this.#reading, start)), -1);
  }

  /** From `begin` on in the state `first`; `known`: the path that the run has met and goes on with, or -1. */
  #walk(start: number, begin: number, first: number, known: number): Outcome | null {
    const { text, longest, budget, classes } = this.#reading;
    const automaton = this.#automaton;
    const { width } = automaton;
    const from = this.#from;
    const last = Math.min(text.length, start + longest);
    const path = this.#paths[known];
    let lastMatch = path?.lastMatch ?? -1;
    let state = first;
    let at = begin;
    while (state !== dead) {
      const met = known < 0 ? (this.#pathAt[at - from] as number) : -1;
      if (met >= 0 && this.#states[at - from] === state) return this.#join(start, at, lastMatch, met);
      const unit = at < text.length ? text.charCodeAt(at) : -1;
      const plain = unit >= 0 && !isHigh(unit);
      const next = plain ? (classes.ofUnit[unit] as number) : classAt(this.#reading, at);
      let entry = automaton.table[state * width + next] as number;
      if (entry < 0) entry = automaton.step(state, next, budget);
      if (entry === spent) return null;
      if ((entry & 1) === 1) lastMatch = at;
      const after = plain ? at + 1 : at + (isPair(text, at) ? 2 : 1);
      if (after > last) break;
      this.#states[at - from] = state;
      if (known >= 0) this.#pathAt[at - from] = known;
      at = after;
      state = entry >> 1;
    }
    const went = path ?? { lastMatch, stop: at, state };
    if (known < 0) this.#mark(start, at, this.#paths.push(went) - 1);
    went.lastMatch = lastMatch;
    went.stop = at;
    went.state = state;
    budget.stepsLeft -= at - begin + 1;
    return { end: lastMatch, open: at === text.length && state !== dead && automaton.isOpen(state) };
  }

  /** Goes on where the path that was met stopped. */
  #join(start: number, at: number, lastMatch: number, met: number): Outcome | null {
    const path = this.#paths[met] as Path;
    if (path.lastMatch < at) path.lastMatch = lastMatch;
    this.#mark(start, at, met);
    this.#reading.budget.stepsLeft -= at - start;
    return this.#walk(start, path.stop, path.state, met);
  }

  #mark(start: number, end: number, path: number): void {
    this.#pathAt.fill(path, start - this.#from, end - this.#from);
  }
}
