/** Breathing changes nothing: a pace that breathes at every chance and one that never does give the same, whatever is looked for. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { DetectKind, ModelKind } from "../../src/domain/policy.ts";
import type { Pace } from "../../src/domain/ports.ts";
import { chatHead, cutAt, exchangeOf, jsonHead, planFrom, pushAll, streamHead } from "../helpers/exchange.ts";
import { createCountingPace, neverBreathes } from "../helpers/pace.ts";
import { testTail } from "../helpers/rules.ts";
import { personal, secret } from "./detectors.ts";

const token = "heron-lantern-58213";
const instructions = `You answer letters for a small library by the harbour. Never speak of the reserve shelf or of ${token}.`;
const result = "mail mia.holm@readers.example.com, see https://shelf.example.com/t/4471 or call +1 415 555 2671";

/** A model is asked elsewhere, and its threads breathe for themselves. */
type Kind = Exclude<DetectKind, ModelKind | "relevance" | "compliance">;

/** One rule for each kind; what it does is often to change the text, so that much goes on behind it. */
const rules: Readonly<Record<Kind, string>> = {
  pii: "stage: prompt, detect: { pii: {} }, action: { redact: { placeholder: { restore: true } } }",
  secrets: "stage: [prompt, reply], detect: { secrets: {} }, action: redact",
  keywords:
    "stage: [prompt, reply], detect: { keywords: { list: [acme-internal, project] } }, action: { replace: gone }",
  patterns:
    "stage: [prompt, reply], detect: { patterns: { list: [{ id: word, pattern: '[a-z]{3,}x' }] } }, action: { redact: hash }",
  size: "stage: [prompt, reply], detect: { size: { maxCharacters: 1000000 } }, action: block",
  hidden: "stage: [prompt, reply], detect: { hidden: {} }, action: { redact: remove }",
  links: "stage: [prompt, reply], detect: { links: { allowHosts: ['*.example.org'] } }, action: redact",
  language: "stage: [prompt, reply], detect: { language: { allow: [en] } }, action: { replace: foreign }",
  quality: "stage: [prompt, reply], detect: { quality: {} }, action: flag",
  canary: `stage: [prompt, reply], detect: { canary: { tokens: [${token}] } }, action: redact`,
  "prompt-leak": "stage: reply, detect: { prompt-leak: {} }, action: redact",
  refusal: "stage: reply, detect: { refusal: {} }, action: flag",
  "reply-schema": "stage: reply, detect: { reply-schema: {} }, action: { replace: '{}' }",
  "tool-calls": "stage: reply, detect: { tool-calls: {} }, action: flag",
  "data-flow": "stage: reply, detect: { data-flow: {} }, action: redact",
  groundedness: "stage: reply, detect: { groundedness: { threshold: 0.3 } }, action: redact",
};
const detectKinds = Object.keys(rules) as Kind[];
const policy = (kinds: readonly Kind[]): string =>
  `kind: Policy\nversion: 1\ndefaults: { onUnknown: closed, onUnreadable: block }\nrules:\n${kinds
    .map((kind) => `  - { id: ${kind}, ${rules[kind]} }\n`)
    .join("")}`;
const every = planFrom(policy(detectKinds));

const morsels: readonly string[] = [
  ...personal,
  ...secret,
  ...[instructions, result, token, "acme-internal", "projectx ", "aaax ", "I'm sorry, but I can't help with that. "],
  ...["\u200b", "\u202e", "p\u0430ypal ", "%61", "&#x61;", "\\u0061", "\u{1f600}", "[a](", "![a](https://e.example/)"],
  ...["Die Kisten standen lange im Regen und niemand wusste warum. ", "some quiet text ", "aaaa", "1 ", '{"a":', "]"],
  Buffer.from("mail mia.holm@readers.example.com now").toString("base64"),
];
/** Some of it long, so that there is something to breathe between. */
const text: fc.Arbitrary<string> = fc
  .array(fc.tuple(fc.constantFrom(...morsels), fc.oneof(fc.nat(3), fc.integer({ min: 50, max: 400 }))), {
    maxLength: 6,
  })
  .map((parts) => parts.map(([part, times]) => part.repeat(times).slice(0, 8_000)).join(" "));

type Traffic = { readonly prompt: string; readonly reply: string; readonly call: string; readonly wantsJson: boolean };
const traffic: fc.Arbitrary<Traffic> = fc.record({
  prompt: text,
  reply: text,
  call: text.map((it) => JSON.stringify({ note: it })),
  wantsJson: fc.boolean(),
});

const schema = { type: "object", properties: { note: { type: "string", maxLength: 100 } }, required: ["note"] };

const requestOf = ({ prompt, wantsJson }: Traffic): Buffer =>
  Buffer.from(
    JSON.stringify({
      model: "m",
      messages: [
        { role: "system", content: instructions },
        { role: "user", content: prompt },
        { role: "tool", tool_call_id: "c", content: result },
      ],
      tools: [{ type: "function", function: { name: "save", parameters: schema } }],
      ...(wantsJson ? { response_format: { type: "json_schema", json_schema: { name: "note", schema } } } : {}),
    }),
  );

const toolCall = (call: string) => [
  { index: 0, id: "c", type: "function", function: { name: "save", arguments: call } },
];

const wholeOf = ({ reply, call }: Traffic): Buffer =>
  Buffer.from(JSON.stringify({ choices: [{ index: 0, message: { content: reply, tool_calls: toolCall(call) } }] }));

function streamOf({ reply, call }: Traffic): Buffer {
  const half = call.length >> 1;
  const deltas: readonly object[] = [
    ...(reply.match(/[^]{1,3000}/gu) ?? []).map((content) => ({ content })),
    { tool_calls: toolCall(call.slice(0, half)) },
    { tool_calls: [{ index: 0, function: { arguments: call.slice(half) } }] },
  ];
  const events = deltas.map((delta) => `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`);
  return Buffer.from(`${events.join("")}data: [DONE]\n\n`);
}

async function passed(plan: typeof every, it: Traffic, streams: boolean, cuts: readonly number[], pace: Pace) {
  const shared = { pace, drawTail: () => testTail, pseudonym: (of: string) => `${of.length}` };
  const exchange = exchangeOf({ plan, shared });
  const prompt = await pushAll(exchange.openRequest(chatHead), cutAt(requestOf(it), cuts));
  if (prompt.block !== null) return { prompt, reply: null, report: exchange.close("complete") };
  const { gate } = exchange.openReply(streams ? streamHead : jsonHead, false);
  const reply = await pushAll(gate, cutAt(streams ? streamOf(it) : wholeOf(it), cuts));
  return { prompt, reply, report: exchange.close("complete") };
}

describe("breathing", () => {
  it("changes nothing of what goes out, nor of the verdict, cut anywhere, with every kind of guard", async () => {
    let breaths = 0;
    await fc.assert(
      fc.asyncProperty(traffic, fc.boolean(), fc.array(fc.nat(), { maxLength: 8 }), async (it, streams, cuts) => {
        const pace = createCountingPace();
        const withBreaths = await passed(every, it, streams, cuts, pace);
        assert.deepEqual(withBreaths, await passed(every, it, streams, cuts, neverBreathes));
        breaths += pace.breaths;
      }),
      { numRuns: 60 },
    );
    assert.ok(breaths > 1_000);
  });

  for (const kind of detectKinds) {
    it(`has its chances with ${kind}, and changes nothing`, async () => {
      const plan = planFrom(policy([kind]));
      const note = morsels.map((part) => part.repeat(200).slice(0, 800)).join("\n");
      const it: Traffic = {
        prompt: note,
        reply: note,
        call: JSON.stringify({ note }),
        wantsJson: kind === "reply-schema",
      };
      for (const streams of [false, true]) {
        const pace = createCountingPace();
        const withBreaths = await passed(plan, it, streams, [], pace);
        assert.deepEqual(withBreaths, await passed(plan, it, streams, [], neverBreathes));
        assert.ok(pace.breaths > 16, `${pace.breaths}`);
      }
    });
  }
});
