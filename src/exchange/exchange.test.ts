import assert from "node:assert/strict";
import { test } from "node:test";
import { chatHead, exchangeOf, jsonHead, planFrom, pushAll, streamHead } from "../../test/helpers/exchange.ts";
import { createHoldings } from "../app/surroundings.ts";

const policy = (onUnreadable: string) =>
  planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: ${onUnreadable} }
rules:
  - { id: mail, stage: [prompt, reply], detect: { pii: { kinds: [email] } }, action: redact }
`);
const body = (content: string) => Buffer.from(JSON.stringify({ model: "m", messages: [{ role: "user", content }] }));

const unknownPath = { ...chatHead, path: "/v1/unknown" };
const wrongType = { ...chatHead, contentType: "text/plain" };

for (const [what, onUnreadable, head, bodyFollows, why] of [
  ["an unknown path", "block", unknownPath, true, "unknown-path"],
  ["an unknown path without a body", "block", unknownPath, false, "unknown-path"],
  ["another content type", "block", wrongType, true, "content-type"],
  ["another content type without a body", "block", wrongType, false, null],
  ["a readable head", "block", chatHead, true, null],
  ["an unknown path that may pass", "pass", unknownPath, true, null],
  ["an unknown path that is judged as text", "text", unknownPath, true, null],
] as const) {
  test(`refused at its head: ${what}, onUnreadable ${onUnreadable}: ${why}`, () => {
    const exchange = exchangeOf({ plan: policy(onUnreadable) });
    exchange.openRequest(head);
    const cause = exchange.refusedAtHead(head, bodyFollows);
    assert.deepEqual(cause, why === null ? null : { kind: "unreadable", why });
    if (why !== null) assert.equal(exchange.close("aborted").prompt?.kind, "block");
  });
}

test("what a prompt held is given back when it is judged; what is remembered, at the exchange's end", async () => {
  const holdings = createHoldings(1_000_000);
  const exchange = exchangeOf({ plan: policy("block"), holdings });
  const text = "hello there";
  await pushAll(exchange.openRequest(chatHead), [body(text)]);
  assert.equal(holdings.bytes, text.length * 2);
  assert.deepEqual(
    exchange.memory.segments.map((segment) => segment.text),
    [text],
  );
  await pushAll(exchange.openReply(jsonHead, false).gate, [Buffer.from("{}")]);
  exchange.close("complete");
  assert.equal(holdings.bytes, 0);
});

test("a prompt that the process has no room to remember is judged all the same, and counted as left", async () => {
  const prompt = body("write to ada@example.com");
  const holdings = createHoldings(prompt.length + 10);
  const exchange = exchangeOf({ plan: policy("block"), holdings });
  const released = await pushAll(exchange.openRequest(chatHead), [prompt]);
  assert.match(released.bytes.toString(), /write to \[EMAIL\]/);
  assert.equal(exchange.memory.left, 1);
});

test("a second exchange is shed when the first holds all there is", async () => {
  const prompt = body("hello");
  const holdings = createHoldings(prompt.length);
  const [first, second] = [
    exchangeOf({ plan: policy("block"), holdings }),
    exchangeOf({ plan: policy("block"), holdings }),
  ];
  await first.openRequest(chatHead).push(prompt);
  const released = await pushAll(second.openRequest(chatHead), [prompt]);
  assert.deepEqual(released.block, { kind: "overloaded" });
  first.close("aborted");
  second.close("complete");
  assert.equal(holdings.bytes, 0);
});

test("words of several lines in place of a comment or a field of a stream make no other event", async () => {
  const plan = planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: mail, stage: reply, detect: { pii: { kinds: [email] } }, action: { replace: "not\\n\\ndata: here" } }
`);
  const { gate } = exchangeOf({ plan }).openReply(streamHead, false);
  const { bytes } = await pushAll(gate, [Buffer.from(": ada@example.org\n\nid: ada@example.org\r\n\r\n")]);
  assert.equal(bytes.toString(), ": not data: here\n\nid: not data: here\r\n\r\n");
});
