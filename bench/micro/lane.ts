/**
 * Time to judge a stream, in microseconds a piece of four characters: a lane alone, and a stream gate that reads and
 * writes events. `node bench/micro/lane.ts`; the best of a few rounds, since other work disturbs.
 */
import { chatHead, exchangeOf, planFrom, streamHead } from "../../test/helpers/exchange.ts";
import { judgeOf } from "../../test/helpers/rules.ts";
import { defaultPolicySource } from "../../src/policy/default-policy.ts";
import type { Plan } from "../../src/guard/plan.ts";

const rounds = 9;
const pieceUnits = 4;
const never = new AbortController().signal;
const sentence =
  "When the team met on 2024-11-21 at 10:30, it had 3 offers on the table: the first (about $1,250.00 a month) was too dear, " +
  "the second's support ended in 2026, and the third, well-known for its speed, needed version 2.14.1 or newer. ";
const prose = sentence.repeat(40);
const spaced = prose.replace("team", "te\u00a0am");
const piecesOf = (text: string): string[] =>
  Array.from({ length: Math.ceil(text.length / pieceUnits) }, (_, n) =>
    text.slice(n * pieceUnits, (n + 1) * pieceUnits),
  );

const plans: readonly (readonly [string, Plan])[] = [
  ["built-in policy", planFrom(defaultPolicySource)],
  ["built-in policy, no views", planFrom(defaultPolicySource.replace("defaults:", "defaults:\n  views: []"))],
];

for (const [name, plan] of plans) {
  for (const [kind, text] of [
    ["prose", prose],
    ["with an odd space", spaced],
  ] as const) {
    const pieces = piecesOf(text);
    const lane = await best(() => judgeLane(plan, pieces));
    const events = pieces.map((piece) => Buffer.from(eventOf(piece)));
    const gate = await best(() => judgeStream(plan, events));
    const us = (ms: number): string => ((ms * 1000) / pieces.length).toFixed(2);
    console.log(`${name}, ${kind}: lane ${us(lane)} us a piece, gate ${us(gate)} us an event`);
  }
}

async function judgeLane(plan: Plan, pieces: readonly string[]): Promise<void> {
  const judge = judgeOf("reply", plan);
  const lane = judge.openLane({ call: null, location: { place: "content", role: "assistant", pointer: "" } });
  for (const piece of pieces) {
    const step = judge.step(never, lane, piece, false);
    if (step instanceof Promise) await step;
  }
  await judge.step(never, lane, "", true);
}

function eventOf(content: string): string {
  const choices = [{ index: 0, delta: { content }, finish_reason: null }];
  const chunk = { id: "c-1", object: "chat.completion.chunk", created: 1, model: "m", choices };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

async function judgeStream(plan: Plan, events: readonly Uint8Array[]): Promise<void> {
  const exchange = exchangeOf({ plan });
  exchange.openRequest(chatHead);
  const { gate } = exchange.openReply(streamHead, false);
  for (const event of events) await gate.push(event);
  await gate.end();
  exchange.close("complete");
}

/** In milliseconds. */
async function best(work: () => Promise<void>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    await work();
    least = Math.min(least, performance.now() - begun);
  }
  return least;
}
