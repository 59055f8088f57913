// `npm run bench -- prompts`: what a guard adds to a prompt whose rules ask a model, through a real Envoy, beside the runtime's
// own time for the same windows.
//
// Each prompt goes through Envoy without the guard and with it, and then its rows are run straight on the model, one right after
// the other: what disturbs the machine disturbs all three. It measures and keeps the raw figures; prompts-report.ts writes.

import { access, stat } from "node:fs/promises";
import { Agent } from "node:http";
import { fileURLToPath } from "node:url";
import type { Runtime } from "../src/inference/backend.ts";
import type { Row } from "../src/inference/batching/rows.ts";
import { openTestStore } from "../test/helpers/model-store.ts";
import { seeded } from "../test/helpers/secret-samples.ts";
import type { BenchOptions, BenchRun } from "./bench.ts";
import { jsonReply, promptBody } from "./load/bodies.ts";
import { exchange } from "./load/closed-loop.ts";
import { type Encoder, openEncoder } from "./load/encoder.ts";
import { actionOf, type GuardedModel, headsAsked, openGuardedModel, rowsOf } from "./load/guarded-model.ts";
import { cpuMsNow } from "./load/pauses.ts";
import { openGateway, openUpstream } from "./load/stack.ts";
import { ordinaryText } from "./load/texts.ts";
import { cpuMsOf, cpuTicks, type Facts, facts, othersShare } from "./machine.ts";

const seed = 20_264;
/** Of the model's tokenizer, special ones counted; and how many of them are sent in a round. */
const lengths = [
  { tokens: 128, inRound: 2 },
  { tokens: 500, inRound: 2 },
  { tokens: 2_000, inRound: 1 },
] as const;
const sizes = { short: { rounds: 1, warmUps: 1, texts: 2 }, long: { rounds: 100, warmUps: 5, texts: 40 } };
const threadCounts = [1, 2];
/** Share of the machine that other programs may have had where figures are kept. */
const othersMax = 0.1;
/** More than a token has on average, whatever the tokenizer. */
const unitsAToken = 12;

/** Milliseconds of one prompt: through Envoy alone, with the guard, of the guard's own runs, and of the same rows run straight. */
export type Sample = readonly [bareMs: number, guardedMs: number, withinMs: number, runMs: number];

/** Prompts of one length through one guard. */
export interface Cell {
  readonly runtime: Runtime;
  readonly threads: number;
  readonly tokens: number;
  /** Windows of such a prompt. */
  readonly windows: number;
  /** Rows that the guard's model was run on for one prompt: the least and the most. More than windows: more than one pass. */
  readonly rows: readonly [least: number, most: number];
  readonly batches: readonly [least: number, most: number];
  readonly samples: readonly Sample[];
}

export interface PromptsRaw {
  readonly facts: Facts;
  readonly command: string;
  readonly seed: number;
  readonly model: {
    readonly name: string;
    readonly digest: string;
    /** Of its file. */
    readonly bytes: number;
    /** Tokens. */
    readonly window: number;
    readonly stride: number | null;
  };
  readonly rules: readonly { readonly head: string; readonly action: string }[];
  readonly cells: readonly Cell[];
  /** Of the machine, 0 to 1, that other programs had meanwhile. */
  readonly others: number | null;
}

const shipped = fileURLToPath(new URL("../models/guard", import.meta.url));
/** The small bundle of the tests: enough to see that all of it runs. */
const smallBundle = fileURLToPath(new URL("../test/models/bundles/fixtures/bert", import.meta.url));

export async function runPrompts(options: BenchOptions): Promise<BenchRun<PromptsRaw>> {
  const { short, say, parts } = options;
  const folder = options.model ?? ((await isThere(shipped)) ? shipped : short ? smallBundle : null);
  if (folder === null) throw new Error("--model FOLDER is needed: there is no models/guard");
  const { warmUps, texts, rounds: usual } = short ? sizes.short : sizes.long;
  const rounds = short ? usual : (options.rounds ?? usual);
  const encoder = await openEncoder(folder, parts);
  const ground = await openGround(options, encoder);
  const prompts = new Map<number, readonly Prompt[]>();
  for (const { tokens } of lengths) prompts.set(tokens, await promptsOf(encoder, tokens, texts));
  const growing = ground.guards.flatMap((guard) =>
    lengths.map(({ tokens, inRound }) => ({ guard, tokens, inRound, kept: [] as Kept[] })),
  );
  const failed: string[] = [];
  const [ticks, ownMs] = [await cpuTicks(), await cpuMsOfAll(ground.pids)];
  for (let round = -warmUps; round < rounds; round += 1) {
    say(`round ${round + warmUps + 1} of ${rounds + warmUps}`);
    for (const { guard, tokens, inRound, kept } of growing) {
      const own = prompts.get(tokens) ?? [];
      for (let time = 0; time < inRound; time += 1) {
        const prompt = own[(Math.max(0, round) * inRound + time) % own.length] as Prompt;
        const one = await measureOne(ground, guard, prompt);
        if (one.fault !== null)
          failed.push(`${guard.runtime}, ${guard.threads} threads, ${tokens} tokens: ${one.fault}`);
        else if (round >= 0) kept.push(one);
      }
    }
  }
  const others = othersShare(ticks, await cpuTicks(), (await cpuMsOfAll(ground.pids)) - ownMs);
  for (const fault of failed.slice(0, faultsShown)) say(fault);
  const { name, digest, files, window } = encoder.bundle;
  const { size: bytes } = await stat(files.model);
  const raw: PromptsRaw = {
    facts: await facts(options.envoy),
    command: options.command,
    seed,
    model: { name, digest, bytes, window: window.tokens, stride: window.stride },
    rules: headsAsked(encoder.bundle).map((head) => ({ head, action: actionOf(head) })),
    cells: growing.map(({ guard, tokens, kept }) => {
      const { runtime, threads } = guard;
      return cellOf({ runtime, threads, tokens, windows: prompts.get(tokens)?.[0]?.rows.length ?? 0 }, kept);
    }),
    others,
  };
  return { raw, failures: failed.length, recordable: others === null || others <= othersMax };
}

const faultsShown = 5;

type Ground = {
  readonly agent: Agent;
  /** Of the Envoy without a guard. */
  readonly barePort: number;
  readonly guards: readonly GuardedModel[];
  readonly pids: readonly number[];
};

async function openGround({ envoy: program, say, parts }: BenchOptions, encoder: Encoder): Promise<Ground> {
  const { bundle, backends } = encoder;
  const store = parts.use(await openTestStore({ [bundle.name]: bundle.files.folder }));
  const upstream = await openUpstream(parts);
  const gateway = { program, upstreamPort: upstream.port };
  // Nobody listens there: the filter that would ask is not in it.
  const shape = { socket: "/nowhere", guarded: false, gracefulClose: true };
  const bare = await openGateway(parts, { ...gateway, ...shape });
  const guards: GuardedModel[] = [];
  for (const runtime of backends.keys()) {
    for (const threads of threadCounts) {
      say(`opening a guard on ${runtime} with ${threads === 1 ? "one thread" : `${threads} threads`}`);
      guards.push(await openGuardedModel(parts, encoder, { store: store.folder, runtime, threads }, gateway));
    }
  }
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  parts.defer(() => agent.destroy());
  const pids = [bare.pid, upstream.pid, ...guards.flatMap((guard) => guard.pids)];
  return { agent, barePort: bare.proxyPort, guards, pids };
}

type Prompt = { readonly body: Buffer; readonly rows: readonly Row[] };

/** Each of exactly so many tokens, special ones counted. */
async function promptsOf(encoder: Encoder, tokens: number, count: number): Promise<readonly Prompt[]> {
  const { single, encode } = encoder.tokenizer;
  const wanted = tokens - single.before.length - single.after.length;
  const random = seeded(seed + tokens);
  const prompts: Prompt[] = [];
  while (prompts.length < count) {
    const long = ordinaryText(random, tokens * unitsAToken);
    const { ends } = await encode(new AbortController().signal, long);
    const end = ends[wanted - 1];
    if (end === undefined) throw new Error("a text is too short for its tokens");
    const text = long.slice(0, end);
    prompts.push({ body: promptOf(text), rows: await rowsOf(encoder, text) });
  }
  return prompts;
}

/** One message: what stands beside it would be judged with it, in windows of their own. */
function promptOf(text: string): Buffer {
  const prompt = JSON.parse(promptBody("json", text).toString()) as { readonly messages: readonly { role: string }[] };
  return Buffer.from(JSON.stringify({ ...prompt, messages: prompt.messages.filter(({ role }) => role === "user") }));
}

type Kept = {
  readonly fault: null;
  readonly sample: Sample;
  readonly rows: number;
  readonly batches: number;
};

async function measureOne(
  { agent, barePort }: Ground,
  guard: GuardedModel,
  { body, rows }: Prompt,
): Promise<Kept | { readonly fault: string }> {
  const bare = await exchange(barePort, agent, body, "json", {});
  const before = await guard.counts();
  const guarded = await exchange(guard.port, agent, body, "json", {});
  const after = await guard.counts();
  for (const { status, body: reply } of [bare, guarded])
    if (status !== 200 || !reply.equals(jsonReply)) return { fault: `status ${status}, or another reply` };
  const judged = after.rows - before.rows;
  if (judged < rows.length) return { fault: `${judged} of ${rows.length} windows judged` };
  const batches = after.batches - before.batches;
  const runMs = await guard.run(rows, batches);
  const times = [bare.latencyUs / 1000, guarded.latencyUs / 1000, after.runMs - before.runMs, runMs] as const;
  return { fault: null, sample: times, rows: judged, batches };
}

function cellOf(of: Pick<Cell, "runtime" | "threads" | "tokens" | "windows">, kept: readonly Kept[]): Cell {
  const range = (values: readonly number[]): readonly [number, number] => [Math.min(...values), Math.max(...values)];
  const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;
  return {
    ...of,
    rows: range(kept.map(({ rows }) => rows)),
    batches: range(kept.map(({ batches }) => batches)),
    samples: kept.map(({ sample: [bare, guarded, within, run] }) => [
      rounded(bare),
      rounded(guarded),
      rounded(within),
      rounded(run),
    ]),
  };
}

/** CPU time in milliseconds of all that the benchmark started, and its own. */
async function cpuMsOfAll(pids: readonly number[]): Promise<number> {
  const each = await Promise.all(pids.map(cpuMsOf));
  return each.reduce((sum, ms) => sum + ms, cpuMsNow());
}

const isThere = (folder: string): Promise<boolean> =>
  access(`${folder}/sallyport-model.yaml`).then(
    () => true,
    () => false,
  );
