// `npm run bench -- dialects`: what reading costs in each dialect without Envoy, where no detector runs and where one does; memory
// with a body of 10 MB and a stream of 200,000 events; and how time grows with a tool's argument in pieces of 5 bytes.
//
// Bodies are the samples of the matrix, one of their texts made long. Rounds interleave the dialects and policies.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { SharedParts } from "../src/app/exchange-parts.ts";
import type { Plan } from "../src/guard/plan.ts";
import { planFrom } from "../test/helpers/exchange.ts";
import type { BenchOptions, BenchRun } from "./bench.ts";
import { argumentStream, type DialectBody, dialectBodies } from "./load/dialect-bodies.ts";
import { through } from "./load/dialect-pass.ts";
import { openParts } from "./load/pass.ts";
import { type Facts, facts } from "./machine.ts";
import { spreadOf } from "./stats.ts";

/** Microseconds, one a round: a body, or an event of a stream. */
export type Read = {
  readonly dialect: string;
  readonly mode: string;
  readonly fields: "few" | "all" | "stream";
  readonly bytes: number;
  /** 0 for a body that comes whole. */
  readonly events: number;
  readonly reading: readonly number[];
  readonly judging: readonly number[];
};
/** By how many bytes the most memory ever resident grew. */
export type Held = { readonly what: string; readonly bytes: number; readonly heldBytes: number; readonly ms: number };
export type Grown = { readonly argumentBytes: number; readonly ms: number };

export interface DialectsRaw {
  readonly facts: Facts;
  readonly command: string;
  readonly reads: readonly Read[];
  readonly held: readonly Held[];
  readonly growth: readonly Grown[];
}

const standard = {
  rounds: 60,
  repeats: 40,
  bodyBytes: 4096,
  events: 2000,
  tenMB: 10_000_000,
  longEvents: 200_000,
  argument: 2 ** 20,
};
const short = {
  rounds: 1,
  repeats: 1,
  bodyBytes: 4096,
  events: 50,
  tenMB: 100_000,
  longEvents: 500,
  argument: 2 ** 12,
};

const head = "kind: Policy\nversion: 1\ndefaults: { onUnknown: closed, onUnreadable: block }\n";
const none = planFrom(`${head}rules: []\n`);
/** One detector that is as good as none: a word that is not there. */
const word = planFrom(
  `${head}rules: [{ id: w, stage: [prompt, reply], views: [], detect: { keywords: { list: [zebrastripe] } }, action: block }]\n`,
);

export async function runDialects(options: BenchOptions): Promise<BenchRun<DialectsRaw>> {
  const set = options.short ? short : standard;
  const parts = openParts();
  const bodies = dialectBodies(set.bodyBytes, set.events);
  const reads = await measureReads(bodies, parts, set);
  for (const { dialect, mode, fields, reading, judging } of reads)
    options.say(
      `${dialect} ${mode} (${fields}): ${spreadOf(reading).median.toFixed(1)} / ${spreadOf(judging).median.toFixed(1)} us`,
    );
  const held = [
    await measureHeld(`a prompt of ${Math.round(set.tenMB / 1e6)} MB`, "prompt", set.tenMB),
    await measureHeld(`a stream of ${set.longEvents} events`, "stream", set.longEvents),
  ];
  for (const { what, heldBytes, ms } of held)
    options.say(`${what}: ${(heldBytes / 1e6).toFixed(1)} MB, ${ms.toFixed(0)} ms`);
  const growth: Grown[] = [];
  for (const argumentBytes of [set.argument / 4, set.argument / 2, set.argument]) {
    const body = argumentStream(argumentBytes);
    const times: number[] = [];
    for (let run = 0; run < 3; run++) times.push(await timed(body, word, parts));
    growth.push({ argumentBytes, ms: Math.min(...times) });
    options.say(`argument of ${argumentBytes} bytes: ${Math.min(...times).toFixed(0)} ms`);
  }
  const raw = { facts: await facts(options.envoy), command: options.command, reads, held, growth };
  return { raw, failures: 0, recordable: true };
}

async function measureReads(
  bodies: readonly DialectBody[],
  parts: SharedParts,
  { rounds, repeats }: { readonly rounds: number; readonly repeats: number },
): Promise<readonly Read[]> {
  const times = bodies.map(() => ({ reading: [] as number[], judging: [] as number[] }));
  for (let round = -Math.ceil(rounds / 5); round < rounds; round++) {
    for (const [index, body] of bodies.entries()) {
      for (const [name, plan] of [
        ["reading", none],
        ["judging", word],
      ] as const) {
        const runs = body.events > 0 ? 1 : repeats;
        let sum = 0;
        for (let run = 0; run < runs; run++) sum += await timed(body, plan, parts);
        if (round >= 0) times[index]?.[name].push((sum * 1000) / (runs * Math.max(1, body.events)));
      }
    }
  }
  return bodies.map(({ dialect, mode, fields, bytes, events }, index) => ({
    dialect,
    mode,
    fields,
    bytes,
    events,
    ...(times[index] as { reading: number[]; judging: number[] }),
  }));
}

/** Milliseconds of the direction that is measured. */
async function timed(body: DialectBody, plan: Plan, parts: SharedParts): Promise<number> {
  const { ms, blocked } = await through(body, plan, parts);
  if (blocked) throw new Error(`${body.dialect} ${body.mode} was blocked`);
  return ms;
}

/** In a process of its own, whose memory nothing else has used. */
async function measureHeld(what: string, kind: "prompt" | "stream", size: number): Promise<Held> {
  const program = fileURLToPath(new URL("./load/programs/held.ts", import.meta.url));
  const { stdout } = await run(process.execPath, [program, kind, String(size)]);
  const told = JSON.parse(stdout) as Omit<Held, "what"> & { readonly blocked: boolean };
  if (told.blocked) throw new Error(`${what} was blocked`);
  return { what, bytes: told.bytes, heldBytes: told.heldBytes, ms: told.ms };
}

const run = promisify(execFile);
