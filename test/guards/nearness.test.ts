// How well the model that ships does, through whole exchanges, on cases written for the guards that compare by its vectors.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { PolicyPlans } from "../../src/app/policy-plans.ts";
import { standardModelSettings } from "../../src/config/models.ts";
import type { Plan } from "../../src/guard/plan.ts";
import { chatHead, exchangeOf, jsonHead, pushAll } from "../helpers/exchange.ts";
import { alwaysFine, promptCases, topicCases } from "./nearness-cases.ts";

const plans = new PolicyPlans({ ...standardModelSettings(), threads: 1, streams: 1 });
after(() => plans[Symbol.asyncDispose]());

async function planOfRule(detect: string): Promise<Plan> {
  const text = `kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: measured, stage: reply, views: [], detect: ${detect}, action: flag }
`;
  const planned = await plans.plan({ path: "policy.yaml", bytes: Buffer.from(text) }, "mistake");
  assert.ok(planned.ok, planned.ok ? "" : planned.error.join("\n"));
  return planned.value.plan;
}

/** The highest score of what was found; 0 where nothing was. */
async function found(plan: Plan, prompt: readonly (readonly [string, string])[], reply: string): Promise<number> {
  const exchange = exchangeOf({ plan, limits: { promptBudgetMs: 60_000 } });
  const messages = prompt.map(([role, content]) => ({ role, content }));
  await pushAll(exchange.openRequest(chatHead), [Buffer.from(JSON.stringify({ model: "m", messages }))]);
  const body = JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content: reply } }] });
  const { block } = await pushAll(exchange.openReply(jsonHead, false).gate, [Buffer.from(body)]);
  assert.equal(block, null, reply);
  return exchange.close("complete").reply?.hits[0]?.topScore ?? 0;
}

const share = (scores: readonly number[], from: number): number =>
  scores.filter((score) => score >= from).length / scores.length;

test("system prompts in other words: what is told is found more often than what only follows", async (context) => {
  const plan = await planOfRule("{ prompt-leak: { paraphrased: { minSimilarity: 0.3 } } }");
  const scores = { told: [] as number[], follows: [] as number[] };
  for (const { system, told, follows } of promptCases) {
    const prompt = [
      ["system", system],
      ["user", "Hello, I have a question."],
    ] as const;
    for (const reply of told) scores.told.push(await found(plan, prompt, reply));
    for (const reply of follows) scores.follows.push(await found(plan, prompt, reply));
  }
  const shares = (from: number): string =>
    `told ${share(scores.told, from).toFixed(2)}, follows ${share(scores.follows, from).toFixed(2)}`;
  for (const from of [0.5, 0.6, 0.7, 0.8]) context.diagnostic(`${from}: ${shares(from)}`);
  assert.ok(share(scores.told, 0.8) >= 0.4 && share(scores.told, 0.6) >= 0.65, shares(0.8));
  assert.equal(share(scores.follows, 0.6), 0, shares(0.6));
});

test("replies on and off the subject of a question", async (context) => {
  const plan = await planOfRule("{ relevance: { minSimilarity: 1 } }");
  const usual = await planOfRule("{ relevance: {} }");
  const scores = { on: [] as number[], off: [] as number[] };
  for (const { asked, on, off } of topicCases) {
    const prompt = [["user", asked]] as const;
    for (const reply of on) scores.on.push(1 - (await found(plan, prompt, reply)));
    for (const reply of off) scores.off.push(1 - (await found(plan, prompt, reply)));
    for (const reply of alwaysFine) assert.equal(await found(usual, prompt, reply), 0, reply);
  }
  const listed = (of: readonly number[]): string => of.map((each) => each.toFixed(2)).join(" ");
  context.diagnostic(`on ${listed(scores.on)}; off ${listed(scores.off)}`);
  assert.ok(Math.min(...scores.on) > 0.2 && Math.max(...scores.off) < 0.2, listed(scores.off));
});
