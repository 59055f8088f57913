// Text that stands where a reader of the body finds it and a careless guard would not: each is masked, whatever its form.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chatHead, exchangeOf, jsonHead, planFrom, pushAll, streamHead } from "../helpers/exchange.ts";

const plan = planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: private, stage: [prompt, reply], detect: { pii: {} }, action: redact }
`);

async function reply(body: string, head = jsonHead): Promise<string> {
  const exchange = exchangeOf({ plan });
  exchange.openRequest(chatHead);
  const { gate } = exchange.openReply(head, false);
  const { bytes, block, cut } = await pushAll(gate, [Buffer.from(body)]);
  exchange.close("complete");
  return block === null ? bytes.toString() : `${block.kind} ${bytes.toString()}${cut?.toString() ?? ""}`;
}

const message = (members: object, beside: object = {}): string =>
  JSON.stringify({ choices: [{ index: 0, ...beside, message: members }] });
const event = (choice: object): string => `data: ${JSON.stringify({ choices: [{ index: 0, ...choice }] })}\n\n`;
const done = "data: [DONE]\n\n";

describe("a number that is an account", () => {
  for (const [written, masked] of [
    ["4111111111111111", "null"],
    ["4111111111111111.0", "null"],
    ["4.111111111111111e15", "null"],
    ["[1,4111111111111111]", "[1,null]"],
  ] as const) {
    it(`${written} is masked`, async () => {
      const body = (card: string): string => `{"choices":[{"index":0,"message":{"card":${card}}}]}`;
      assert.equal(await reply(body(written)), body(masked));
    });
  }
});

describe("token ids and log-probabilities", () => {
  for (const place of ["content", "reasoning_content", "reasoning", "refusal"]) {
    it(`go where ${place} is masked`, async () => {
      const beside = { token_ids: [1, 2], logprobs: { content: [{ token: "x" }] } };
      assert.equal(
        await reply(message({ [place]: "ada@example.com" }, beside)),
        message({ [place]: "[EMAIL]" }, { token_ids: null, logprobs: null }),
      );
    });
  }

  it("go where a tool call is masked", async () => {
    const call = (text: string) => ({
      tool_calls: [{ index: 0, function: { arguments: JSON.stringify({ to: text }) } }],
    });
    const stream = (text: string, ids: unknown): string => event({ token_ids: ids, delta: call(text) }) + done;
    assert.equal(await reply(stream("ada@example.com", [1]), streamHead), stream("[EMAIL]", null));
  });

  it("stay in other choices", async () => {
    const two = (mail: string, ids: unknown): string =>
      JSON.stringify({
        choices: [
          { index: 1, token_ids: ids, message: { content: mail } },
          { index: 10, token_ids: [2], message: { content: "x" } },
        ],
      });
    assert.equal(await reply(two("ada@example.com", [1])), two("[EMAIL]", null));
  });
});

it("a message told again beside its last part does not hide it", async () => {
  const ssn = ["123", "45", "6789"].join("-");
  const stream = (text: string): string =>
    event({ delta: { content: text } }) + event({ delta: { content: "" }, message: { content: text } }) + done;
  assert.equal(await reply(stream(ssn), streamHead), stream("[US-SSN]"));
});
