// What an exchange tells beside its verdicts: times, names that the policy lists, its trace.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chatHead, exchangeOf, jsonHead, planFrom, streamHead } from "../../test/helpers/exchange.ts";
import type { Tracing } from "../domain/trace.ts";
import { verdictRecord } from "../telemetry/verdict-record.ts";
import { noContext } from "./parts.ts";

const plan = planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
report: { models: [gpt-known], tools: [search], paths: [/v1/chat/completions], users: [ada] }
rules:
  - { id: mails, stage: [prompt, reply], detect: { pii: { kinds: [email] } }, action: redact }
  - { id: words, stage: prompt, detect: { keywords: { list: [falcon] } }, action: flag }
`);

/** Goes on by a millisecond each time that somebody looks, and by what a test says. */
function ticking() {
  let nowMs = 1000;
  return { nowMs: () => (nowMs += 1), epochS: () => 1_700_000_000, pass: (ms: number) => (nowMs += ms) };
}

const prompt = (more: object = {}): Buffer =>
  Buffer.from(JSON.stringify({ model: "gpt-known", messages: [{ role: "user", content: "hello" }], ...more }));

test("names are told where the policy lists them", async () => {
  const named = async (more: object, principal: string | null) => {
    const exchange = exchangeOf({ plan });
    const gate = exchange.openRequest(chatHead, { ...noContext, principal });
    await gate.push(prompt(more));
    await gate.end();
    const { model, tools, path, user } = verdictRecord(exchange.close("complete"));
    return [model, tools, path, user];
  };
  const tool = (name: string) => ({ type: "function", function: { name, parameters: {} } });
  assert.deepEqual(await named({ tools: [tool("search")] }, "ada"), ["gpt-known", "search", chatHead.path, "ada"]);
  assert.deepEqual(await named({ model: "my card 4111", tools: [tool("search"), tool("x"), tool("y")] }, "eve"), [
    "other",
    "other,search",
    chatHead.path,
    "other",
  ]);
  assert.deepEqual(await named({ model: undefined }, null), ["", "", chatHead.path, ""]);
});

test("a stream's bytes are held from when they come to when they go", async () => {
  const clock = ticking();
  const exchange = exchangeOf({ plan, shared: { clock } });
  const asked = exchange.openRequest(chatHead);
  await asked.push(prompt({ stream: true }));
  await asked.end();
  const { gate } = exchange.openReply(streamHead, false);
  const event = (content: string): Buffer =>
    Buffer.from(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);
  await gate.push(event("good day "));
  clock.pass(500);
  await gate.push(event("ada@exa")); // may still become an address
  clock.pass(3000);
  await gate.push(event("mple.com is it. "));
  await gate.push(Buffer.from("data: [DONE]\n\n"));
  await gate.end();
  const { times, ...report } = exchange.close("complete");
  assert.ok((times.reply?.holdMs ?? 0) >= 3000 && (times.reply?.holdMs ?? 0) < 3400, String(times.reply?.holdMs));
  assert.ok((times.reply?.addedMs ?? 0) < 100, "the first event went at once");
  assert.ok((times.reply?.readMs ?? 0) > 0);
  assert.equal(verdictRecord({ ...report, times }).verdict, "redact");
});

test("a whole body is waited for from its last byte", async () => {
  const clock = ticking();
  const exchange = exchangeOf({ plan, shared: { clock } });
  const gate = exchange.openRequest(chatHead);
  const body = prompt();
  await gate.push(body.subarray(0, 10));
  clock.pass(2000);
  await gate.push(body.subarray(10));
  await gate.end();
  const reply = exchange.openReply(jsonHead, false).gate;
  await reply.push(Buffer.from(JSON.stringify({ choices: [{ index: 0, message: { content: "a@example.com" } }] })));
  await reply.end();
  const { times } = exchange.close("complete");
  assert.ok((times.prompt?.holdMs ?? 0) >= 2000);
  assert.ok((times.prompt?.addedMs ?? 0) > 0 && (times.prompt?.addedMs ?? 0) < 100);
  assert.ok((times.reply?.decideMs ?? 0) > 0, "an address was masked");
});

test("detectors are timed where the trace is sampled, and somebody collects", async () => {
  const parent = { traceId: "a".repeat(32), parentId: "b".repeat(16), sampled: true };
  const spansOf = async (tracing: Tracing) => {
    const exchange = exchangeOf({ plan, shared: { clock: ticking(), tracing } });
    const gate = exchange.openRequest(chatHead, { ...noContext, trace: { envoy: parent, request: null } });
    await gate.push(prompt());
    await gate.end();
    assert.equal(exchange.report().spans, null, "before the end nobody asks for them");
    return exchange.close("complete").spans;
  };
  const begin = () => ({ ...parent, spanId: "c".repeat(16) });
  const spans = await spansOf({ begin, collects: true });
  assert.deepEqual(
    spans?.detectors.map(({ stage, rules, cost, windows }) => [stage, rules, cost, windows > 0]),
    [
      ["prompt", ["mails"], "scan", true],
      ["prompt", ["words"], "scan", true],
    ],
  );
  for (const { beganMs, endedMs, busyMs } of spans?.detectors ?? [])
    assert.ok(busyMs > 0 && endedMs - beganMs >= busyMs);
  assert.equal(await spansOf({ begin, collects: false }), null);
  assert.equal(await spansOf({ begin: () => ({ ...begin(), sampled: false }), collects: true }), null);
});
