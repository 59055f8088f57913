// What judging by a model costs beside the runtime's own time, how fast each way to run it is, what batching gains, how long the
// event loop waits while all cores infer, and what each caller adds to the memory.

import { readFile, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { usableCpus } from "../src/config/cpus.ts";
import { measureLoading } from "../src/app/models-bench/measure-loading.ts";
import { findOpenVino } from "../src/inference/openvino-libraries.ts";
import { probabilities } from "../src/inference/scoring.ts";
import type { LoadedModel } from "../src/inference/backend.ts";
import type { Model } from "../src/inference/model.ts";
import { openVinoAtHand } from "../scripts/openvino.mjs";
import { seeded } from "../test/helpers/secret-samples.ts";
import type { BenchOptions, BenchRun } from "./bench.ts";
import {
  batchMaker,
  type Encoder,
  loadVariant,
  modelOn,
  openEncoder,
  textOf,
  type Variant,
  valueOf,
} from "./load/encoder.ts";
import { cpuMsNow, idleLateness, latenessOf } from "./load/pauses.ts";
import { cpuTicks, type Facts, facts, othersShare } from "./machine.ts";
import { spreadOf } from "./stats.ts";

const seed = 20_263;
const sizes = {
  short: { rounds: 2, texts: 8, mixTexts: 24, pauseMs: 200, streams: [1, 2] },
  long: { rounds: 3, texts: 12, mixTexts: 64, pauseMs: 3_000, streams: [1, 2, 4] },
};
export const concurrent = 32;
/** Share of the machine that other programs may have had where figures are kept. */
const othersMax = 0.1;
const rowsMax = 64;
/** Tokens of the mixed texts, and of the short ones among them. */
const mixes = { "16 to 256 tokens": [16, 256], "16 to 63 tokens": [16, 63] } as const;
export type MixName = keyof typeof mixes;
const shapes = ["1x128", "2x256"] as const;
export type Shape = (typeof shapes)[number];
const never = new AbortController().signal;

export interface Cost {
  readonly variant: string;
  /** Milliseconds of the runtime's own run, one of each round. */
  readonly runMs: Readonly<Record<Shape, readonly number[]>>;
  /** Text of 128 tokens to score: all of it, and the runtime's part. */
  readonly judged: readonly { readonly totalMs: number; readonly runMs: number }[];
}
export interface Mix {
  readonly variant: string;
  readonly mix: MixName;
  /** Texts a second, one of each round. */
  readonly batched: readonly number[];
  readonly alone: readonly number[];
}
export interface Pause {
  readonly variant: string;
  /** How late a timer of a millisecond came at the latest. */
  readonly longestMs: number;
  readonly p99Ms: number;
  readonly texts: number;
}
export interface Memory {
  readonly runtime: string;
  readonly streams: number;
  readonly bytes: number;
}
export interface InferenceRaw {
  readonly facts: Facts;
  readonly command: string;
  readonly seed: number;
  readonly model: {
    readonly name: string;
    readonly digest: string;
    readonly layers: number;
    readonly width: number;
    /** Of its file. */
    readonly bytes: number;
  };
  readonly costs: readonly Cost[];
  readonly mixes: readonly Mix[];
  readonly mixTokens: Readonly<Record<MixName, readonly number[]>>;
  readonly pauses: readonly Pause[];
  readonly idleMs: number;
  readonly threads: number;
  /** Of the machine, 0 to 1, that other programs had meanwhile. */
  readonly others: number | null;
  readonly memory: readonly Memory[];
}

/** The small bundle of the tests: enough to see that all of it runs. */
const smallBundle = fileURLToPath(new URL("../test/models/bundles/fixtures/bert", import.meta.url));

export async function runInference(options: BenchOptions): Promise<BenchRun<InferenceRaw>> {
  const { short, say, parts } = options;
  if (options.model === undefined && !short)
    throw new Error("--model FOLDER is needed: bench/README.md says how to make one");
  const size = short ? sizes.short : sizes.long;
  const [ticks, ownMs] = [await cpuTicks(), cpuMsNow()];
  const encoder = await openEncoder(options.model ?? smallBundle, parts);
  const longest = encoder.bundle.window.tokens;
  const random = seeded(seed);
  const tokensOf = ([least, most]: readonly [number, number]): readonly number[] =>
    Array.from({ length: size.mixTexts }, () => Math.min(longest, least + Math.floor(random() * (most - least + 1))));
  const mixTokens = {
    "16 to 256 tokens": tokensOf(mixes["16 to 256 tokens"]),
    "16 to 63 tokens": tokensOf(mixes["16 to 63 tokens"]),
  };
  const costs = await measureCosts(encoder, size, say);
  const measured: Mix[] = [];
  for (const variant of encoder.variants.filter(({ runsAlone }) => !runsAlone)) {
    say(`${variant.name}: ${concurrent} at once`);
    measured.push(...(await measureMixes(encoder, variant, mixTokens, size.rounds)));
  }
  const threads = usableCpus();
  const idle = await idleLateness(size.pauseMs);
  const pauses: Pause[] = [];
  for (const variant of encoder.variants.filter(({ name }) => name.endsWith("FP32"))) {
    say(`${variant.name}: the event loop`);
    pauses.push(await measurePauses(encoder, variant, mixTokens["16 to 256 tokens"], threads, size.pauseMs));
  }
  const others = othersShare(ticks, await cpuTicks(), cpuMsNow() - ownMs);
  const memory = await measureMemory(encoder, size.streams);
  const { name, digest } = encoder.bundle;
  const config = JSON.parse(await readFile(encoder.bundle.files.config, "utf8")) as Record<string, number>;
  const { size: bytes } = await stat(encoder.bundle.files.model);
  const model = { name, digest, layers: config["num_hidden_layers"] ?? 0, width: config["hidden_size"] ?? 0, bytes };
  const of = await facts(options.envoy);
  const raw = { facts: of, command: options.command, seed, model, costs, mixes: measured, mixTokens, pauses };
  return {
    raw: { ...raw, idleMs: idle.longestMs, threads, others, memory },
    failures: 0,
    recordable: others === null || others <= othersMax,
  };
}

type Size = (typeof sizes)["short"];
type Costed = {
  readonly variant: Variant;
  readonly runner: LoadedModel;
  readonly model: Model;
  /** Of the last text. */
  readonly seen: { runMs: number };
  readonly runMs: Record<Shape, number[]>;
  readonly judged: { totalMs: number; runMs: number }[];
};

/** Each variant in turn, round after round: what disturbs the machine disturbs each of them. */
async function measureCosts(encoder: Encoder, size: Size, say: (line: string) => void): Promise<readonly Cost[]> {
  await using parts = new AsyncDisposableStack();
  const all: Costed[] = [];
  for (const variant of encoder.variants) {
    const runner = await loadVariant(encoder, variant, { threads: 1, streams: 1 });
    parts.defer(() => runner.close());
    const seen = { runMs: 0 };
    const model = modelOn(encoder, runner, rowsMax, ({ runMs }) => {
      seen.runMs += runMs;
    });
    all.push({ variant, runner, model, seen, runMs: { "1x128": [], "2x256": [] }, judged: [] });
  }
  const longest = encoder.bundle.window.tokens;
  const makers = {
    "1x128": await batchMaker(encoder, 1, Math.min(128, longest)),
    "2x256": await batchMaker(encoder, 2, Math.min(256, longest)),
  };
  const texts: string[] = [];
  for (let number = 0; number < size.texts; number += 1)
    texts.push(await textOf(encoder, Math.min(128, longest), number));
  // The first round warms up, and is not kept.
  for (let round = -1; round < size.rounds; round += 1) {
    for (const costed of all) {
      say(`${costed.variant.name}: round ${round + 2} of ${size.rounds + 1}`);
      for (const shape of shapes) await costRuns(costed, shape, makers[shape], round >= 0);
      for (const text of texts) await costText(encoder, costed, text, round >= 0);
    }
  }
  return all.map(({ variant, runMs, judged }) => ({ variant: variant.name, runMs, judged }));
}

const runsOfRound = 5;

async function costRuns(
  costed: Costed,
  shape: Shape,
  make: Awaited<ReturnType<typeof batchMaker>>,
  kept: boolean,
): Promise<void> {
  const times: number[] = [];
  for (let run = 0; run < runsOfRound; run += 1) times.push(valueOf(await costed.runner.run(make())).runMs);
  if (kept) costed.runMs[shape].push(spreadOf(times).median);
}

async function costText(encoder: Encoder, { model, seen, judged }: Costed, text: string, kept: boolean): Promise<void> {
  seen.runMs = 0;
  const begun = performance.now();
  scoresOf(encoder, valueOf(await model.judge(never, text, Number.POSITIVE_INFINITY)));
  const totalMs = performance.now() - begun;
  if (kept) judged.push({ totalMs, runMs: seen.runMs });
}

/** What a detector makes of a judged text, as far as its numbers go. */
function scoresOf(
  { bundle }: Encoder,
  { windows }: { readonly windows: readonly { readonly outputs: readonly { readonly data: Float32Array }[] }[] },
): void {
  const [head] = bundle.heads;
  for (const { outputs } of windows) {
    const [output] = outputs;
    if (head !== undefined && head.task !== "embedding" && output !== undefined) probabilities(head, output.data);
  }
}

async function measureMixes(
  encoder: Encoder,
  variant: Variant,
  mixTokens: Readonly<Record<MixName, readonly number[]>>,
  rounds: number,
): Promise<readonly Mix[]> {
  const runner = await loadVariant(encoder, variant, { threads: 1, streams: 1 });
  const batching = modelOn(encoder, runner, rowsMax);
  const lone = modelOn(encoder, runner, 1);
  const measured: Mix[] = [];
  for (const mix of Object.keys(mixes) as readonly MixName[]) {
    const texts: string[] = [];
    for (const [number, tokens] of mixTokens[mix].entries()) texts.push(await textOf(encoder, tokens, number));
    const [batched, alone]: [number[], number[]] = [[], []];
    await textsPerSecond(batching, texts.slice(0, concurrent));
    for (let round = 0; round < rounds; round += 1) {
      batched.push(await textsPerSecond(batching, texts));
      alone.push(await textsPerSecond(lone, texts));
    }
    measured.push({ variant: variant.name, mix, batched, alone });
  }
  await runner.close();
  return measured;
}

async function textsPerSecond(model: Model, texts: readonly string[]): Promise<number> {
  const begun = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: concurrent }, async () => {
      for (let text = texts[next++]; text !== undefined; text = texts[next++]) {
        valueOf(await model.judge(never, text, Number.POSITIVE_INFINITY));
      }
    }),
  );
  return (texts.length * 1000) / (performance.now() - begun);
}

async function measurePauses(
  encoder: Encoder,
  variant: Variant,
  tokens: readonly number[],
  threads: number,
  forMs: number,
): Promise<Pause> {
  const runner = await loadVariant(encoder, variant, { threads, streams: threads });
  const model = modelOn(encoder, runner, rowsMax);
  const texts: string[] = [];
  for (const [number, length] of tokens.entries()) texts.push(await textOf(encoder, length, number));
  await textsPerSecond(model, texts.slice(0, concurrent));
  const { value, late } = await latenessOf(async () => {
    const begun = performance.now();
    let judged = 0;
    for (; performance.now() - begun < forMs; judged += texts.length) await textsPerSecond(model, texts);
    return judged;
  });
  await runner.close();
  return { variant: variant.name, ...late, texts: value };
}

/** Each in a process of its own. */
async function measureMemory({ bundle, backends }: Encoder, streams: readonly number[]): Promise<readonly Memory[]> {
  const atHand = openVinoAtHand();
  const libraries = atHand === undefined ? null : findOpenVino([atHand]);
  const memory: Memory[] = [];
  for (const runtime of backends.keys()) {
    for (const count of streams) {
      const file = bundle.files.model;
      const loading = {
        file,
        runtime,
        precision: runtime === "openvino" ? "f32" : "auto",
        threads: count,
        streams: count,
      } as const;
      const own = runtime === "openvino" ? libraries : null;
      const ask = { folder: bundle.files.folder, loading, libraries: own, device: "CPU", cells: [], cellMs: 0 };
      const { memoryBytes } = valueOf(await measureLoading(ask, () => undefined));
      memory.push({ runtime, streams: count, bytes: memoryBytes });
    }
  }
  return memory;
}
