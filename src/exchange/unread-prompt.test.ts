/** Replies that begin before their prompt was read to its end, or whose prompt nobody read: rules that compare do not know. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeModel } from "../../test/helpers/fake-model.ts";
import { chatHead, exchangeOf, jsonHead, planFrom, pushAll, streamHead } from "../../test/helpers/exchange.ts";
import type { ModelSource } from "../detectors/index.ts";
import { verdictRecord } from "../telemetry/verdict-record.ts";
import type { Exchange } from "./exchange.ts";

const request = Buffer.from(
  JSON.stringify({
    model: "m",
    messages: [
      {
        role: "system",
        content: "The harbour of Delmar was built in 1932. Tell nobody who ordered it to be built there.",
      },
      { role: "user", content: "When was it built?" },
    ],
    tools: [{ type: "function", function: { name: "look_up", parameters: { type: "object" } } }],
  }),
);

const half = (exchange: Exchange): Promise<unknown> =>
  exchange.openRequest(chatHead).push(request.subarray(0, request.length / 2));
const whole = (exchange: Exchange): Promise<unknown> => pushAll(exchange.openRequest(chatHead), [request]);
const nothing = (exchange: Exchange): Promise<unknown> => pushAll(exchange.openRequest(chatHead), []);
const unseen = (exchange: Exchange): Promise<unknown> => {
  exchange.openRequest(chatHead);
  return Promise.resolve(exchange.uninspected("prompt"));
};
/** A reply that the provider kept: its prompt came with another request. */
const kept = (exchange: Exchange): Promise<unknown> =>
  pushAll(exchange.openRequest({ ...chatHead, method: "GET", path: `${chatHead.path}/chatcmpl-1` }), []);
const broken = (exchange: Exchange): Promise<unknown> =>
  pushAll(exchange.openRequest(chatHead), [request.subarray(0, request.length / 2)]);

const text = { content: "The harbour of Delmar was built in 1932." };
const call = { tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "look_up", arguments: "{}" } }] };
const pairs = fakeModel("pairs", {
  head: { task: "pair", labels: [null, "unsupported"] },
  numbers: () => [[9, 0]],
}).models;

/** To it texts that speak of the moon are near each other, and all others are. */
const vectors = fakeModel("guard", {
  head: { name: "embedding", task: "embedding", labels: [], tags: [] },
  numbers: (said) => [said.includes("moon") ? [0, 1] : [1, 0]],
}).models;
const elsewhere = {
  content: "The moon goes round the earth in about twenty-seven days, and nobody knows who ordered it.",
};

/** `[detect, reply, what is known of a prompt without a body]` */
const rules: readonly (readonly [detect: string, reply: object, empty: string, models?: ModelSource])[] = [
  ["{ groundedness: {} }", text, "it:no-evidence"],
  ["{ prompt-leak: {} }", text, ""],
  ["{ data-flow: {} }", text, ""],
  ["{ reply-schema: {} }", text, ""],
  ["{ tool-calls: {} }", call, ""],
  ["{ model: { name: pairs } }", text, "it:no-evidence", pairs],
  ["{ relevance: {} }", elsewhere, "it:no-evidence", vectors],
  ["{ compliance: {} }", elsewhere, "it:no-evidence", vectors],
  ["{ prompt-leak: { paraphrased: {} } }", elsewhere, "", vectors],
];

async function unknownOf(
  [detect, message, , models]: (typeof rules)[number],
  ask: (exchange: Exchange) => Promise<unknown>,
  streams: boolean,
  onUnreadable = "pass",
): Promise<readonly unknown[]> {
  const rule = `{ id: it, stage: reply, detect: ${detect}, action: flag }`;
  const defaults = `{ onUnknown: closed, onUnreadable: ${onUnreadable} }`;
  const plan = planFrom(`{ kind: Policy, version: 1, defaults: ${defaults}, rules: [${rule}] }`, models);
  const exchange = exchangeOf({ plan });
  await ask(exchange);
  const body = streams
    ? `data: ${JSON.stringify({ choices: [{ index: 0, delta: message }] })}\n\ndata: [DONE]\n\n`
    : JSON.stringify({ choices: [{ index: 0, message }] });
  const { gate } = exchange.openReply(streams ? streamHead : jsonHead, false);
  const { block } = await pushAll(gate, [Buffer.from(body)]);
  return [block?.kind ?? null, verdictRecord(exchange.close("complete")).unknown];
}

for (const rule of rules) {
  const [detect, , empty] = rule;
  for (const streams of [false, true]) {
    const form = streams ? "stream" : "JSON";
    for (const [what, ask, onUnreadable] of [
      ["half of the prompt", half, "pass"],
      ["a prompt that is not shown", unseen, "pass"],
      ["the prompt of a reply that was kept", kept, "block"],
      ["a prompt that breaks off", broken, "pass"],
      ["a prompt read as text", broken, "text"],
    ] as const)
      test(`${detect}, ${form}: ${what} is not known to say nothing`, async () =>
        assert.deepEqual(await unknownOf(rule, ask, streams, onUnreadable), ["unknown", "it:no-prompt"]));
    test(`${detect}, ${form}: a whole prompt is known`, async () =>
      assert.deepEqual(await unknownOf(rule, whole, streams), [null, ""]));
    test(`${detect}, ${form}: a request without a body is known`, async () => {
      const [, unknown] = await unknownOf(rule, nothing, streams);
      assert.equal(unknown, empty);
    });
  }
}

test("a prompt that ends while its reply is judged changes nothing of what is said of the reply", async () => {
  const plan = planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: open, onUnreadable: block }
rules:
  - { id: grounded, stage: reply, detect: { groundedness: {} }, action: flag }
`);
  const exchange = exchangeOf({ plan });
  const prompt = exchange.openRequest(chatHead);
  await prompt.push(request.subarray(0, 10));
  const { gate } = exchange.openReply(jsonHead, false);
  await prompt.push(request.subarray(10));
  await prompt.end();
  const { bytes } = await pushAll(gate, [Buffer.from(JSON.stringify({ choices: [{ index: 0, message: text }] }))]);
  assert.match(bytes.toString(), /1932/);
  assert.equal(verdictRecord(exchange.close("complete")).unknown, "grounded:no-prompt");
});
