/** A prompt of many small texts: all of them wait for the model, and what each holds meanwhile adds up. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { chatHead, exchangeOf, planFrom, pushAll } from "../../test/helpers/exchange.ts";
import { fakeModel } from "../../test/helpers/fake-model.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const heapBytes = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

const policy = `kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: ask, stage: prompt, detect: { model: { name: m } }, action: block }
  - { id: keep, stage: prompt, detect: { secrets: {} }, action: block }
  - { id: mail, stage: prompt, detect: { pii: { kinds: [email] } }, action: redact }
`;
const promptOf = (texts: number): Buffer =>
  Buffer.from(
    JSON.stringify({
      model: "m",
      messages: Array.from({ length: texts }, (_, index) => ({ role: "user", content: `text ${index}` })),
    }),
  );

/** Of a text with all that is held for it: its literal, its place, what is remembered of it. */
const bytesMost = 2_560;

test("a text that waits for a model holds little", async () => {
  const texts = 4_000;
  let first: number | null = null;
  const { models } = fakeModel("m", {
    numbers: () => {
      first ??= heapBytes();
      return [[3, 0]];
    },
  });
  const plan = planFrom(policy, models);
  const judged = async (count: number): Promise<void> => {
    const exchange = exchangeOf({ plan, limits: { promptBudgetMs: 60_000 } });
    const { block } = await pushAll(exchange.openRequest(chatHead), [promptOf(count)]);
    assert.equal(block, null);
    exchange.close("complete");
  };
  await judged(10); // what is made once
  first = null;
  const before = heapBytes();
  await judged(texts);
  assert.ok(first !== null);
  const each = (first - before) / texts;
  assert.ok(each < bytesMost, `${Math.round(each)} bytes for each text`);
});
