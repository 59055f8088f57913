// The official client of Anthropic through the real Envoy: what works without the guard works with it, and what the guard changes
// still has the form that the client knows. Upstream is a script: what it says is what the documentation shows.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import Anthropic, { APIError, BadRequestError, RateLimitError } from "@anthropic-ai/sdk";
import type { Reply } from "../../matrix/wire.ts";
import { user } from "../system.ts";
import { address, type Call, framed, json, none, sentence, Site, standInOf } from "./site.ts";

const model = "claude-sonnet-4-5";

let site: Site;
let client: Anthropic;

before(async () => {
  site = await Site.open();
  client = new Anthropic({ baseURL: site.url, apiKey: "none" });
});
after(() => site[Symbol.asyncDispose]());

const usage = { input_tokens: 10, output_tokens: 7, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
const head = { id: "msg_01XFDUDYJgAACzvnptvVoYEL", type: "message", role: "assistant", model };
const message = (...content: readonly object[]): object => ({
  ...head,
  content,
  stop_reason: "end_turn",
  stop_sequence: null,
  usage,
});

type Event = readonly [type: string, more?: object];
const sse = (...events: readonly Event[]): Reply =>
  framed(
    "text/event-stream; charset=utf-8",
    events.map(([type, more]) => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`),
  );
const begin: Event = [
  "message_start",
  { message: { ...message(), stop_reason: null, usage: { ...usage, output_tokens: 1 } } },
];
const start = (index: number, content_block: object): Event => ["content_block_start", { index, content_block }];
const delta = (index: number, told: object): Event => ["content_block_delta", { index, delta: told }];
const stop = (index: number): Event => ["content_block_stop", { index }];
const end: readonly Event[] = [
  ["message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 7 } }],
  ["message_stop"],
];
const textBlock = (index: number, ...texts: readonly string[]): readonly Event[] => [
  start(index, { type: "text", text: "" }),
  ["ping"],
  ...texts.map((text) => delta(index, { type: "text_delta", text })),
  stop(index),
];
const toolBlock = (index: number, ...pieces: readonly string[]): readonly Event[] => [
  start(index, { type: "tool_use", id: "toolu_01", name: "write", input: {} }),
  ...pieces.map((partial_json) => delta(index, { type: "input_json_delta", partial_json })),
  stop(index),
];

const params = (content: string) => ({ model, max_tokens: 1024, messages: user(content) });
const textOf = ({ content }: Anthropic.Message): string =>
  content.map((block) => (block.type === "text" ? block.text : "")).join("");

test("a plain message arrives as it was sent, whole and streamed", async () => {
  const sent = message(
    { type: "thinking", thinking: "Hm.", signature: "EqQBCgIYAhIM1gbcDa9GJwZA" },
    { type: "text", text: "A guarded door.", citations: null },
  );
  const whole = site.answered(() => json(sent));
  assert.deepEqual(await client.messages.create(params("What is a sally port?"), whole), sent);
  assert.deepEqual(JSON.parse(whole.heard?.body ?? ""), params("What is a sally port?"));

  const events = [
    begin,
    start(0, { type: "thinking", thinking: "", signature: "" }),
    delta(0, { type: "thinking_delta", thinking: "Hm." }),
    delta(0, { type: "signature_delta", signature: "EqQBCgIYAhIM1gbcDa9GJwZA" }),
    stop(0),
    ...textBlock(1, "A guarded", " door."),
    ...toolBlock(2, "", '{"to": "the ', 'gate", "times": 2}'),
    ...end,
  ];
  const streamed = site.answered(() => sse(...events));
  const told: object[] = [];
  for await (const event of await client.messages.create({ ...params("And?"), stream: true }, streamed))
    told.push(event);
  assert.deepEqual(
    told,
    events.filter(([type]) => type !== "ping").map(([type, more]) => ({ type, ...more })),
  );
});

test("tokens are counted", async () => {
  const { model: of, messages } = params("How long is this?");
  const call = site.answered(() => json({ input_tokens: 14 }));
  assert.deepEqual(await client.messages.countTokens({ model: of, messages }, call), { input_tokens: 14 });
});

test("a blocked prompt is the client's own error, once", async (t) => {
  const cases = [
    ["zebrastripe", BadRequestError, 400, "invalid_request_error", "This content is not allowed by the policy here."],
    ["giraffeneck", RateLimitError, 429, "rate_limit_error", "Not now."],
  ] as const;
  const { model: of } = params("");
  for (const [word, kind, status, type, words] of cases) {
    const calls = {
      whole: (call: Call) => client.messages.create(params(`a ${word}`), call),
      streamed: (call: Call) => client.messages.create({ ...params(`a ${word}`), stream: true }, call),
      gathered: (call: Call) => client.messages.stream(params(`a ${word}`), call).finalMessage(),
      beta: (call: Call) => client.beta.messages.create(params(`a ${word}`), call),
      counted: (call: Call) => client.messages.countTokens({ model: of, messages: user(`a ${word}`) }, call),
    };
    for (const [name, ask] of Object.entries(calls)) {
      await t.test(`${status}, ${name}`, async () => {
        const before = await site.exchanges();
        const call = site.answered(() => json(message({ type: "text", text: "hi" })));
        await assert.rejects(ask(call), (error) => {
          assert.ok(error instanceof kind);
          assert.deepEqual([error.status, error.type, error.errorCode], [status, type, "content_filter"]);
          assert.ok(error.apiMessage?.startsWith(`${words} (reference `));
          assert.doesNotMatch(error.message, /zebra|giraffe|banned|keyword/);
          return true;
        });
        assert.equal(call.heard, null);
        assert.equal(await site.exchanges(), before + 1);
      });
    }
  }
});

test("a refused prompt is a message that says so, whole and streamed", async () => {
  const whole = await client.messages.create(params("a lionsmane"), site.answered(none));
  const streamed = await client.messages.stream(params("a lionsmane"), site.answered(none)).finalMessage();
  const beta = await client.beta.messages.stream(params("a lionsmane"), site.answered(none)).finalMessage();
  for (const told of [whole, streamed, beta]) {
    assert.deepEqual([told.type, told.role, told.model, told.stop_reason], ["message", "assistant", model, "refusal"]);
    assert.equal(told.content.length, 1);
    const [block] = told.content;
    assert.match(block?.type === "text" ? block.text : "", sentence);
    assert.equal(told.stop_details?.explanation, block?.type === "text" ? block.text : "");
    assert.equal(told.usage.output_tokens, 0);
  }
});

test("a blocked reply is a message that says so", async () => {
  const call = site.answered(() => json(message({ type: "text", text: "it is zebrastripe" })));
  const told = await client.messages.create(params("Hi"), call);
  assert.equal(told.stop_reason, "refusal");
  assert.match(textOf(told), sentence);
});

test("a reply cut in mid-stream ends in good form, wherever it is", async (t) => {
  const opening = Array.from({ length: 200 }, (_, index) => `word${index} `);
  const bad = "zebrastripe is the word";
  const cases: Readonly<Record<string, readonly Event[]>> = {
    "before any text": [begin, ...textBlock(0, bad), ...end],
    "in a text": [begin, ...textBlock(0, ...opening, bad), ...end],
    "in the text after another": [begin, ...textBlock(0, "First."), ...textBlock(1, ...opening, bad), ...end],
    "in reasoning": [
      begin,
      start(0, { type: "thinking", thinking: "", signature: "" }),
      ...[...opening, bad].map((thinking) => delta(0, { type: "thinking_delta", thinking })),
      stop(0),
      ...end,
    ],
    "in arguments": [begin, ...textBlock(0, "First."), ...toolBlock(1, '{"to": "', ...opening, bad, '"}'), ...end],
    "in a citation": [
      begin,
      start(0, { type: "text", text: "", citations: [] }),
      delta(0, { type: "text_delta", text: "First." }),
      delta(0, { type: "citations_delta", citation: { type: "char_location", cited_text: bad, document_index: 0 } }),
      stop(0),
      ...end,
    ],
  };
  for (const [where, events] of Object.entries(cases)) {
    await t.test(where, async () => {
      const types: string[] = [];
      const stream = client.messages
        .stream(
          params("Go on"),
          site.answered(() => sse(...events)),
        )
        .on("streamEvent", ({ type }) => types.push(type));
      const told = await stream.finalMessage();
      const beta = await client.beta.messages
        .stream(
          params("Go on"),
          site.answered(() => sse(...events)),
        )
        .finalMessage();
      for (const { stop_reason, stop_details } of [told, beta]) {
        assert.equal(stop_reason, "refusal");
        assert.match(stop_details?.explanation ?? "", sentence);
      }
      assert.doesNotMatch(JSON.stringify([told, beta]), /zebra|is the word/);
      assert.deepEqual(types.slice(-2), ["message_delta", "message_stop"]);
      const count = (type: string): number => types.filter((one) => one === type).length;
      assert.equal(count("content_block_start"), count("content_block_stop"));
      assert.equal(count("message_stop"), 1);
      if (where === "in a text") assert.match(textOf(told), /^word0 word1 word2 /);
    });
  }
});

test("what a reply may not say is masked, whole and streamed, in arguments too", async () => {
  const input = { to: "the yellowbrick road", times: 2 };
  const tool = { type: "tool_use", id: "toolu_01", name: "write", input };
  const whole = await client.messages.create(
    params("Hi"),
    site.answered(() => json(message({ type: "text", text: "a yellowbrick road" }, tool))),
  );
  const args = ['{"to": "the yell', "owbr", 'ick road", "times": 2}'];
  const events = [begin, ...textBlock(0, "a yel", "lowbric", "k road"), ...toolBlock(1, ...args), ...end];
  const streamed = await client.messages
    .stream(
      params("Hi"),
      site.answered(() => sse(...events)),
    )
    .finalMessage();
  for (const told of [whole, streamed]) {
    assert.match(textOf(told), /^a \[[A-Z-]+\] road$/);
    const [used] = told.content.flatMap((block) => (block.type === "tool_use" ? [block.input as typeof input] : []));
    assert.match(used?.to ?? "", /^the \[[A-Z-]+\] road$/);
    assert.equal(used?.times, 2);
    assert.equal(told.stop_reason, "end_turn");
  }
});

test("the model sees a stand-in, and the client its own words: whole, streamed and in arguments", async () => {
  const ask = params(`Write to ${address}.`);
  const whole = site.answered((heard) => {
    const input = { to: [standInOf(heard)], body: 'Dear "A",\n' };
    return json(
      message(
        { type: "text", text: `To ${standInOf(heard)}: done.` },
        { type: "tool_use", id: "t", name: "write", input },
      ),
    );
  });
  const streamed = site.answered((heard) => {
    const name = standInOf(heard);
    const texts = textBlock(0, `To ${name.slice(0, 4)}`, name.slice(4), ": done.");
    const args = toolBlock(1, `{"to": ["${name.slice(0, 7)}`, name.slice(7), '"], "body": "Dear \\"A\\",\\n"}');
    return sse(begin, ...texts, ...args, ...end);
  });
  const told = [await client.messages.create(ask, whole), await client.messages.stream(ask, streamed).finalMessage()];
  for (const one of told) {
    assert.equal(textOf(one), `To ${address}: done.`);
    const used = one.content.find((block) => block.type === "tool_use");
    assert.deepEqual(used?.input, { to: [address], body: 'Dear "A",\n' });
  }
});

test("the provider's own errors pass as they are", async (t) => {
  const error = { type: "overloaded_error", message: "Overloaded", details: null };
  const body = { type: "error", error, request_id: "req_1" };
  const passed = (thrown: unknown): boolean => {
    assert.ok(thrown instanceof APIError);
    assert.equal(thrown.type, "overloaded_error");
    return true;
  };
  await t.test("whole", () =>
    assert.rejects(
      client.messages.create(params("Hi"), { ...site.answered(() => json(body, { status: 529 })), maxRetries: 0 }),
      passed,
    ),
  );
  await t.test("in mid-stream", async () => {
    const events: readonly Event[] = [begin, ...textBlock(0, "Well,"), ["error", { error }]];
    const stream = client.messages.stream(
      params("Hi"),
      site.answered(() => sse(...events)),
    );
    const texts: string[] = [];
    stream.on("text", (text) => texts.push(text));
    await assert.rejects(stream.finalMessage(), passed);
    assert.deepEqual(texts, ["Well,"]);
  });
});
