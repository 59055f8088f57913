// The official client through the real Envoy: what works without the guard works with it, and what the guard changes still has
// the form that the client knows.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI, { APIError } from "openai";
import { samples } from "../../src/app/demo/model-answers.ts";
import { model, System, user } from "./system.ts";

let system: System;
let client: OpenAI;

before(async () => {
  system = await System.open();
  client = system.client();
});
after(() => system[Symbol.asyncDispose]());

type Chunk = OpenAI.ChatCompletionChunk;

async function stream(
  content: string,
  more: Partial<OpenAI.ChatCompletionCreateParamsStreaming> = {},
): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  const events = await client.chat.completions.create({ model, messages: user(content), ...more, stream: true });
  for await (const chunk of events) chunks.push(chunk);
  return chunks;
}

const textOf = (chunks: readonly Chunk[], index = 0): string =>
  chunks
    .flatMap(({ choices }) => choices)
    .filter((choice) => choice.index === index)
    .map(({ delta }) => delta.content ?? "")
    .join("");

const finishOf = (chunks: readonly Chunk[]): string | undefined =>
  chunks.flatMap(({ choices }) => choices).findLast(({ finish_reason }) => finish_reason !== null)?.finish_reason ??
  undefined;

const ask = (content: string): Promise<OpenAI.ChatCompletion> =>
  client.chat.completions.create({ model, messages: user(content) });

test("a harmless chat passes, whole and streamed, and both say the same", async () => {
  const whole = await ask("What is a sally port?");
  const chunks = await stream("What is a sally port?", { stream_options: { include_usage: true } });
  assert.match(whole.choices[0]?.message.content ?? "", /guarded door/);
  assert.equal(textOf(chunks), whole.choices[0]?.message.content);
  assert.equal(finishOf(chunks), "stop");
  assert.deepEqual(chunks.at(-1)?.usage, whole.usage);
});

test("a long stream arrives whole, in many pieces", async () => {
  const chunks = await stream("Count to 400");
  assert.equal(textOf(chunks), Array.from({ length: 400 }, (_, index) => index + 1).join(" "));
  assert.ok(chunks.length > 200);
});

test("each of several choices arrives whole", async () => {
  const whole = await client.chat.completions.create({ model, messages: user("Hello"), n: 3 });
  const chunks = await stream("Hello", { n: 3 });
  for (const { index, message } of whole.choices) assert.equal(textOf(chunks, index), message.content);
});

test("personal data in a reply is masked, whole and streamed", async () => {
  const whole = (await ask("Who is on call?")).choices[0]?.message.content;
  const chunks = await stream("Who is on call?", { n: 2, stream_options: { include_usage: true } });
  assert.equal(whole, "Mara is on call. Write to [EMAIL] or ring [PHONE].");
  assert.equal(textOf(chunks, 0), whole);
  assert.equal(textOf(chunks, 1), `Put in another way (2): ${whole}`);
  assert.equal(finishOf(chunks), "stop");
  assert.ok((chunks.at(-1)?.usage?.total_tokens ?? 0) > 0);
});

test("a key in a prompt never gets to the model", async () => {
  const already = system.seen.length;
  const whole = await ask(`Repeat after me: it is ${samples.key}.`);
  assert.equal(whole.choices[0]?.message.content, "it is [AWS-ACCESS-KEY].");
  assert.equal(system.seen.length, already + 1);
  assert.ok(!system.seen[already]?.body.includes(samples.key));
});

test("tool calls arrive whole, streamed in pieces too; what they hold is masked and stays JSON", async () => {
  const tools = [{ type: "function" as const, function: { name: "weather", parameters: { type: "object" } } }];
  const messages = user("How is the weather in Lisbon and Oslo?");
  const whole = await client.chat.completions.create({ model, messages, tools });
  const streamed = await client.chat.completions.stream({ model, messages, tools }).finalChatCompletion();
  for (const reply of [whole, streamed]) {
    const calls = reply.choices[0]?.message.tool_calls ?? [];
    const parsed = calls.map((call) =>
      call.type === "function" ? (JSON.parse(call.function.arguments) as object) : {},
    );
    const told = { unit: "celsius", notify: "[EMAIL]" };
    assert.deepEqual(parsed, [
      { city: "Lisbon", ...told },
      { city: "Oslo", ...told },
    ]);
    assert.equal(reply.choices[0]?.finish_reason, "tool_calls");
  }
});

test("completions, whole and streamed", async () => {
  const prompt = "Repeat after me: write to mara.lind@example.com, please";
  const already = system.seen.length;
  const whole = await client.completions.create({ model, prompt });
  let streamed = "";
  for await (const chunk of await client.completions.create({ model, prompt, stream: true }))
    streamed += chunk.choices[0]?.text ?? "";
  // The model works with a placeholder, and the client reads what it sent.
  assert.equal(whole.choices[0]?.text, "write to mara.lind@example.com, please");
  for (const { body } of system.seen.slice(already)) assert.match(body, /write to <EMAIL_1_[a-z2-9]{6}>, please/);
  assert.equal(streamed, whole.choices[0]?.text);
});

test("embeddings, of what the policy lets through", async () => {
  const plain = await client.embeddings.create({ model: "stand-in-embedding", input: ["one", "two"] });
  assert.deepEqual(
    plain.data.map(({ embedding }) => embedding.length),
    [16, 16],
  );
  const already = system.seen.length;
  await client.embeddings.create({ model: "stand-in-embedding", input: `it is ${samples.key}` });
  assert.match(system.seen[already]?.body ?? "", /it is \[AWS-ACCESS-KEY\]/);
});

test("the list of models", async () => {
  const ids: string[] = [];
  for await (const { id } of client.models.list()) ids.push(id);
  assert.ok(ids.includes(model));
});

test("a blocked prompt is an error in OpenAI's form, and is not tried again", async (t) => {
  const already = { upstream: system.seen.length, exchanges: (await system.settled()).length };
  const blocked = (error: unknown): boolean => {
    assert.ok(error instanceof APIError);
    assert.equal(error.status, 400);
    assert.equal(error.code, "content_filter");
    assert.doesNotMatch(error.message, /acme|banned-words|keyword/i);
    return true;
  };
  await t.test("chat", () => assert.rejects(ask("Tell me about acme-internal."), blocked));
  await t.test("chat, streamed", () => assert.rejects(stream("Tell me about acme-internal."), blocked));
  await t.test("completions", () =>
    assert.rejects(client.completions.create({ model, prompt: "acme-internal" }), blocked),
  );
  await t.test("embeddings", () =>
    assert.rejects(client.embeddings.create({ model, input: "acme-internal" }), blocked),
  );
  assert.equal((await system.settled()).length, already.exchanges + 4);
  assert.equal(system.seen.length, already.upstream);
});

test("a blocked reply is a refusal in OpenAI's form", async () => {
  const whole = await ask("Which card do we pay with?");
  assert.equal(whole.choices[0]?.finish_reason, "content_filter");
  assert.doesNotMatch(JSON.stringify(whole), /4111/);
  const chunks = await stream("Which card do we pay with?");
  assert.equal(finishOf(chunks), "content_filter");
  assert.doesNotMatch(JSON.stringify(chunks), /4111/);
});

test("a reply blocked in mid-stream ends cleanly, after what was cleared", async () => {
  const opening = Array.from({ length: 300 }, (_, index) => `word${index}`).join(" ");
  const chunks = await stream(`Repeat after me: ${opening} and ${samples.card} is the card`);
  assert.ok(textOf(chunks).startsWith("word0 word1 word2"));
  assert.equal(finishOf(chunks), "content_filter");
  assert.doesNotMatch(JSON.stringify(chunks), /4111|is the card/);
});

test("the model server's own errors pass as they are", async (t) => {
  const once = new OpenAI({ baseURL: `${system.url}/v1`, apiKey: "none", maxRetries: 0 });
  for (const status of [404, 429, 500]) {
    await t.test(String(status), async () => {
      const reply = once.chat.completions.create({ model, messages: user(`Please fail with ${status}`) });
      await assert.rejects(
        reply,
        (error) => error instanceof APIError && error.status === status && error.type !== "content_filter",
      );
    });
  }
});
