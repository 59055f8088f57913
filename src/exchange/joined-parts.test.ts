/** Parts of one message: what is split over them is found where they are joined, and each is still judged by itself. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { chatHead, exchangeOf, planFrom, pushAll } from "../../test/helpers/exchange.ts";
import { runAtOnce } from "../stdx/paced.ts";
import type { PieceEdit } from "./edits.ts";
import { bothEdits } from "./joined-parts.ts";

const rules = (action: string): string => `
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
exceptions:
  - { id: ours, literals: [help@example.com], reason: published, owner: me, expires: 2030-01-01 }
rules:
  - { id: mail, stage: prompt, detect: { pii: { kinds: [email] } }, action: ${action} }
`;
const masks = planFrom(rules("redact"));
const blocks = planFrom(rules("block"));

const json = (body: unknown): Buffer => Buffer.from(JSON.stringify(body));

async function sent(body: unknown, { plan = masks, path = chatHead.path } = {}) {
  const exchange = exchangeOf({ plan });
  const { bytes, block } = await pushAll(exchange.openRequest({ ...chatHead, path }), [json(body)]);
  return { text: bytes.toString(), block, verdict: exchange.close("complete").prompt };
}

const chat = (...texts: readonly string[]) => ({
  model: "m",
  messages: [{ role: "user", content: texts.map((text) => ({ type: "text", text })) }],
});
const partsOf = (text: string): string[] =>
  (JSON.parse(text) as { messages: [{ content: { text: string }[] }] }).messages[0].content.map((part) => part.text);

const texts = (one: string, other: string) => [
  { type: "text", text: one },
  { type: "text", text: other },
];
const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } };
const [one, other] = ["ask ada@exam", "ple.com now"];
const max_tokens = 9;

const bodies: readonly (readonly [name: string, path: string, body: unknown])[] = [
  ["OpenAI's chat", "/v1/chat/completions", chat(one, other)],
  [
    "what a tool gave",
    "/v1/chat/completions",
    { model: "m", messages: [{ role: "tool", tool_call_id: "c", content: texts(one, other) }] },
  ],
  [
    "OpenAI's responses",
    "/v1/responses",
    {
      model: "m",
      input: [{ role: "user", content: texts(one, other).map((part) => ({ ...part, type: "input_text" })) }],
    },
  ],
  [
    "Anthropic's blocks",
    "/v1/messages",
    { model: "m", max_tokens, messages: [{ role: "user", content: texts(one, other) }] },
  ],
  [
    "Anthropic's instructions",
    "/v1/messages",
    { model: "m", max_tokens, system: texts(one, other), messages: [{ role: "user", content: "hi" }] },
  ],
  [
    "blocks on both sides of an image",
    "/v1/messages",
    {
      model: "m",
      max_tokens,
      messages: [{ role: "user", content: [{ type: "text", text: one }, image, { type: "text", text: other }] }],
    },
  ],
  [
    "blocks of a tool's result",
    "/v1/messages",
    {
      model: "m",
      max_tokens,
      messages: [{ role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: texts(one, other) }] }],
    },
  ],
  [
    "Gemini's parts",
    "/v1beta/models/gemini-2.5-flash:generateContent",
    { contents: [{ role: "user", parts: [{ text: one }, { text: other }] }] },
  ],
  [
    "Bedrock's blocks",
    "/model/amazon.nova-lite-v1%3A0/converse",
    { messages: [{ role: "user", content: [{ text: one }, { guardContent: { text: { text: other } } }] }] },
  ],
  [
    "parts of a model's own form at Bedrock",
    "/model/amazon.nova-lite-v1%3A0/invoke",
    { messages: [{ role: "user", content: [{ text: one }, { text: other }] }] },
  ],
];

describe("a prompt's parts", () => {
  for (const [name, path, body] of bodies) {
    it(`masks what is split over them: ${name}`, async () => {
      const { text, verdict } = await sent(body, { path });
      assert.match(text, /"ask \[EMAIL\]"/);
      assert.match(text, /" now"/);
      assert.deepEqual(
        verdict?.hits.map(({ rule, count }) => [rule, count]),
        [["mail", 1]],
      );
    });
  }

  it("block where what is split over them does", async () => {
    assert.equal((await sent(chat(one, other), { plan: blocks })).block?.kind, "rule");
    assert.equal((await sent(chat(one, " ", other), { plan: blocks })).block, null);
  });

  it("are found by themselves where joining would hide it", async () => {
    // What follows would make another name of it.
    const { text } = await sent(chat("ask ada@example.com", "1 or none"));
    assert.equal(partsOf(text)[0], "ask [EMAIL]");
  });

  it("count once what both readings find, and the text itself", async () => {
    const { text, verdict } = await sent(chat("ask bob@example.org or ", "ada@example.com "));
    assert.deepEqual(partsOf(text), ["ask [EMAIL] or ", "[EMAIL] "]);
    assert.equal(verdict?.hits[0]?.count, 2);
    assert.equal(verdict?.coverage.characters, verdict?.coverage.present);
    assert.equal(verdict?.coverage.characters, "ask bob@example.org or ada@example.com ".length);
    assert.equal(verdict?.coverage.segments, 2);
  });

  it("heed exceptions in both readings, counted once", async () => {
    const { text, verdict } = await sent(chat("ask help@example.com or ", "help@exam", "ple.com "));
    assert.deepEqual(partsOf(text), ["ask help@example.com or ", "help@exam", "ple.com "]);
    assert.deepEqual(verdict?.excepted, [{ exception: "ours", count: 2 }]);
  });

  it("of two messages, two roles or two lists are not joined", async () => {
    const messages = [
      { role: "user", content: [{ type: "text", text: one }] },
      { role: "user", content: [{ type: "text", text: other }] },
    ];
    assert.equal((await sent({ model: "m", messages }, { plan: blocks })).block, null);
    const content = [{ type: "text", text: one }];
    const twice = `{"messages":[{"role":"user","content":${JSON.stringify(content)},"content":${JSON.stringify([{ type: "text", text: other }])}}]}`;
    const gate = exchangeOf({ plan: blocks }).openRequest(chatHead);
    assert.equal((await pushAll(gate, [Buffer.from(twice)])).block, null);
  });

  it("stop where the text that they make stops, wherever it is cut", async () => {
    const word = fc.constantFrom("ask ", "ada", "@example.com", " or ", "bob@exa", "mple.org", ". ", "é😀", "help");
    const cuts = fc.array(fc.nat(), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 8 }), cuts, async (words, at) => {
        const text = words.join("");
        const places = [0, ...at.map((cut) => cut % (text.length + 1)).toSorted((a, b) => a - b), text.length];
        const parts = places.slice(1).map((to, index) => text.slice(places[index], to));
        const whole = await sent(chat(text), { plan: blocks });
        const split = await sent(chat(...parts), { plan: blocks });
        if (whole.block !== null) assert.equal(split.block?.kind, "rule");
        const masked = partsOf((await sent(chat(...parts))).text).join("");
        if (!masked.includes("help")) assert.ok(!/(?:ada|bob)@example\.(?:com|org)(?!\w)/.test(masked), masked);
      }),
      { numRuns: 100 },
    );
  });
});

describe("edits of two readings", () => {
  const edit = (start: number, end: number, text: string): PieceEdit => ({ start, end, text });
  for (const [what, first, second, wanted] of [
    ["apart", [edit(0, 2, "a")], [edit(4, 6, "b")], [edit(0, 2, "a"), edit(4, 6, "b")]],
    ["the same", [edit(0, 2, "a")], [edit(0, 2, "a")], [edit(0, 2, "a")]],
    ["one in the other", [edit(1, 2, "a")], [edit(0, 4, "b")], [edit(0, 4, "b")]],
    ["one over the other", [edit(0, 3, "a")], [edit(2, 5, "b")], [edit(0, 5, "ab")]],
    ["the rest of a longer one", [edit(0, 3, "a")], [edit(0, 3, "")], [edit(0, 3, "")]],
    ["words beside", [edit(1, 1, "<"), edit(3, 3, ">")], [edit(1, 1, "<")], [edit(1, 1, "<"), edit(3, 3, ">")]],
    ["words in a mask", [edit(2, 2, "<")], [edit(1, 4, "b")], [edit(1, 4, "b")]],
  ] as const) {
    it(`make one list: ${what}`, () => assert.deepEqual(runAtOnce(bothEdits(first, second)), wanted));
  }
});
