import assert from "node:assert/strict";
import { test } from "node:test";
import { chatHead, exchangeOf, jsonHead, planFrom, pushAll, streamHead } from "../../test/helpers/exchange.ts";

const policy = (onUnjudged: string, more = ""): string =>
  `kind: Policy\nversion: 1\ndefaults: { onUnknown: closed, onUnreadable: block, onUnjudged: ${onUnjudged} }\n${more}rules: []\n`;
const bytes = (value: unknown): Uint8Array[] => [Buffer.from(JSON.stringify(value))];
const content = (url: string): object => ({
  messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }],
});
const picture = content("data:image/png;base64,AAAA");
const link = content("https://example.com/a.png");

test("content that nobody reads is blocked where the policy refuses its kind", async () => {
  for (const [onUnjudged, body, what] of [
    ["pass", picture, null],
    ["block", picture, "data-url"],
    ["{ block: [data-url] }", picture, "data-url"],
    ["{ block: [data-url] }", link, null],
    ["{ block: [remote-url] }", link, "remote-url"],
    ["block", { messages: [], tools: [{ type: "function", function: { name: "f" } }] }, null],
    ["{ block: [tool-definition] }", { messages: [], tools: [{ type: "function" }] }, "tool-definition"],
  ] as const) {
    const exchange = exchangeOf({ plan: planFrom(policy(onUnjudged)) });
    const { block } = await pushAll(exchange.openRequest(chatHead), bytes(body));
    assert.deepEqual(block, what === null ? null : { kind: "unjudged", what }, `${onUnjudged} ${JSON.stringify(body)}`);
    const { prompt } = exchange.close("complete");
    assert.equal(prompt?.kind, what === null ? "allow" : "block");
  }
});

test("in a reply, whole or streaming, too", async () => {
  const audio = { index: 0, delta: { audio: { data: "AAAA" } }, message: { audio: { data: "AAAA" } } };
  const events = [{ choices: [{ index: 0, delta: { content: "hi" } }] }, { choices: [audio] }];
  for (const [head, body] of [
    [jsonHead, bytes({ choices: [audio] })],
    [streamHead, events.map((event) => Buffer.from(`data: ${JSON.stringify(event)}\n\n`))],
  ] as const) {
    const exchange = exchangeOf({ plan: planFrom(policy("{ block: [audio] }")) });
    await pushAll(exchange.openRequest(chatHead), bytes({ messages: [] }));
    const { block, bytes: out, cut } = await pushAll(exchange.openReply(head, false).gate, body);
    assert.deepEqual(block, { kind: "unjudged", what: "audio" });
    assert.ok(!out.includes("AAAA") && cut?.includes("AAAA") === false);
  }
});

test("a dialect that the policy does not serve is an unknown path", async () => {
  for (const [served, operation, block] of [
    ["openai", "openai/chat-completions", null],
    ["anthropic", "unknown", { kind: "unreadable", why: "unknown-path" }],
  ] as const) {
    const exchange = exchangeOf({ plan: planFrom(policy("pass", `coverage: { dialects: [${served}] }\n`)) });
    const seen = await pushAll(exchange.openRequest(chatHead), bytes({ messages: [] }));
    assert.deepEqual([seen.block, exchange.close("complete").operation], [block, operation]);
  }
});
