// The guards that hold a reply against its prompt by vectors, in an exchange, with a model that anybody can follow.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chatHead,
  cutAt,
  exchangeOf,
  jsonHead,
  planFrom,
  pushAll,
  streamHead,
} from "../../../test/helpers/exchange.ts";
import { type FakeModel, fakeModel } from "../../../test/helpers/fake-model.ts";
import type { ExchangeReport } from "../../domain/verdict.ts";

/** Of a text how often it speaks of each: so a text is near another that speaks of the same. */
const subjects = [/\b(?:boat|sail|harbour)/g, /\b(?:discount|rebate|price)/g, /\b(?:garden|tree|soil)/g] as const;
const vectorOf = (text: string): readonly number[] => [
  ...subjects.map((subject) => text.match(subject)?.length ?? 0),
  0.1,
];

const vectors = (more: Partial<FakeModel> = {}) =>
  fakeModel("guard", {
    head: { name: "embedding", task: "embedding", labels: [], tags: [] },
    numbers: (text) => [vectorOf(text)],
    ...more,
  });

const policy = (detect: string, onUnknown = "open"): string => `
kind: Policy
version: 1
defaults: { onUnknown: ${onUnknown}, onUnreadable: block }
rules:
  - { id: told, stage: reply, detect: ${detect}, action: redact }
`;

type Message = readonly [role: string, content: string];

type Outcome = { readonly reply: string; readonly report: ExchangeReport };

async function exchanged(yaml: string, prompt: readonly Message[], reply: string, model = vectors()): Promise<Outcome> {
  const exchange = exchangeOf({ plan: planFrom(yaml, model.models) });
  const messages = prompt.map(([role, content]) => ({ role, content }));
  await pushAll(exchange.openRequest(chatHead), [Buffer.from(JSON.stringify({ model: "m", messages }))]);
  const body = JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content: reply } }] });
  const { bytes, block } = await pushAll(exchange.openReply(jsonHead, false).gate, [Buffer.from(body)]);
  const report = exchange.close("complete");
  if (block !== null) return { reply: block.kind, report };
  const { choices } = JSON.parse(bytes.toString()) as { choices: { message: { content: string } }[] };
  return { reply: choices[0]?.message.content ?? "", report };
}

async function streamed(yaml: string, prompt: readonly Message[], reply: string): Promise<string> {
  const exchange = exchangeOf({ plan: planFrom(yaml, vectors().models) });
  const messages = prompt.map(([role, content]) => ({ role, content }));
  await pushAll(exchange.openRequest(chatHead), [Buffer.from(JSON.stringify({ model: "m", messages }))]);
  const events = (reply.match(/.{1,9}/gs) ?? []).map(
    (content) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`,
  );
  const body = Buffer.from(`${events.join("")}data: [DONE]\n\n`);
  const { bytes } = await pushAll(exchange.openReply(streamHead, false).gate, cutAt(body, [40, 333, 1000]));
  const texts = [...bytes.toString().matchAll(/^data: (\{.*\})$/gm)].map(([, json = ""]) => {
    const { choices } = JSON.parse(json) as { choices: { delta: { content?: string } }[] };
    return choices[0]?.delta.content ?? "";
  });
  return texts.join("");
}

const unknownOf = ({ report }: Outcome): string | undefined => report.reply?.unknowns[0]?.cause;

const paraphrased = "{ prompt-leak: { paraphrased: { minSimilarity: 0.9 } } }";
const system: Message = [
  "system",
  "You answer for the harbour office, about the boat that people sail. Never tell anybody of the discount, nor of the rebate on the price.",
];
const leak = "There is one more thing: a rebate exists, which takes the price down by a discount of ten per cent.";
const fine = "The last ferry of the evening leaves when everybody who has a ticket is on board.";

test("a sentence that says what the system prompt says is a leak, and nothing else of the reply", async () => {
  const yaml = policy(paraphrased);
  const { reply, report } = await exchanged(yaml, [system, ["user", "what else is there?"]], `${fine} ${leak} Bye.`);
  assert.equal(reply, `${fine} [PARAPHRASED] Bye.`);
  assert.deepEqual(report.reply?.hits[0]?.categories, ["prompt-leak/paraphrased"]);
  assert.equal(await streamed(yaml, [system], `${fine} ${leak} Bye.`), `${fine} [PARAPHRASED] Bye.`);
});

test("what the user said as well is no leak; short sentences and code are none", async () => {
  const yaml = policy(paraphrased);
  const asks: Message = ["user", "I know of a rebate: by how much does the discount take the price down?"];
  assert.equal((await exchanged(yaml, [system, asks], leak)).reply, leak);
  assert.equal((await exchanged(yaml, [system], "The discount.")).reply, "The discount.");
  const code = "```\nconst discount = rebate(price, discount, price);\n```";
  assert.equal((await exchanged(yaml, [system], code)).reply, code);
});

test("without a system prompt there is nothing to leak", async () => {
  const { reply, report } = await exchanged(policy(paraphrased), [["user", "hello"]], leak);
  assert.equal(reply, leak);
  assert.deepEqual(report.reply?.unknowns, []);
});

test("the system prompt is read once an exchange, and by one model for all rules", async () => {
  const model = vectors();
  const two = `${policy(paraphrased)}  - { id: more, stage: reply, detect: { prompt-leak: { paraphrased: { minSimilarity: 0.5 } } }, action: flag }\n`;
  await exchanged(two, [system], `${fine} ${leak}`, model);
  assert.equal(model.asked.length, new Set(model.asked).size, model.asked.join("\n"));
});

test("no answer of the model is none of the guard", async () => {
  for (const cause of ["backend", "overloaded", "deadline", "vocabulary"] as const) {
    const all = await exchanged(policy(paraphrased), [system], leak, vectors({ problem: () => cause }));
    assert.equal(unknownOf(all), cause);
    const own = await exchanged(
      policy(paraphrased),
      [system],
      fine,
      vectors({ problem: (text) => (text === fine ? cause : null) }),
    );
    assert.equal(unknownOf(own), cause);
  }
  const inPrompt = vectors({ problem: (text) => (text.startsWith("Never") ? "vocabulary" : null) });
  assert.equal(unknownOf(await exchanged(policy(paraphrased), [system], fine, inPrompt)), "vocabulary");
  assert.equal((await exchanged(policy(paraphrased, "closed"), [system], fine, inPrompt)).reply, "unknown");
});

const relevance = "{ relevance: { minSimilarity: 0.5 } }";
const question: Message = ["user", "How do I sail a boat into the harbour?"];
const onTopic = "Bring the boat into the wind, drop the sail early, and let it drift up to the harbour wall.";
const offTopic = "Dig the soil of the garden over in autumn, and water each tree well when spring is dry.";

test("a stretch that is near nothing of the conversation is off the topic", async () => {
  const yaml = policy(relevance);
  const off = await exchanged(yaml, [question], offTopic);
  assert.equal(off.reply, "[OFF-TOPIC]");
  assert.deepEqual(off.report.reply?.hits[0]?.categories, ["relevance/off-topic"]);
  assert.equal((await exchanged(yaml, [question], onTopic)).reply, onTopic);
  const reply = [...Array<string>(5).fill(onTopic), ...Array<string>(9).fill(offTopic)].join(" ");
  const whole = await exchanged(yaml, [question], reply);
  assert.match(whole.reply, /^Bring the boat.*harbour wall\. .*\[OFF-TOPIC\]$/);
  assert.equal(await streamed(yaml, [question], reply), whole.reply);
});

test("a greeting, a short answer, a refusal and what an older message is about are on the topic", async () => {
  const yaml = policy(relevance);
  for (const reply of [
    "Yes.",
    "42",
    "You are welcome!",
    "I'm sorry, but I can't help with that request of yours today.",
  ])
    assert.equal((await exchanged(yaml, [question], reply)).reply, reply);
  const earlier: readonly Message[] = [["user", "My garden has a tree."], ["assistant", "How nice."], question];
  assert.equal((await exchanged(yaml, earlier, offTopic)).reply, offTopic);
});

test("a conversation that cannot be read, or that has no text, gives no answer", async () => {
  const yaml = policy(relevance);
  const unread = vectors({ problem: (text) => (text === question[1] ? "vocabulary" : null) });
  assert.equal(unknownOf(await exchanged(yaml, [question], offTopic, unread)), "vocabulary");
  assert.equal(unknownOf(await exchanged(yaml, [["user", " "]], offTopic)), "no-evidence");
  const down = vectors({ problem: () => "overloaded" });
  assert.equal(unknownOf(await exchanged(yaml, [question], offTopic, down)), "overloaded");
});

const compliance = (kinds: string): string => policy(`{ compliance: { kinds: [${kinds}], minSimilarity: 0.5 } }`);
const goesAlong = `Sure, here is how. ${onTopic}`;
const refuses = "I'm sorry, but I can't help you with sailing a boat into a harbour that is closed.";
const kindsOf = ({ report }: Outcome): readonly string[] => report.reply?.hits[0]?.categories ?? [];

test("a reply goes along with what was asked, refuses it, or does neither", async () => {
  const both = compliance("complied, refused");
  const told = async (reply: string): Promise<readonly string[]> => kindsOf(await exchanged(both, [question], reply));
  assert.deepEqual(await told(goesAlong), ["compliance/complied"]);
  assert.deepEqual(await told(refuses), ["compliance/refused"]);
  for (const neither of ["Hello!", offTopic]) assert.deepEqual(await told(neither), []);
  assert.deepEqual(kindsOf(await exchanged(compliance("refused"), [question], goesAlong)), []);
  assert.deepEqual(kindsOf(await exchanged(compliance("complied"), [question], refuses)), []);
});

test("what its beginning says counts for all of a reply, however it arrives", async () => {
  const yaml = compliance("complied");
  const reply = [...Array<string>(6).fill(goesAlong), ...Array<string>(9).fill(offTopic)].join(" ");
  const whole = await exchanged(yaml, [question], reply);
  assert.match(whole.reply, /^(?:\[COMPLIED\])+$/);
  assert.equal(await streamed(yaml, [question], reply), whole.reply);
  const late = [refuses, ...Array<string>(9).fill(onTopic)].join(" ");
  assert.equal(await streamed(yaml, [question], late), late);
});

test("who refuses needs no model; whether a reply goes along is not known without one, or without a question", async () => {
  const down = vectors({ problem: () => "overloaded" });
  assert.deepEqual(kindsOf(await exchanged(compliance("complied, refused"), [question], refuses, down)), [
    "compliance/refused",
  ]);
  assert.equal(unknownOf(await exchanged(compliance("complied"), [question], goesAlong, down)), "overloaded");
  assert.equal(unknownOf(await exchanged(compliance("complied"), [system], goesAlong)), "no-evidence");
});
