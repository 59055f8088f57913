// A conversation whose client sends all of it again each turn, under the built-in policy: what its model is run on in each turn, by
// the guard's own count. Every turn has as much new text as any other.

import { Agent } from "node:http";
import { defaultPolicySource } from "../../src/policy/default-policy.ts";
import { seeded } from "../../test/helpers/secret-samples.ts";
import { Upstream } from "../../test/helpers/upstream.ts";
import type { BenchOptions } from "../bench.ts";
import { ordinaryText } from "../load/texts.ts";
import { receive } from "./client.ts";
import { type Guarded, type Metrics, oneThread, openGuarded, settled } from "./guards.ts";
import type { TokenEnds } from "./texts.ts";

/** What one turn cost. */
export interface Turn {
  /** Windows that the model was run on, and tokens in them, padding counted. */
  readonly rows: number;
  readonly tokens: number;
  readonly runMs: number;
}

export interface ConversationRaw {
  readonly settings: { readonly conversations: number; readonly turns: number; readonly replyTokens: number };
  readonly model: string;
  readonly ways: readonly (ConversationWay & { readonly conversations: readonly (readonly Turn[])[] })[];
}

export interface ConversationWay {
  /** Whether the guard remembers how it judged a text. */
  readonly remembers: boolean;
  /** New ones of the user a turn. */
  readonly userTokens: number;
}

export interface ConversationPlan {
  readonly conversations: number;
  readonly turns: number;
  /** New ones a turn. */
  readonly replyTokens: number;
  readonly ways: readonly ConversationWay[];
}

const unitsAToken = 12;

export async function measureConversations(
  { envoy: program, say, parts }: BenchOptions,
  plan: ConversationPlan,
  model: string,
  endsOf: TokenEnds,
  faults: string[],
): Promise<{ readonly raw: ConversationRaw; readonly pids: readonly number[] }> {
  const upstream = parts.use(await Upstream.open());
  const agent = new Agent({ keepAlive: true });
  parts.defer(() => agent.destroy());
  const ways: ConversationRaw["ways"][number][] = [];
  const pids: number[] = [];
  for (const { remembers, userTokens } of plan.ways) {
    const limits = remembers ? {} : { rememberedBytesMax: 0 };
    const settings = { policy: defaultPolicySource, ...oneThread(), limits };
    const guard = await openGuarded(parts, { program, upstreamPort: upstream.port }, settings);
    pids.push(...guard.pids);
    const conversations: (readonly Turn[])[] = [];
    let exchanges = 0;
    for (let at = 0; at < plan.conversations; at += 1) {
      say(
        `conversation ${at + 1} of ${plan.conversations}, ${userTokens} tokens, ${remembers ? "with" : "without"} a memory of scores`,
      );
      const texts = await textsOf(at, plan, userTokens, endsOf);
      conversations.push(await converse({ upstream, guard, agent, model }, texts, exchanges, faults));
      exchanges += plan.turns;
    }
    ways.push({ remembers, userTokens, conversations });
  }
  const { conversations, turns, replyTokens } = plan;
  return { raw: { settings: { conversations, turns, replyTokens }, model, ways }, pids };
}

type Said = { readonly user: string; readonly reply: string };

async function textsOf(
  seed: number,
  { turns, replyTokens }: ConversationPlan,
  userTokens: number,
  endsOf: TokenEnds,
): Promise<readonly Said[]> {
  const random = seeded(seed + 1);
  const exactly = async (tokens: number): Promise<string> => {
    const long = ordinaryText(random, tokens * unitsAToken).replaceAll(/```[^`]*```/g, "");
    const end = (await endsOf(long))[tokens - 1];
    return long.slice(0, end);
  };
  const said: Said[] = [];
  while (said.length < turns) said.push({ user: await exactly(userTokens), reply: await exactly(replyTokens) });
  return said;
}

type Ground = {
  readonly upstream: Upstream;
  readonly guard: Guarded;
  readonly agent: Agent;
  readonly model: string;
};

async function converse(
  { upstream, guard, agent, model }: Ground,
  texts: readonly Said[],
  before: number,
  faults: string[],
): Promise<readonly Turn[]> {
  const history: { readonly role: string; readonly content: string }[] = [];
  const turns: Turn[] = [];
  let last = workOf(await settled(guard, before), model);
  for (const [at, { user, reply }] of texts.entries()) {
    const cell = `turn ${before + at}`;
    const message = { role: "assistant", content: reply };
    upstream.script(cell, async (exchange) => {
      await exchange.body.ended;
      exchange.respond(200, { "content-type": "application/json" });
      exchange.write(replyOf(message));
      exchange.end();
    });
    history.push({ role: "user", content: user });
    const body = Buffer.from(JSON.stringify({ model: "stand-in-small", messages: history }));
    const { status, body: got } = await receive(guard.port, agent, cell, body);
    if (status !== 200 || got !== replyOf(message)) faults.push(`${cell}: status ${status}, or another reply`);
    history.push(message);
    const work = workOf(await settled(guard, before + at + 1), model);
    turns.push({
      rows: work.rows - last.rows,
      tokens: work.tokens - last.tokens,
      runMs: Math.round((work.runMs - last.runMs) * 1000) / 1000,
    });
    last = work;
  }
  return turns;
}

function workOf(metrics: Metrics, model: string): Turn {
  const counted = (what: string): number => metrics(`model_${what}`, `model="${model}"`);
  return { rows: counted("rows_total"), tokens: counted("tokens_total"), runMs: counted("run_seconds_sum") * 1000 };
}

const replyOf = (message: object): string =>
  JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_760_000_000,
    model: "stand-in-small",
    choices: [{ index: 0, message, finish_reason: "stop" }],
  });
