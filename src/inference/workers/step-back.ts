/**
 * Lets the thread that serves go first: the threads that run models take every CPU while there is work, and each turn of the
 * event loop would wait behind them.
 */
import { getPriority, setPriority } from "node:os";

/** A quarter of the share of a thread that serves, where both want the CPU; all of it where nobody else does. */
const niceMore = 6;
const niceMost = 19;

/**
 * Lowers this thread, and those that it starts from now on (a runtime's own). Only Linux knows a priority for each thread;
 * elsewhere it would lower the process, so nothing is done there.
 */
export function stepBack(): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(Math.min(niceMost, getPriority() + niceMore));
  } catch {
    // A sandbox may refuse the call: slower turns are no reason to judge nothing.
  }
}
