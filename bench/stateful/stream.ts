// A streamed reply about evidence: how long each claim waits, and what the stream takes as a whole, beside the same stream
// without a guard. The same reply goes through each gateway in turn, round after round; upstream and client share one clock.

import { Agent } from "node:http";
import type { Runtime } from "../../src/inference/backend.ts";
import { Upstream } from "../../test/helpers/upstream.ts";
import type { BenchOptions } from "../bench.ts";
import { receive, type Received, textOf } from "./client.ts";
import { type Gateway, type Guarded, oneThread, openBare, openGuarded, policyText, settled } from "./guards.ts";
import { eventsOf, promptAbout, type Said, tellOf, type Told, type TokenEnds } from "./texts.ts";

export const ways = ["bare", "pass", "rules", "model"] as const;
/** Envoy alone; a guard whose policy has no rules; groundedness by rules; groundedness with a model that judges pairs. */
export type WayName = (typeof ways)[number];

/** One stream through one gateway. */
export interface Streamed {
  /** From the request to the first event with text. */
  readonly firstTextMs: number;
  /** From the request to the end of the reply. */
  readonly totalMs: number;
  /** Of each claim: from when the upstream wrote its last token to when that reached the client. */
  readonly delayMs: readonly number[];
  /** Of that: until the upstream wrote the next token, where the claim was held so long. */
  readonly waitedMs: readonly number[];
  /** Sentences that did not come as they were told: of those made up, and of those that the evidence bears out. */
  readonly caught: number;
  readonly mistaken: number;
}

export interface StreamRaw {
  readonly settings: {
    readonly tokensASecond: number;
    readonly sentences: number;
    readonly madeUp: number;
    /** Of a reply: the mean. */
    readonly tokens: number;
    /** Of a prompt, the least and the most; by the model's tokenizer. */
    readonly evidenceTokens: readonly [number, number];
    readonly action: string;
  };
  readonly runtime: Runtime;
  readonly rounds: readonly Readonly<Record<WayName, Streamed>>[];
  /** What the model was run on, all rounds together. */
  readonly model: { readonly rows: number; readonly tokens: number; readonly runMs: number; readonly claims: number };
}

export interface StreamPlan {
  readonly rounds: number;
  readonly warmUps: number;
  readonly sentences: number;
  readonly evidenceTokens: number;
  readonly tokensASecond: number;
}

export interface PairModel {
  readonly store: string;
  readonly name: string;
  readonly head: string;
}

const action = "redact";
const question = "What is there to know about the towns of the coast?";

export const groundedRule = (model: object): object => ({
  id: "grounded",
  stage: "reply",
  detect: { groundedness: { threshold: 0.5, evidence: ["tools"], ...model } },
  action,
});

export async function measureStreams(
  { envoy: program, say, parts }: BenchOptions,
  plan: StreamPlan,
  { store, name, head }: PairModel,
  endsOf: TokenEnds,
  faults: string[],
): Promise<{ readonly raw: StreamRaw; readonly pids: readonly number[] }> {
  const upstream = parts.use(await Upstream.open());
  const way = { program, upstreamPort: upstream.port };
  const { runtime, models } = oneThread();
  const asking = policyText("model", [groundedRule({ model: { name, head } })]);
  const gateways = {
    bare: await openBare(parts, way),
    pass: await openGuarded(parts, way, { policy: policyText("pass", []) }),
    rules: await openGuarded(parts, way, { policy: policyText("rules", [groundedRule({})]) }),
    model: await openGuarded(parts, way, { policy: asking, models: { folder: store, ...models } }),
  };
  const agent = new Agent({ keepAlive: true });
  parts.defer(() => agent.destroy());
  const rounds: Record<WayName, Streamed>[] = [];
  const told: Told[] = [];
  let before = await modelWork(gateways.model, 0, name);
  for (let round = -plan.warmUps; round < plan.rounds; round += 1) {
    say(`stream: round ${round + plan.warmUps + 1} of ${plan.rounds + plan.warmUps}`);
    if (round === 0) before = await modelWork(gateways.model, plan.warmUps, name);
    const one = await tellOf(plan.rounds + round, plan.sentences, plan.evidenceTokens, endsOf);
    const body = promptAbout(one.evidence, question, true);
    const seen = new Map<WayName, Streamed>();
    for (let at = 0; at < ways.length; at += 1) {
      const each = ways[(at + plan.warmUps + round) % ways.length] as WayName;
      const cell = `${each} ${round}`;
      const pause = 1000 / plan.tokensASecond;
      seen.set(each, await streamOne(upstream, gateways[each], { agent, cell, body, pause, told: one }, faults));
    }
    if (round < 0) continue;
    rounds.push(Object.fromEntries(seen) as Record<WayName, Streamed>);
    told.push(one);
  }
  const after = await modelWork(gateways.model, plan.rounds + plan.warmUps, name);
  const held = told.map(({ evidenceTokens }) => evidenceTokens);
  const raw: StreamRaw = {
    settings: {
      tokensASecond: plan.tokensASecond,
      sentences: plan.sentences,
      madeUp: told[0]?.claims.filter(({ supported }) => !supported).length ?? 0,
      tokens: Math.round(told.reduce((sum, { tokens }) => sum + tokens.length, 0) / told.length),
      evidenceTokens: [Math.min(...held), Math.max(...held)],
      action,
    },
    runtime,
    rounds,
    model: {
      rows: after.rows - before.rows,
      tokens: after.tokens - before.tokens,
      runMs: rounded(after.runMs - before.runMs),
      claims: plan.rounds * plan.sentences,
    },
  };
  if (raw.model.rows < raw.model.claims)
    faults.push(`the model judged ${raw.model.rows} rows of ${raw.model.claims} claims`);
  return { raw, pids: ways.flatMap((each) => gateways[each].pids) };
}

async function modelWork(
  guard: Guarded,
  exchanges: number,
  name: string,
): Promise<{ readonly rows: number; readonly tokens: number; readonly runMs: number }> {
  const metrics = await settled(guard, exchanges);
  const counted = (what: string): number => metrics(`model_${what}`, `model="${name}"`);
  return { rows: counted("rows_total"), tokens: counted("tokens_total"), runMs: counted("run_seconds_sum") * 1000 };
}

type Streaming = {
  readonly agent: Agent;
  readonly cell: string;
  readonly body: Buffer;
  /** Milliseconds between two tokens. */
  readonly pause: number;
  readonly told: Told;
};

async function streamOne(
  upstream: Upstream,
  { port }: Gateway,
  { agent, cell, body, pause, told }: Streaming,
  faults: string[],
): Promise<Streamed> {
  const events = eventsOf(told.tokens);
  const wroteMs: number[] = [];
  upstream.script(cell, async (exchange) => {
    await exchange.body.ended;
    exchange.respond(200, { "content-type": "text/event-stream" });
    const begun = performance.now();
    for (const [at, event] of events.entries()) {
      // What follows the last token comes with it, as from a model that says that it stopped.
      if (at < told.tokens.length) await until(begun + at * pause);
      wroteMs.push(performance.now());
      exchange.write(event);
    }
    exchange.end();
  });
  const received = await receive(port, agent, cell, body);
  return streamedOf(received, wroteMs, told, cell, faults);
}

const until = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, ms - performance.now()));
  });

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

function streamedOf(
  { status, body, sentMs, endMs, arrivedMs, firstTextMs }: Received,
  wroteMs: readonly number[],
  { claims, tokens }: Told,
  cell: string,
  faults: string[],
): Streamed {
  const text = textOf(body);
  const missing = tokens.filter((_, at) => arrivedMs[at] === undefined).length;
  if (status !== 200 || missing > 0 || firstTextMs === null || !body.includes("[DONE]"))
    faults.push(`${cell}: status ${status}, ${missing} of ${tokens.length} events missing`);
  const changed = (supported: boolean): number =>
    claims.filter((claim) => claim.supported === supported && isChanged(claim, text)).length;
  const [caught, mistaken] = [changed(false), changed(true)];
  const [way] = cell.split(" ");
  if ((way === "bare" || way === "pass") && text !== tokens.join("")) faults.push(`${cell}: another reply`);
  if (way === "rules" && caught === 0) faults.push(`${cell}: nothing that was made up was found`);
  const arrival = (at: number): number => arrivedMs[at] ?? Number.NaN;
  return {
    firstTextMs: rounded((firstTextMs ?? Number.NaN) - sentMs),
    totalMs: rounded(endMs - sentMs),
    delayMs: claims.map(({ lastToken }) => rounded(arrival(lastToken) - (wroteMs[lastToken] ?? Number.NaN))),
    waitedMs: claims.map(({ lastToken }) => {
      const [wrote, next] = [wroteMs[lastToken] ?? Number.NaN, wroteMs[lastToken + 1] ?? Number.NaN];
      return rounded(arrival(lastToken) >= next ? next - wrote : 0);
    }),
    caught,
    mistaken,
  };
}

const isChanged = ({ text }: Said, reply: string): boolean => !reply.includes(text);
