import assert from "node:assert/strict";
import { test } from "node:test";
import { chatHead, exchangeOf, jsonHead, planFrom, pushAll, streamHead } from "../../test/helpers/exchange.ts";
import type { UnknownCause } from "../domain/detector.ts";
import type { BlockCause } from "../domain/verdict.ts";
import { fakeModel } from "../../test/helpers/fake-model.ts";
import type { Exchange } from "./exchange.ts";

/** A prompt that names a ticket is let through, and its reply may name none. */
const policy = (soft = "", strict = "", more = ""): string => `
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: odd, stage: prompt, detect: { keywords: { list: [rules] } }, action: allow${soft} }
  - { id: strict, stage: reply, when: { promptMatched: odd }, detect: { keywords: { list: [falcon] } }, action: { block: error }${strict} }
${more}`;

const asking = (content: string): Buffer =>
  Buffer.from(JSON.stringify({ model: "m", messages: [{ role: "user", content }] }));
const saying = (content: string): Buffer =>
  Buffer.from(JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content } }] }));
const chunks = (content: string): Buffer =>
  Buffer.from(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\ndata: [DONE]\n\n`);

const told = async (exchange: Exchange, prompt: Buffer, reply: Buffer, head = jsonHead): Promise<BlockCause | null> => {
  const sent = await pushAll(exchange.openRequest(chatHead), [prompt]);
  assert.equal(sent.block, null);
  return (await pushAll(exchange.openReply(head, false).gate, [reply])).block;
};
const blockedBy = (block: BlockCause | null): string | null =>
  block === null ? null : "rule" in block ? block.rule : block.kind;

test("a rule of the reply waits for what the prompt's rules made of it, in JSON and in a stream", async () => {
  const plan = planFrom(policy());
  const cases = [
    ["What are the rules here?", "It is falcon.", "strict"],
    ["What are the rules here?", "It is a heron.", null],
    ["What is it called?", "It is falcon.", null],
  ] as const;
  for (const [prompt, reply, wanted] of cases) {
    assert.equal(blockedBy(await told(exchangeOf({ plan }), asking(prompt), saying(reply))), wanted, prompt);
    assert.equal(
      blockedBy(await told(exchangeOf({ plan }), asking(prompt), chunks(reply), streamHead)),
      wanted,
      prompt,
    );
  }
});

test("a reply that begins before its prompt was judged gets the stricter rules", async () => {
  const exchange = exchangeOf({ plan: planFrom(policy()) });
  const gate = exchange.openRequest(chatHead);
  await gate.push(asking("What is it called?").subarray(0, 20));
  const { block } = await pushAll(exchange.openReply(jsonHead, false).gate, [saying("It is falcon.")]);
  assert.equal(blockedBy(block), "strict");
});

test("a reply that was kept, whose prompt came with another request, gets the stricter rules", async () => {
  const exchange = exchangeOf({ plan: planFrom(policy()) });
  await pushAll(exchange.openRequest({ ...chatHead, method: "GET", path: `${chatHead.path}/chatcmpl-1` }), []);
  const { block } = await pushAll(exchange.openReply(jsonHead, false).gate, [saying("It is falcon.")]);
  assert.equal(blockedBy(block), "strict");
});

test("a prompt that went by unread gets the stricter rules", async () => {
  const exchange = exchangeOf({ plan: planFrom(policy().replace("onUnreadable: block", "onUnreadable: pass")) });
  assert.equal(blockedBy(await told(exchange, Buffer.from("{{{"), saying("It is falcon."))), "strict");
});

test("a rule of the prompt that could not answer counts as one that matched", async () => {
  const soft = (cause: UnknownCause | null) => {
    const { models } = fakeModel("attacks", {
      numbers: () => [[3, -3]],
      problem: () => (cause === null ? null : "overloaded"),
    });
    const rules = policy().replace("keywords: { list: [rules] }", "model: { name: attacks }");
    return planFrom(rules.replace("action: allow", "action: allow, onUnknown: open"), models);
  };
  const told1 = async (cause: UnknownCause | null): Promise<string | null> =>
    blockedBy(await told(exchangeOf({ plan: soft(cause) }), asking("What is it called?"), saying("It is falcon.")));
  assert.equal(await told1(null), null);
  assert.equal(await told1("overloaded"), "strict");
});

test("in shadow, a prompt's match is heard by rules in shadow alone", async () => {
  const quiet = policy(", shadow: true", ", shadow: true");
  const exchange = exchangeOf({ plan: planFrom(quiet) });
  assert.equal(await told(exchange, asking("What are the rules here?"), saying("It is falcon.")), null);
  assert.deepEqual(
    exchange.report().reply?.hits.map(({ rule, shadow }) => [rule, shadow]),
    [["strict", true]],
  );
  const mixed = policy(
    ", shadow: true",
    "",
    "  - { id: loud, stage: prompt, detect: { keywords: { list: [never] } }, action: flag }\n",
  );
  const plan = planFrom(mixed.replace("promptMatched: odd", "promptMatched: [odd, loud]"));
  assert.equal(await told(exchangeOf({ plan }), asking("What are the rules here?"), saying("It is falcon.")), null);
});

test("an exception in the prompt is one for what follows from it", async () => {
  const excepted = policy(
    "",
    "",
    `exceptions:
  - { id: e, reason: r, owner: o, expires: 2027-01-01, category: keywords/*, literal: rules }
`,
  );
  const exchange = exchangeOf({ plan: planFrom(excepted) });
  assert.equal(await told(exchange, asking("What are the rules here?"), saying("It is falcon.")), null);
});
