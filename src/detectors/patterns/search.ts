/** Walks a window once with an automaton of the kind `search`: which expressions match in it at all. Most texts end here. */
import { type Automaton, spent } from "./automaton.ts";
import { classAt, isPair, kindBefore, type Reading } from "./reading.ts";

/**
 * As bits, the expressions that match somewhere from `from` on, beginning before `to`. May name too many; `all` where the
 * budget is spent.
 */
export function matchingIn(automaton: Automaton, reading: Reading, from: number, to: number, all: number): number {
  const { text, longest, budget } = reading;
  const { width } = automaton;
  const end = Math.min(text.length, to + longest);
  let state = automaton.start(kindBefore(reading, from));
  let matching = 0;
  budget.stepsLeft -= end - from;
  for (let at = from; at <= end; at += isPair(text, at) ? 2 : 1) {
    const cell = state * width + classAt(reading, at);
    let entry = automaton.table[cell] as number;
    if (entry < 0) entry = automaton.step(state, classAt(reading, at), budget);
    if (entry === spent) return all;
    if ((entry & 1) === 1) matching |= automaton.masks[cell] as number;
    if (matching === all) return all;
    state = entry >> 1;
  }
  return matching;
}
