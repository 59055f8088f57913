// What exchanges that are open at once take of a guard's memory: each has brought its evidence and is in the middle of its reply.

import { Agent } from "node:http";
import { standardLimits } from "../../src/config/limits.ts";
import { Upstream } from "../../test/helpers/upstream.ts";
import type { BenchOptions } from "../bench.ts";
import { residentBytes } from "../machine.ts";
import { receive } from "./client.ts";
import { openGuarded, policyText, settled, type Guarded } from "./guards.ts";
import { groundedRule } from "./stream.ts";
import { eventsOf, promptAbout, tellOf, type Told, type TokenEnds } from "./texts.ts";

export const memoryCells = ["pass", "rules", "long", "limited"] as const;
/**
 * A policy without rules; groundedness by rules; the same with evidence many times as long; and that with `memoryCharactersMax`
 * below the evidence.
 */
export type MemoryCell = (typeof memoryCells)[number];

export interface Held {
  readonly open: number;
  /** Of the serving process. */
  readonly residentBytes: number;
  /** By its own account. */
  readonly heldBytes: number;
}

export interface MemoryRaw {
  readonly settings: { readonly open: number; readonly sentences: number };
  readonly cells: readonly {
    readonly cell: MemoryCell;
    readonly evidenceTokens: number;
    readonly evidenceCharacters: number;
    readonly memoryCharactersMax: number;
    /** With none open, with half and with all. */
    readonly held: readonly Held[];
    /** Rules that could not answer, as the metrics count them. */
    readonly unknown: number;
  }[];
}

export interface MemoryPlan {
  readonly open: number;
  readonly evidenceTokens: number;
  readonly timesLonger: number;
}

const sentences = 10;
/** UTF-16 code units. */
const limited = 2_000;

export async function measureMemory(
  options: BenchOptions,
  plan: MemoryPlan,
  endsOf: TokenEnds,
  faults: string[],
): Promise<MemoryRaw> {
  const cells: MemoryRaw["cells"][number][] = [];
  for (const cell of memoryCells) {
    await using parts = new AsyncDisposableStack();
    const isLong = cell === "long" || cell === "limited";
    const told = await tellOf(plan.open, sentences, plan.evidenceTokens * (isLong ? plan.timesLonger : 1), endsOf);
    const memoryCharactersMax = cell === "limited" ? limited : standardLimits.memoryCharactersMax;
    const rules = cell === "pass" ? [] : [{ ...groundedRule({}), onUnknown: "open" }];
    const { held, unknown } = await openAtOnce(
      { ...options, parts },
      { policy: policyText(cell, rules), limits: { memoryCharactersMax } },
      { told, open: plan.open },
      faults,
    );
    const evidenceCharacters = told.evidence.reduce((sum, { length }) => sum + length, 0);
    cells.push({ cell, evidenceTokens: told.evidenceTokens, evidenceCharacters, memoryCharactersMax, held, unknown });
    options.say(
      `memory, ${cell}: ${held.map(({ residentBytes: bytes }) => (bytes / 2 ** 20).toFixed(0)).join(", ")} MiB`,
    );
  }
  return { settings: { open: plan.open, sentences }, cells };
}

async function openAtOnce(
  { envoy: program, parts }: BenchOptions,
  settings: { readonly policy: string; readonly limits: object },
  { told, open }: { readonly told: Told; readonly open: number },
  faults: string[],
): Promise<{ readonly held: readonly Held[]; readonly unknown: number }> {
  const upstream = parts.use(await Upstream.open());
  const guard = await openGuarded(parts, { program, upstreamPort: upstream.port }, settings);
  const agent = new Agent({ keepAlive: false });
  parts.defer(() => agent.destroy());
  const body = promptAbout(told.evidence, "What is there to know?", true);
  const events = eventsOf(told.tokens);
  // The client has what comes before: the sentence that is still open is held.
  const half = told.claims[Math.floor(sentences / 2)]?.lastToken ?? 0;
  const seenBefore = told.claims[Math.floor(sentences / 2) - 1]?.lastToken ?? 0;
  let ended = 0;
  const round = async (count: number, isWarmUp: boolean, heldAt: readonly number[]): Promise<readonly Held[]> => {
    const release = Promise.withResolvers<void>();
    if (isWarmUp) release.resolve();
    upstream.script(`${isWarmUp}`, async (exchange) => {
      await exchange.body.ended;
      exchange.respond(200, { "content-type": "text/event-stream" });
      for (const event of events.slice(0, half)) exchange.write(event);
      await release.promise;
      for (const event of events.slice(half)) exchange.write(event);
      exchange.end();
    });
    const held: Held[] = [];
    const done: Promise<void>[] = [];
    for (let at = 0; ; at += 1) {
      if (heldAt.includes(at)) held.push(await heldBy(guard, at));
      if (at === count) break;
      const isThere = Promise.withResolvers<void>();
      const received = receive(guard.port, agent, `${isWarmUp}`, body, (number) => {
        if (number === seenBefore) isThere.resolve();
      });
      const whole = received.then(({ status, arrivedMs, body: got }) => {
        if (status !== 200 || arrivedMs.length !== events.length - 1 || !got.includes("[DONE]"))
          faults.push(`memory: status ${status}, ${arrivedMs.length} of ${events.length - 1} events`);
      });
      done.push(whole);
      await Promise.race([isThere.promise, whole]);
    }
    release.resolve();
    await Promise.all(done);
    ended += count;
    await settled(guard, ended);
    return held;
  };
  await round(Math.ceil(open / 4), true, []);
  const held = await round(open, false, [0, Math.ceil(open / 2), open]);
  return { held, unknown: (await settled(guard, ended))("unknown_total") };
}

async function heldBy(guard: Guarded, open: number): Promise<Held> {
  const metrics = await guard.metrics();
  return { open, residentBytes: await residentBytes(guard.pid), heldBytes: metrics("held_bytes") };
}
