import assert from "node:assert/strict";
import { test } from "node:test";
import { chatHead, exchangeOf, planFrom, pushAll, streamHead } from "../../test/helpers/exchange.ts";

const plan = planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: mail, stage: prompt, detect: { pii: { kinds: [email] } }, action: { redact: { placeholder: { restore: true } } } }
  - { id: out, stage: reply, detect: { pii: { kinds: [email] } }, views: [clear], action: { redact: remove } }
`);
const prompt = { messages: [{ role: "user", content: "Write to ada@example.org." }] };

async function said(text: string, size: number): Promise<string> {
  const exchange = exchangeOf({ plan });
  await pushAll(exchange.openRequest(chatHead), [Buffer.from(JSON.stringify(prompt))]);
  const events = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
    Buffer.from(
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text.slice(at * size, (at + 1) * size) } }] })}\n\n`,
    ),
  );
  const { bytes } = await pushAll(exchange.openReply(streamHead, false).gate, events);
  return [...bytes.toString().matchAll(/"content":("(?:[^"\\]|\\.)*")/g)]
    .map(([, each]) => JSON.parse(each as string))
    .join("");
}

test("a view that closed and opens again knows where the text stands, though it is shorter than the text", async () => {
  const hidden = [..."john.doe@example.com"].join("\u200b");
  for (const words of [0, 10, 20, 60, 400]) {
    const text = `john%2Edoe%2Bx%40example%2Ecom ${"word ".repeat(words)}${hidden} and on`;
    for (const size of [1, 3, 7, 100, 100_000]) {
      const out = await said(text, size);
      assert.equal(out, ` ${"word ".repeat(words)} and on`, `${words} words, ${size} at once`);
    }
  }
});
