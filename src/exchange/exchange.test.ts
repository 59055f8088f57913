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

const chunk = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;

test("what is too much counts once, however often it is looked at", async () => {
  const plan = planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: big, stage: reply, detect: { size: { maxCharacters: 5 } }, action: flag }
  - { id: bigger, stage: reply, detect: { size: { maxCharacters: 50 } }, action: flag }
  - { id: excepted, stage: reply, detect: { size: { maxBytes: 5 } }, action: flag }
exceptions:
  - { id: fine, reason: ours, owner: legal, expires: 2090-01-01, category: size/bytes }
`);
  const exchange = exchangeOf({ plan });
  await pushAll(exchange.openReply(streamHead, false).gate, [Buffer.from(chunk("abc").repeat(300))]);
  assert.equal(exchange.findings("reply").length, 2);
  const verdict = exchange.close("complete").reply;
  assert.deepEqual(
    verdict?.hits.map(({ rule, count }) => [rule, count]),
    [
      ["big", 1],
      ["bigger", 1],
    ],
  );
  assert.deepEqual(verdict?.excepted, [{ exception: "fine", count: 1 }]);
});

const asText = planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: text }
rules:
  - { id: mail, stage: prompt, when: { role: user, place: content }, detect: { pii: { kinds: [email] } }, action: redact }
  - { id: reply, stage: reply, when: { role: assistant, place: tool-arguments }, detect: { pii: { kinds: [email] } }, action: redact }
`);

test("a body that nobody can read is judged by the rules of each role and place", async () => {
  const exchange = exchangeOf({ plan: asText });
  const prompt = '{"messages":[{"role":"user","content":"ada@example.org",}]}';
  const { bytes } = await pushAll(exchange.openRequest(chatHead), [Buffer.from(prompt)]);
  assert.equal(bytes.toString(), prompt.replace("ada@example.org", "[EMAIL]"));
});

test("a reply to who knows what is judged by the rules of each role and place", async () => {
  const exchange = exchangeOf({ plan: asText });
  await pushAll(exchange.openRequest(unknownPath), [Buffer.from("{}")]);
  const { bytes } = await pushAll(exchange.openReply(jsonHead, false).gate, [
    Buffer.from('{"any":["ada@example.org"]}'),
  ]);
  assert.equal(bytes.toString(), '{"any":["[EMAIL]"]}');
});

test("what goes on from one event that nobody can read to the next is found", async () => {
  const exchange = exchangeOf({ plan: asText });
  await pushAll(exchange.openRequest(chatHead), [body("hello")]);
  const { gate } = exchange.openReply(streamHead, false);
  const { bytes, block } = await pushAll(gate, [Buffer.from("data: write to ada@exam\n\ndata: ple.org now\n\n")]);
  assert.deepEqual([bytes.toString(), block], ["data: write to [EMAIL]\n\ndata:  now\n\n", null]);
});

test("what describes a tool is judged where a rule names its place, and counted where none does", async () => {
  const tools = [{ type: "function", function: { name: "f", description: "write to ada@example.org" } }];
  const sent = Buffer.from(JSON.stringify({ model: "m", messages: [], tools }));
  for (const [place, masks, unjudged] of [
    ["tool-definition", true, 0],
    ["content", false, 1],
  ] as const) {
    const plan = planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: mail, stage: prompt, when: { place: ${place} }, detect: { pii: { kinds: [email] } }, action: redact }
`);
    const exchange = exchangeOf({ plan });
    const { bytes } = await pushAll(exchange.openRequest(chatHead), [sent]);
    assert.equal(bytes.toString().includes("write to [EMAIL]"), masks);
    const counted = Object.values(exchange.report().prompt?.coverage.unjudged ?? {});
    assert.deepEqual(
      counted.reduce((sum, count) => sum + count, 0),
      unjudged,
    );
  }
});
