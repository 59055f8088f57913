// `npm run bench -- stateful`: what it costs that a guard remembers. Claims of a streamed reply held against the evidence of its
// prompt; conversations that are sent again each turn; memory of exchanges that are open at once. Through a real Envoy.
//
// It measures and keeps the raw figures; stateful/report.ts judges and writes.

import { fileURLToPath } from "node:url";
import { readBundle } from "../src/inference/bundle/bundle.ts";
import { openTokenizer } from "../src/inference/tokens/threaded-tokenizer.ts";
import { openTestStore } from "../test/helpers/model-store.ts";
import type { BenchOptions, BenchRun } from "./bench.ts";
import { valueOf } from "./load/encoder.ts";
import { cpuMsNow } from "./load/pauses.ts";
import { cpuMsOf, cpuTicks, type Facts, facts, othersShare } from "./machine.ts";
import { type ConversationPlan, type ConversationRaw, measureConversations } from "./stateful/conversation.ts";
import { type MemoryPlan, type MemoryRaw, measureMemory } from "./stateful/memory.ts";
import { measureStreams, type StreamPlan, type StreamRaw } from "./stateful/stream.ts";
import type { TokenEnds } from "./stateful/texts.ts";

export interface StatefulRaw {
  readonly facts: Facts;
  readonly command: string;
  /** What judged claims. */
  readonly pairModel: {
    readonly name: string;
    readonly digest: string;
    readonly head: string;
    readonly window: number;
  };
  readonly stream: StreamRaw & { readonly others: number | null };
  readonly conversation: ConversationRaw & { readonly others: number | null };
  readonly memory: MemoryRaw;
}

type Plan = { readonly stream: StreamPlan; readonly conversation: ConversationPlan; readonly memory: MemoryPlan };

const long: Plan = {
  stream: { rounds: 4, warmUps: 1, sentences: 60, evidenceTokens: 4_000, tokensASecond: 50 },
  conversation: {
    conversations: 1,
    turns: 30,
    replyTokens: 60,
    ways: [
      { remembers: false, userTokens: 60 },
      { remembers: true, userTokens: 60 },
      { remembers: true, userTokens: 240 },
    ],
  },
  memory: { open: 200, evidenceTokens: 4_000, timesLonger: 10 },
};
const short: Plan = {
  stream: { rounds: 1, warmUps: 0, sentences: 6, evidenceTokens: 400, tokensASecond: 200 },
  conversation: {
    conversations: 1,
    turns: 3,
    replyTokens: 20,
    ways: [
      { remembers: false, userTokens: 20 },
      { remembers: true, userTokens: 20 },
    ],
  },
  memory: { open: 4, evidenceTokens: 400, timesLonger: 2 },
};

const shipped = fileURLToPath(new URL("../models/guard", import.meta.url));
const shippedName = "guard";

export async function runStateful(options: BenchOptions): Promise<BenchRun<StatefulRaw>> {
  const { model: folder = shipped, short: isShort, say, parts } = options;
  const bundle = valueOf(await readBundle(folder));
  const head = bundle.heads.find(({ task }) => task === "pair" || task === "pair-token")?.name;
  if (head === undefined) throw new Error("--model: no head of it judges pairs");
  const { name, digest, window } = bundle;
  const store = parts.use(await openTestStore({ [name]: folder }));
  const plan = isShort ? short : long;
  const rounds = isShort ? plan.stream.rounds : (options.rounds ?? plan.stream.rounds);
  const faults: string[] = [];
  const endsOf = await endsBy(options, bundle.files.tokenizer);
  const stream = await beside(parts, (own) =>
    measureStreams(
      { ...options, parts: own },
      { ...plan.stream, rounds },
      { store: store.folder, name, head },
      endsOf,
      faults,
    ),
  );
  const shippedEnds = await endsBy(options, valueOf(await readBundle(shipped)).files.tokenizer);
  const conversation = await beside(parts, (own) =>
    measureConversations({ ...options, parts: own }, plan.conversation, shippedName, shippedEnds, faults),
  );
  const memory = await measureMemory(options, plan.memory, endsOf, faults);
  for (const fault of faults.slice(0, faultsShown)) say(fault);
  const raw: StatefulRaw = {
    facts: await facts(options.envoy),
    command: options.command,
    pairModel: { name, digest, head, window: window.tokens },
    stream,
    conversation,
    memory,
  };
  return { raw, failures: faults.length, recordable: true };
}

const faultsShown = 5;

async function endsBy({ parts }: BenchOptions, path: string): Promise<TokenEnds> {
  const onDeath = (message: string): never => {
    throw new Error(message);
  };
  const tokenizer = valueOf(await openTokenizer({ path, onDeath }));
  parts.defer(() => tokenizer.close());
  return async (text) => (await tokenizer.encode(new AbortController().signal, text)).ends;
}

/** Ends what it started; `others`: the share of the machine that other programs had meanwhile. */
async function beside<Raw>(
  parts: AsyncDisposableStack,
  measure: (own: AsyncDisposableStack) => Promise<{ readonly raw: Raw; readonly pids: readonly number[] }>,
): Promise<Raw & { readonly others: number | null }> {
  const own = parts.use(new AsyncDisposableStack());
  const [ticks, ownMs] = [await cpuTicks(), cpuMsNow()];
  const { raw, pids } = await measure(own);
  const each = await Promise.all(pids.map(cpuMsOf));
  // What it started has run since then alone.
  const used = each.reduce((sum, ms) => sum + ms, cpuMsNow() - ownMs);
  const others = othersShare(ticks, await cpuTicks(), used);
  await own.disposeAsync();
  return { ...raw, others };
}
