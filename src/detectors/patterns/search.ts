/** Walks a window once with an automaton of the kind `search`: which expressions match in it at all, and about where. Most texts end here. */
import { type Automaton, mostPrograms, spent } from "./automaton.ts";
import { classAt, isHigh, isPair, kindBefore, type Reading } from "./reading.ts";

/** For the n-th expression, the first and the last offset at which a match ends; -1 where none does. */
export type Ends = { readonly first: Int32Array; readonly last: Int32Array };

/**
 * Where matches that begin from `from` on end, as far as matches that begin before `to` may. May tell too much, never too
 * little. `null`: the budget is spent.
 */
export function searchFor(automaton: Automaton, reading: Reading, from: number, to: number): Ends | null {
  const { text, longest, budget, classes } = reading;
  const { ofUnit } = classes;
  const { width } = automaton;
  const end = Math.min(text.length, to + longest);
  const ends = { first: new Int32Array(mostPrograms).fill(-1), last: new Int32Array(mostPrograms).fill(-1) };
  let state = automaton.start(kindBefore(reading, from));
  let { table } = automaton;
  for (let at = from; at <= end; at++) {
    // One character more than may be read, or the end of the text, tells what matched before it.
    const unit = at < text.length ? text.charCodeAt(at) : -1;
    const next = unit < 0 || isHigh(unit) ? classAt(reading, at) : (ofUnit[unit] as number);
    const cell = state * width + next;
    let entry = table[cell] as number;
    if (entry < 0) {
      entry = automaton.step(state, next, budget);
      if (entry === spent) return null;
      table = automaton.table;
    }
    if ((entry & 1) === 1) note(automaton.masks[cell] as number, at, ends);
    state = entry >> 1;
    if (isHigh(unit) && isPair(text, at)) at++;
  }
  return ends;
}

function note(matching: number, at: number, { first, last }: Ends): void {
  for (let bits = matching; bits !== 0; bits &= bits - 1) {
    const n = 31 - Math.clz32(bits & -bits);
    if (first[n] === -1) first[n] = at;
    last[n] = at;
  }
}
