// How long the event loop was held: a callback that comes back at once, turn after turn, and notes each turn that was long.
// Of each it knows the time that passed, the CPU time of this process in it (where that is less, other programs had the
// machine) and the time that the garbage collector took.

import { type PerformanceEntry, PerformanceObserver, performance } from "node:perf_hooks";

/** Milliseconds. */
export type Turn = { readonly wallMs: number; readonly cpuMs: number; readonly gcMs: number };

export type Pauses = {
  readonly turns: number;
  /** The turn in which this process held the loop longest, its collector too: time that others had the machine left out. */
  readonly longest: Turn;
  /** As a clock sees it, of any turn. */
  readonly wallMs: number;
  /** Most CPU time of one turn without the collector: what the work itself held the loop for. */
  readonly ownMs: number;
};

/** How long the loop was held in a turn. */
export const heldMs = ({ wallMs, cpuMs }: Turn): number => Math.min(wallMs, cpuMs);

/** Shorter turns are not looked into. */
const notedMs = 1;

/** CPU time of this process in milliseconds. The kernel tells it to the microsecond, that of one thread only by its ticks. */
export function cpuMsNow(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

type Noted = { readonly from: number; readonly to: number; readonly cpuMs: number };

/** Watches the loop while `work` runs. One at a time. */
export async function pausesOf<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly pauses: Pauses }> {
  const noted: Noted[] = [];
  const collected: PerformanceEntry[] = [];
  const observer = new PerformanceObserver((list) => collected.push(...list.getEntries()));
  observer.observe({ entryTypes: ["gc"] });
  let turns = 0;
  let watching = true;
  let last = performance.now();
  let lastCpu = cpuMsNow();
  const watched = new Promise<void>((resolve) => {
    const look = (): void => {
      const now = performance.now();
      const cpu = cpuMsNow();
      turns += 1;
      if (now - last >= notedMs) noted.push({ from: last, to: now, cpuMs: cpu - lastCpu });
      // A turn begins when the look is over: looking is not the work's.
      last = now;
      lastCpu = cpu;
      if (watching) setImmediate(look);
      else resolve();
    };
    setImmediate(look);
  });
  let value: T;
  try {
    value = await work();
  } finally {
    watching = false;
    await watched;
    await new Promise((resolve) => setTimeout(resolve, 0)); // entries come a turn later
    observer.disconnect();
  }
  return { value, pauses: summed(turns, noted, collected) };
}

function summed(turns: number, noted: readonly Noted[], collected: readonly PerformanceEntry[]): Pauses {
  let longest: Turn = { wallMs: 0, cpuMs: 0, gcMs: 0 };
  let longestWallMs = 0;
  let ownMs = 0;
  for (const { from, to, cpuMs } of noted) {
    let gcMs = 0;
    for (const { startTime, duration } of collected) {
      gcMs += Math.max(0, Math.min(to, startTime + duration) - Math.max(from, startTime));
    }
    const turn = { wallMs: to - from, cpuMs, gcMs };
    if (heldMs(turn) > heldMs(longest)) longest = turn;
    longestWallMs = Math.max(longestWallMs, turn.wallMs);
    ownMs = Math.max(ownMs, heldMs(turn) - gcMs);
  }
  return { turns, longest, wallMs: longestWallMs, ownMs };
}

/** Timers with nothing else to do. */
export async function idleLateness(forMs: number): Promise<Lateness> {
  const { late } = await latenessOf(() => new Promise<void>((resolve) => setTimeout(resolve, forMs)));
  return late;
}

/** The loop with nothing to do but to be watched. */
export async function idlePauses(forMs: number): Promise<Pauses> {
  const { pauses } = await pausesOf(() => new Promise<void>((resolve) => setTimeout(resolve, forMs)));
  return pauses;
}

/** How late timers came, in milliseconds. */
export type Lateness = { readonly longestMs: number; readonly p99Ms: number };

const timerMs = 1;

/**
 * How late a timer comes while `work` runs, the next being set when one has come. Unlike `pausesOf` it leaves the loop idle
 * between them, as that of a server is: where other threads want every CPU, a loop that never rests waits for them by itself.
 */
export async function latenessOf<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly late: Lateness }> {
  const late: number[] = [];
  let due = performance.now() + timerMs;
  let timer = setTimeout(look, timerMs);
  function look(): void {
    late.push(Math.max(0, performance.now() - due));
    due = performance.now() + timerMs;
    timer = setTimeout(look, timerMs);
  }
  try {
    const value = await work();
    late.sort((a, b) => a - b);
    const p99 = late[Math.floor(late.length * 0.99)] ?? 0;
    return { value, late: { longestMs: late.at(-1) ?? 0, p99Ms: p99 } };
  } finally {
    clearTimeout(timer);
  }
}
