// What is wrong with a body, and what then happens to it: the rows of docs/faults.md that need no Envoy. Each row is one
// exchange; what the client is told, what goes on, and what the verdict says stand beside it.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { createHoldings } from "../../src/app/surroundings.ts";
import type { ReplyHead, RequestHead } from "../../src/domain/dialect.ts";
import type { TextDetector } from "../../src/domain/detector.ts";
import type { BlockCause } from "../../src/domain/verdict.ts";
import type { Exchange } from "../../src/exchange/exchange.ts";
import type { ExchangeLimits } from "../../src/exchange/parts.ts";
import type { Plan } from "../../src/guard/plan.ts";
import { planWith as planOfTypes } from "../helpers/rules.ts";
import { readPolicy } from "../../src/app/read-policy.ts";
import { verdictRecord } from "../../src/telemetry/verdict-record.ts";
import { chatHead, exchangeOf, jsonHead, planFrom, pushAll, streamHead } from "../helpers/exchange.ts";

const policy = (onUnreadable: string, onUnknown = "closed"): string => `
kind: Policy
version: 1
defaults: { onUnknown: ${onUnknown}, onUnreadable: ${onUnreadable} }
rules:
  - { id: mail, stage: [prompt, reply], detect: { pii: { kinds: [email] } }, action: redact }
  - { id: banned, stage: prompt, detect: { keywords: { list: [acme-internal] } }, action: { block: error } }
  - { id: cards, stage: reply, detect: { pii: { kinds: [card] } }, action: { block: refusal } }
`;
const closed = planFrom(policy("block"));
const plans: Readonly<Record<"block" | "pass" | "text", Plan>> = {
  block: closed,
  pass: planFrom(policy("pass")),
  text: planFrom(policy("text")),
};

const utf8 = (text: string): Buffer => Buffer.from(text);
const chat = (content: string): Buffer => utf8(JSON.stringify({ model: "m", messages: [{ role: "user", content }] }));
const completion = (content: string): Buffer =>
  utf8(
    JSON.stringify({
      id: "c",
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content } }],
    }),
  );
const nested = (depth: number): Buffer => utf8(`${"[".repeat(depth)}${"]".repeat(depth)}`);
const bomb = gzipSync(Buffer.alloc(40_000, 0x20));
const invalid = Buffer.from([0x22, 0xff, 0xfe, 0x22]);
const small: Partial<ExchangeLimits> = {
  requestBytesMax: 1024,
  replyBytesMax: 1024,
  unpackedBytesMax: 4096,
  eventBytesMax: 2048,
  heldBytesMax: 4096,
};

type Seen = {
  readonly passed: Buffer | null;
  readonly told: { status: number; code: string } | null;
  readonly cut: string | null;
  readonly record: ReturnType<typeof verdictRecord>;
};

function codeOf(body: string): string {
  return (/"code":"([a-z_]+)"/.exec(body) ?? ["", ""])[1] ?? "";
}

function sum(exchange: Exchange, stage: "prompt" | "reply", released: Awaited<ReturnType<typeof pushAll>>): Seen {
  const { block, bytes, cut } = released;
  const record = verdictRecord(exchange.close("complete"));
  if (block === null) return { passed: bytes, told: null, cut: null, record };
  const { status, body } = exchange.answer(stage, block);
  return {
    passed: null,
    told: { status, code: codeOf(Buffer.from(body).toString()) },
    cut: cut === null ? null : bytes.toString() + cut.toString(),
    record,
  };
}

async function ask(
  body: Buffer,
  head: Partial<RequestHead>,
  plan: Plan,
  more: Parameters<typeof exchangeOf>[0] | object = {},
): Promise<Seen> {
  const exchange = exchangeOf({ plan, limits: small, ...more });
  const gate = exchange.openRequest({ ...chatHead, ...head });
  return sum(exchange, "prompt", await pushAll(gate, body.length === 0 ? [] : [body]));
}

async function reply(body: Buffer, head: Partial<ReplyHead>, plan: Plan, more: object = {}): Promise<Seen> {
  const exchange = exchangeOf({ plan, limits: small, ...more });
  await pushAll(exchange.openRequest(chatHead), [chat("hi")]);
  const { gate } = exchange.openReply({ ...jsonHead, ...head }, false);
  return sum(exchange, "reply", await pushAll(gate, body.length === 0 ? [] : [body]));
}

type Row = readonly [what: string, body: Buffer, head: Partial<RequestHead & ReplyHead>, cause: string];

const unreadable: readonly Row[] = [
  ["not JSON", utf8("hello"), {}, "not-json"],
  ["JSON cut short", chat("hi").subarray(0, 30), {}, "not-json"],
  ["two JSON values", utf8("{}{}"), {}, "not-json"],
  ["nested 129 deep", nested(129), {}, "too-deep"],
  ["not UTF-8", invalid, {}, "not-utf8"],
  ["an unknown content type", chat("hi"), { contentType: "application/octet-stream" }, "content-type"],
  ["another charset", chat("hi"), { contentType: "application/json; charset=utf-16" }, "content-type"],
  ["an unknown coding", chat("hi"), { contentEncoding: "compress" }, "encoding"],
  ["five codings", chat("hi"), { contentEncoding: "gzip, gzip, gzip, gzip, gzip" }, "encoding"],
  ["plain bytes that claim to be gzip", chat("hi"), { contentEncoding: "gzip" }, "encoding"],
  ["gzip cut short", gzipSync(chat("hi")).subarray(0, 20), { contentEncoding: "gzip" }, "truncated"],
  [
    "bytes after the packed ones",
    Buffer.concat([brotliCompressSync(chat("hi")), utf8("!")]),
    { contentEncoding: "br" },
    "encoding",
  ],
  ["a bomb", bomb, { contentEncoding: "gzip" }, "expands-too-far"],
];

describe("a prompt that cannot be read", () => {
  const prompts: readonly Row[] = [
    ...unreadable,
    ["an unknown path", chat("hi"), { path: "/v1/answers" }, "unknown-path"],
    ["an unknown path without a body", Buffer.alloc(0), { method: "GET", path: "/" }, "unknown-path"],
    ["no content type", chat("hi"), { contentType: null }, "content-type"],
    ["a form", utf8("a=b"), { contentType: "application/x-www-form-urlencoded" }, "content-type"],
    ["token ids", utf8('{"prompt":[1,2,3]}'), { path: "/v1/completions" }, "token-ids"],
  ];
  for (const [what, body, head, why] of prompts) {
    test(`block: ${what}`, async () => {
      const { passed, told, record } = await ask(body, head, plans.block);
      assert.deepEqual([passed, told], [null, { status: 400, code: "content_unreadable" }]);
      assert.deepEqual([record.verdict, record.cause, record.coverage], ["block", `unreadable:${why}`, 0]);
    });
    test(`pass: ${what}`, async () => {
      const { passed, record } = await ask(body, head, plans.pass);
      assert.deepEqual(passed, body);
      assert.deepEqual([record.verdict, record.cause, record.coverage], ["not-inspected", `unreadable:${why}`, 0]);
    });
  }
});

describe("a query that may hold text", () => {
  const query = "q=tell%20me";
  const list = { method: "GET", path: "/v1/models", contentType: null, query };
  test("block and text: refused, with and without a body, whatever the path", async () => {
    for (const plan of [plans.block, plans.text])
      for (const [body, head] of [
        [chat("hi"), { query }],
        [Buffer.alloc(0), list],
        [chat("hi"), { query, path: "/other" }],
      ] as const) {
        const { told, record } = await ask(body, head, plan);
        assert.deepEqual([told, record.cause], [{ status: 400, code: "content_unreadable" }, "unreadable:query"]);
      }
  });
  test("text: in a path that nobody knows it is refused too", async () => {
    for (const body of [utf8("hi"), Buffer.alloc(0)]) {
      const { told, record } = await ask(body, { path: "/search/tell%20me" }, plans.text);
      assert.deepEqual([told?.code, record.cause], ["content_unreadable", "unreadable:unknown-path"]);
    }
    assert.equal((await ask(utf8("hi"), { path: "/search/tell-me" }, plans.text)).passed?.toString(), "hi");
  });
  test("pass: it goes on unread, and the body is judged", async () => {
    const mail = await ask(chat("write to ada@example.com"), { query }, plans.pass);
    assert.match(mail.passed?.toString() ?? "", /"write to \[EMAIL\]"/);
    assert.equal((await ask(chat("acme-internal"), { query }, plans.pass)).told?.code, "content_filter");
    const { record } = await ask(Buffer.alloc(0), list, plans.pass);
    assert.deepEqual([record.verdict, record.cause], ["not-inspected", "unreadable:query"]);
  });
});

describe("onUnreadable: text", () => {
  const mail = "write to ada@example.com";
  test("what is text is judged as one", async () => {
    const { passed, record } = await ask(utf8(mail), { contentType: "text/plain" }, plans.text);
    assert.deepEqual([passed?.toString(), record.verdict], ["write to [EMAIL]", "redact"]);
    assert.equal((await ask(utf8("acme-internal"), { path: "/other" }, plans.text)).told?.code, "content_filter");
  });
  test("what is not even text is blocked", async () => {
    assert.deepEqual((await ask(invalid, {}, plans.text)).told, { status: 400, code: "content_unreadable" });
    assert.deepEqual((await ask(bomb, { contentEncoding: "gzip" }, plans.text)).told, {
      status: 400,
      code: "content_unreadable",
    });
  });
});

describe("a reply that cannot be read", () => {
  const replies: readonly Row[] = [
    ...unreadable,
    ["no content type", completion("hi"), { contentType: null }, "content-type"],
  ];
  for (const [what, body, head, why] of replies) {
    test(`block: ${what}`, async () => {
      const { passed, told, record } = await reply(body, head, plans.block);
      assert.deepEqual([passed, told], [null, { status: 502, code: "content_unreadable" }]);
      assert.deepEqual([record.reply_verdict, record.cause], ["block", `unreadable:${why}`]);
    });
    test(`pass: ${what}`, async () => assert.deepEqual((await reply(body, head, plans.pass)).passed, body));
  }
  test("plain text is read as what it is", async () => {
    const seen = await reply(utf8("<b>ada@example.com</b>"), { status: 503, contentType: "text/html" }, plans.block);
    assert.equal(seen.passed?.toString(), "<b>[EMAIL]</b>");
  });
  test("no body (204, 304, HEAD) passes, whatever its head says", async () => {
    const { passed, record } = await reply(
      Buffer.alloc(0),
      { status: 204, contentType: "image/png", contentEncoding: "gzip" },
      plans.block,
    );
    assert.deepEqual([passed?.length, record.reply_verdict], [0, "allow"]);
  });
  test("an edited reply keeps its coding, a stream loses it", async () => {
    const seen = await reply(gzipSync(completion("ada@example.com")), { contentEncoding: "gzip" }, plans.block);
    assert.deepEqual(seen.passed?.subarray(0, 2), Buffer.from([0x1f, 0x8b]));
    const exchange = exchangeOf({ plan: closed });
    await pushAll(exchange.openRequest(chatHead), [chat("hi")]);
    assert.equal(exchange.openReply({ ...streamHead, contentEncoding: "gzip" }, false).plain, true);
  });
});

describe("too much", () => {
  const long = (bytes: number): Buffer => {
    const rest = chat("").length;
    return chat("x".repeat(bytes - rest));
  };
  test("a prompt: at the limit, and one byte above", async () => {
    assert.equal((await ask(long(1024), {}, closed)).passed?.length, 1024);
    const { told, record } = await ask(long(1025), {}, closed);
    assert.deepEqual([told, record.cause], [{ status: 413, code: "content_too_large" }, "too-large"]);
  });
  test("a reply: one byte above", async () => {
    const { told, record } = await reply(long(1025), {}, plans.pass);
    assert.deepEqual([told, record.cause], [{ status: 502, code: "content_too_large" }, "too-large"]);
  });
  test("more than all exchanges may hold together", async () => {
    const holdings = createHoldings(100);
    const { told, record } = await ask(long(200), {}, plans.pass, { holdings });
    assert.deepEqual(
      [told, record.cause, holdings.bytes],
      [{ status: 503, code: "guard_overloaded" }, "overloaded", 0],
    );
  });
  test("no permit left: shed before a byte is read", () => {
    const exchange = exchangeOf({ plan: closed });
    const cause: BlockCause = exchange.shed();
    const { status, body } = exchange.answer("prompt", cause);
    assert.deepEqual([status, codeOf(Buffer.from(body).toString())], [503, "guard_overloaded"]);
    assert.equal(verdictRecord(exchange.close("complete")).cause, "overloaded");
  });
});

describe("a size limit in the policy", () => {
  const sized = (maxBytes: number): Plan =>
    planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: pass }
rules: [{ id: size, stage: [prompt, reply], detect: { size: { maxBytes: ${maxBytes} } }, action: block }]
`);
  const body = chat(" ".repeat(800));
  const packed = gzipSync(body);
  const coded = { contentEncoding: "gzip" };

  test("counts what a packed body unpacks to", async () => {
    assert.ok(packed.length < 200);
    assert.deepEqual((await ask(packed, coded, sized(body.length))).passed, packed);
    assert.equal((await ask(packed, coded, sized(body.length - 1))).told?.code, "content_filter");
  });
  test("counts what cannot be unpacked as it came", async () => {
    assert.equal((await ask(body, coded, sized(body.length - 1))).told?.code, "content_filter");
  });
  test("of a stream: at the same event, however it was cut", async () => {
    const events = Buffer.concat(Array.from({ length: 6 }, () => event("hello there. ")));
    const plan = sized(Math.floor(events.length / 2));
    const outcome = async (pieces: readonly Uint8Array[]): Promise<string> => {
      const exchange = exchangeOf({ plan });
      const { bytes, block } = await pushAll(exchange.openReply(streamHead, false).gate, pieces);
      assert.equal(block?.kind, "rule");
      return bytes.toString();
    };
    const whole = await outcome([events]);
    assert.equal(whole.split("data:").length - 1, 3);
    assert.equal(await outcome(Array.from(events, (byte) => Uint8Array.of(byte))), whole);
  });
});

describe("no answer in time", () => {
  /** Answers when its deadline ends, and not before. */
  const slow: TextDetector = {
    kind: "text",
    id: "slow",
    categories: [],
    reach: { longestSpan: 1, leftContext: 0, rightContext: 0 },
    settled: (text) => text.length,
    detect(signal) {
      const late = { kind: "unknown", cause: "deadline" } as const;
      if (signal.aborted) return late;
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve(late), { once: true }));
    },
  };
  const planWith = (onUnknown: string): Plan => {
    const compiled = readPolicy(utf8(policy("block", onUnknown)));
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
    return planOfTypes(compiled.value, { create: () => slow });
  };
  const limits = { promptBudgetMs: 1, windowBudgetMs: 1 };

  test("closed: an error that may be tried again", async () => {
    const { told, record } = await ask(chat("hi"), {}, planWith("closed"), { limits });
    assert.deepEqual([told, record.cause], [{ status: 503, code: "guard_unavailable" }, "unknown:deadline"]);
    assert.equal(record.unknown, "mail:deadline");
  });
  test("open: it passes, and the record says who could not answer", async () => {
    const { passed, record } = await ask(chat("hi"), {}, planWith("open"), { limits });
    assert.deepEqual([passed, record.verdict, record.unknown], [chat("hi"), "allow", "banned:deadline,mail:deadline"]);
  });
  test("closed, in a stream: it ends there", async () => {
    const exchange = exchangeOf({ plan: planWith("closed"), limits });
    const { gate } = exchange.openReply(streamHead, false);
    const { bytes, block } = await pushAll(gate, [event("hi")]);
    assert.deepEqual([bytes.length, block?.kind], [0, "unknown"]);
  });
});

const event = (content: string, end = "\n\n"): Buffer =>
  utf8(
    `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", model: "m", choices: [{ index: 0, delta: { content } }] })}${end}`,
  );
const done = utf8("data: [DONE]\n\n");

describe("a stream that goes wrong", () => {
  const begun = event("Hello there. ");
  const rows: readonly (readonly [what: string, rest: readonly Buffer[], cause: string])[] = [
    ["data that is not JSON", [utf8("data: {\n\n")], "unreadable:not-json"],
    ["half an event at its end, cut in its JSON", [event("and more").subarray(0, 40)], "unreadable:not-json"],
    ["an event that is not UTF-8", [Buffer.concat([utf8("data: "), invalid, utf8("\n\n")])], "unreadable:not-utf8"],
    ["an event above its limit", [utf8(`data: ${"x".repeat(3000)}`)], "unreadable:event-too-large"],
    ["more after the terminator", [done, event("hidden")], "unreadable:after-terminator"],
    [
      "an event without an end",
      Array.from({ length: 6 }, () => utf8(`:${"x".repeat(1000)}\n`)),
      "unreadable:event-too-large",
    ],
    ["text that a rule blocks", [event("4111 1111 1111 1111 is it"), done], "rule"],
  ];
  for (const [what, rest, cause] of rows) {
    test(`${what}: what was cleared stays, and the stream ends in its dialect`, async () => {
      const exchange = exchangeOf({ plan: closed, limits: small });
      await pushAll(exchange.openRequest(chatHead), [chat("hi")]);
      const { bytes, block, cut } = await pushAll(exchange.openReply(streamHead, false).gate, [begun, ...rest]);
      assert.notEqual(block, null);
      const record = verdictRecord(exchange.close("complete"));
      assert.deepEqual([record.reply_verdict, record.cause], ["block", cause]);
      assert.ok(bytes.toString().startsWith(begun.toString()));
      assert.doesNotMatch(bytes.toString(), /hidden|4111/);
      const whole = bytes.toString() + cut?.toString();
      assert.equal(whole.split("[DONE]").length, 2, "one terminator");
      if (!bytes.includes("[DONE]")) assert.match(whole, /"finish_reason":"content_filter"/);
    });
  }

  test("mislabelled: JSON as a stream is judged as text, a stream as JSON cannot be read", async () => {
    const asStream = await reply(completion("write to ada@example.com"), streamHead, closed);
    assert.match(String(asStream.passed), /write to \[EMAIL\]/);
    const asJson = await reply(Buffer.concat([begun, done]), jsonHead, closed);
    assert.equal(asJson.record.cause, "unreadable:not-json");
  });
  test("half an event that can be read is judged and passes", async () => {
    const seen = await reply(Buffer.concat([begun, event("mail ada@example.com", "")]), streamHead, closed);
    assert.match(String(seen.passed), /\[EMAIL\]/);
  });
  test("without a terminator it passes as it came", async () => {
    assert.deepEqual((await reply(begun, streamHead, closed)).passed, begun);
  });
  test("what is held reaches the limit: a text that never settles", async () => {
    const local = "a".repeat(60);
    const events = Array.from({ length: 60 }, () => event(`${local}@`));
    const exchange = exchangeOf({ plan: closed, limits: { ...small, heldBytesMax: 512 } });
    const { block } = await pushAll(exchange.openReply(streamHead, false).gate, [Buffer.concat(events)]);
    assert.deepEqual(block, { kind: "too-large", limitBytes: 512 });
  });
  test("an unknown coding, before anything went out: an error", async () => {
    const seen = await reply(begun, { ...streamHead, contentEncoding: "compress" }, closed);
    assert.deepEqual(seen.told, { status: 502, code: "content_unreadable" });
  });
  test("pass: an event that is not JSON goes on, and the rest is judged still", async () => {
    const seen = await reply(
      Buffer.concat([utf8("data: {\n\n"), event("ada@example.com is it"), done]),
      streamHead,
      plans.pass,
    );
    assert.match(String(seen.passed), /^data: \{\n\n.*\[EMAIL\].*\[DONE\]\n\n$/s);
    assert.equal(seen.record.cause, "unreadable:not-json");
  });
});

test("a reply of Envoy's own passes and is told as such", async () => {
  const exchange = exchangeOf({ plan: closed });
  const { gate } = exchange.openReply({ status: 413, contentType: "text/plain", contentEncoding: null }, true);
  const { bytes } = await pushAll(gate, [utf8("Payload Too Large")]);
  assert.equal(bytes.toString(), "Payload Too Large");
  const record = verdictRecord(exchange.close("complete"));
  assert.deepEqual([record.local, record.prompt_verdict, record.reply_verdict], [true, "none", "not-inspected"]);
});

test("what the transport does not show is the policy's to let pass", () => {
  const outcome = (plan: Plan): string => exchangeOf({ plan }).uninspected("prompt").kind;
  assert.deepEqual([outcome(plans.block), outcome(plans.pass), outcome(plans.text)], ["block", "clear", "block"]);
});
