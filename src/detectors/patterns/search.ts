/** Walks a window once with an automaton of the kind `search`: which expressions match in it at all. Most texts end here. */
import { type Automaton, spent } from "./automaton.ts";
import { classAt, isHigh, isPair, kindBefore, type Reading } from "./reading.ts";

/**
 * As bits, the expressions that match somewhere from `from` on, beginning before `to`. May name too many; `all` where the
 * budget is spent.
 */
export function matchingIn(automaton: Automaton, reading: Reading, from: number, to: number, all: number): number {
  const { text, longest, budget, classes } = reading;
  const { ofUnit } = classes;
  const { width } = automaton;
  const end = Math.min(text.length, to + longest);
  let state = automaton.start(kindBefore(reading, from));
  let { table } = automaton;
  let matching = 0;
  for (let at = from; at <= end; at++) {
    // One character more than may be read, or the end of the text, tells what matched before it.
    const unit = at < text.length ? text.charCodeAt(at) : -1;
    const next = unit < 0 || isHigh(unit) ? classAt(reading, at) : (ofUnit[unit] as number);
    const cell = state * width + next;
    let entry = table[cell] as number;
    if (entry < 0) {
      entry = automaton.step(state, next, budget);
      if (entry === spent) return all;
      table = automaton.table;
    }
    if ((entry & 1) === 1) {
      matching |= automaton.masks[cell] as number;
      if (matching === all) return all;
    }
    state = entry >> 1;
    if (isHigh(unit) && isPair(text, at)) at++;
  }
  return matching;
}
