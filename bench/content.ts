// `npm run bench -- content`: what reading, judging and writing back cost without Envoy, with every deterministic guard on;
// what each guard costs alone; how time grows, and how long the event loop is held, on texts made to be expensive.
//
// Rounds interleave what is compared, so that what disturbs the machine disturbs all of it. It measures and keeps the raw
// figures; content-report.ts judges and writes.

import type { BenchOptions, BenchRun } from "./bench.ts";
import { type Growth, measureGrowth, type Reached } from "./load/growth.ts";
import { hostiles } from "./load/hostile.ts";
import { openParts } from "./load/pass.ts";
import { heldMs, idlePauses, type Pauses } from "./load/pauses.ts";
import { loadPlans } from "./load/plans.ts";
import { type Alone, measureAlone, measureWorkload, type Workload, workloadsOf } from "./load/rounds.ts";
import { type Facts, facts } from "./machine.ts";
import { spreadOf } from "./stats.ts";

export interface ContentRaw {
  readonly facts: Facts;
  readonly command: string;
  readonly settings: { readonly seed: number; readonly reach: Reached };
  /** Of the loop with nothing to do, before and after. */
  readonly idle: readonly Pauses[];
  readonly workloads: readonly Workload[];
  readonly alone: readonly Alone[];
  readonly growth: readonly Growth[];
}

const seed = 20_261_121;
const standard = {
  rounds: { "4 KB prompt": 200, "64 KB prompt": 40, "1 MB prompt": 5, "2,000-event stream": 40 },
  aloneRounds: 16,
  promptUnits: 64 * 1024,
  streamEvents: 2000,
  idleMs: 1000,
  reach: { wholeUnits: 1024 * 1024, streamUnits: 128 * 1024, doublings: 3, runsMost: 3 },
} as const;
const short = {
  rounds: { "4 KB prompt": 1, "64 KB prompt": 1, "1 MB prompt": 0, "2,000-event stream": 1 },
  aloneRounds: 1,
  promptUnits: 8 * 1024,
  streamEvents: 200,
  idleMs: 10,
  reach: { wholeUnits: 4 * 1024, streamUnits: 2 * 1024, doublings: 1, runsMost: 1 },
} as const;

export async function runContent(options: BenchOptions): Promise<BenchRun<ContentRaw>> {
  const set = options.short ? short : standard;
  const plans = await loadPlans();
  const parts = openParts();
  const faults: string[] = [];
  const workloads: Workload[] = [];
  for (const { name, ...made } of workloadsOf(seed)) {
    if (set.rounds[name] === 0) continue;
    const measured = await measureWorkload({ name, ...made }, plans, parts, set.rounds[name], faults);
    workloads.push(measured);
    options.say(
      `${name}, ${measured.text}: ${middle(measured.none)} / ${middle(measured.noting)} / ${middle(measured.every)} ms`,
    );
  }
  const shape = { promptUnits: set.promptUnits, streamEvents: set.streamEvents, rounds: set.aloneRounds, seed };
  const alone = await measureAlone(plans, parts, shape, faults);
  options.say(`${alone.length} guards alone`);
  const idle = [await idlePauses(set.idleMs)];
  const growth: Growth[] = [];
  for (const hostile of hostiles) {
    for (const form of ["whole", "stream"] as const) {
      const measured = await measureGrowth(hostile, form, plans, parts, set.reach, faults);
      growth.push(measured);
      options.say(lineOf(measured));
    }
  }
  idle.push(await idlePauses(set.idleMs));
  for (const fault of faults) options.say(fault);
  const raw: ContentRaw = {
    facts: await facts(options.envoy),
    command: options.command,
    settings: { seed, reach: set.reach },
    idle,
    workloads,
    alone,
    growth,
  };
  return { raw, failures: faults.length, recordable: true };
}

function middle(times: readonly number[]): string {
  return spreadOf(times).median.toFixed(1);
}

function lineOf({ target, name, form, sizes }: Growth): string {
  const times = sizes.map(({ ms }) => ms.toFixed(1)).join(" / ");
  const pause = Math.max(...sizes.map(({ pauses }) => heldMs(pauses.longest)));
  return `${target}, ${name}, ${form}: ${times} ms, longest pause ${pause.toFixed(1)} ms`;
}
