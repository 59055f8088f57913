// Ollama's own client through the real Envoy: what works without the guard works with it, and what the guard changes still has the
// form that the client knows.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type ChatResponse, type GenerateResponse, Ollama } from "ollama";
import type { Reply } from "../../matrix/wire.ts";
import { user } from "../system.ts";
import { address, framed, json, none, sameRulesForReplies, sentence, Site, type Speak, standInOf } from "./site.ts";

const model = "llama3.2";

let site: Site;

before(async () => {
  site = await Site.open({ rules: sameRulesForReplies });
});
after(() => site[Symbol.asyncDispose]());

/** A client for one call, which is answered so. */
const client = (speak: Speak): Ollama => new Ollama({ host: site.url, headers: site.answered(speak).headers });

const whole = (body: object, status = 200): Reply =>
  json(body, { status, contentType: "application/json; charset=utf-8" });
const streamed = (...lines: readonly object[]): Reply =>
  framed(
    "application/x-ndjson",
    lines.map((line) => `${JSON.stringify(line)}\n`),
  );

const head = { model, created_at: "2026-08-04T19:22:45.499127Z" };
const ends = {
  done: true,
  done_reason: "stop",
  total_duration: 4883583458,
  load_duration: 1334875,
  prompt_eval_count: 26,
  prompt_eval_duration: 342546000,
  eval_count: 282,
  eval_duration: 4535599000,
};
const says = (content: string, more: object = {}) => ({
  ...head,
  message: { role: "assistant", content, ...more },
  done: false,
});
const last = { ...says(""), ...ends };
const response = (text: string) => ({ ...head, response: text, done: false });

async function all<T>(lines: Promise<AsyncIterable<T>>): Promise<T[]> {
  const got: T[] = [];
  for await (const line of await lines) got.push(line);
  return got;
}
const chat = (speak: Speak, content = "hello"): Promise<ChatResponse[]> =>
  all(client(speak).chat({ model, messages: user(content), stream: true }));
const textOf = (lines: readonly ChatResponse[]): string => lines.map(({ message }) => message.content).join("");

/** The client's own error for a status. Its class is not exported. */
const isError = (status: number, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Error);
  assert.equal(error.name, "ResponseError");
  assert.equal((error as Error & { status_code: number }).status_code, status);
  assert.match(error.message, words);
  assert.doesNotMatch(error.message, /zebrastripe|banned/);
  return true;
};

test("harmless exchanges are untouched, whole and streamed", async () => {
  const reply = { ...says("Hi.", { thinking: "Hm." }), ...ends };
  assert.deepEqual(await client(() => whole(reply)).chat({ model, messages: user("hello") }), reply);
  const lines = [says("", { thinking: "Hm." }), says("Hi"), says("."), last];
  assert.deepEqual(await chat(() => streamed(...lines)), lines);
  const generated = { ...response("Hi."), ...ends, context: [1, 2, 3] };
  assert.deepEqual(await client(() => whole(generated)).generate({ model, prompt: "hello" }), generated);
});

test("embeddings, lists of models and descriptions pass", async () => {
  const counts = { total_duration: 1, load_duration: 1, prompt_eval_count: 1 };
  const vectors = client(() => whole({ model, embeddings: [[0.5, -0.5]], ...counts }));
  assert.deepEqual((await vectors.embed({ model, input: ["one", "two"] })).embeddings, [[0.5, -0.5]]);
  const vector = client(() => whole({ embedding: [0.5] }));
  assert.deepEqual(await vector.embeddings({ model, prompt: "one" }), { embedding: [0.5] });
  const digest = "0a8c266910232fd3291e71e5ba1e058c";
  const list = client(() => whole({ models: [{ name: model, model, size: 1, digest }] }));
  assert.equal((await list.list()).models[0]?.digest, digest);
  assert.deepEqual(await client(() => whole({ version: "0.12.6" })).version(), { version: "0.12.6" });
  const show = client(() => whole({ modelfile: "FROM llama", capabilities: ["completion"] }));
  assert.deepEqual((await show.show({ model })).capabilities, ["completion"]);
});

test("a blocked prompt is the client's own error, tried once", async () => {
  const blocked = isError(400, /not allowed by the policy here. \(reference \w+\)/);
  const before = await site.exchanges();
  await assert.rejects(client(none).chat({ model, messages: user("a zebrastripe") }), blocked);
  await assert.rejects(chat(none, "a zebrastripe"), blocked);
  await assert.rejects(client(none).generate({ model, prompt: "a zebrastripe" }), blocked);
  await assert.rejects(client(none).embed({ model, input: "a zebrastripe" }), blocked);
  assert.equal(await site.exchanges(), before + 4);
});

test("a refusal is an ordinary reply, whole and streamed", async () => {
  const reply = await client(none).chat({ model, messages: user("a lionsmane") });
  assert.match(reply.message.content, sentence);
  assert.deepEqual([reply.model, reply.done, reply.done_reason], [model, true, "stop"]);
  assert.match((await client(none).generate({ model, prompt: "a lionsmane" })).response ?? "", sentence);
  const lines = await chat(none, "a lionsmane");
  assert.match(textOf(lines), sentence);
  assert.deepEqual(
    lines.map(({ done }) => done),
    [false, true],
  );
  const parts = await all<GenerateResponse>(client(none).generate({ model, prompt: "a lionsmane", stream: true }));
  assert.match(parts.map((part) => part.response).join(""), sentence);
});

test("a reply that is cut in mid-stream ends as one that is done", async () => {
  for (const word of ["zebrastripe", "lionsmane"]) {
    const opening = Array.from({ length: 300 }, (_, index) => says(`word${index} `));
    const bad = [says(`a ${word.slice(0, 5)}`), says(`${word.slice(5)} here`)];
    const lines = await chat(() => streamed(...opening, ...bad, last));
    assert.match(
      textOf(lines),
      /^word0 word1 .*\n\nThis content is not allowed by the policy here. \(reference \w+\)$/,
    );
    assert.ok(!JSON.stringify(lines).includes(word));
    assert.deepEqual([lines.at(-1)?.done, lines.at(-1)?.done_reason], [true, "stop"]);
  }
});

test("what is masked is masked whole and streamed; the tokens that tell it again go", async () => {
  const told = { ...response("a yellowbrick."), ...ends, context: [1, 2, 3] };
  const reply = await client(() => whole(told)).generate({ model, prompt: "hello" });
  assert.match(reply.response ?? "", /^a \[[A-Z_-]+\]\.$/);
  assert.equal(reply.context, null);
  const lines = [
    response("a yell"),
    response("owbri"),
    response("ck."),
    { ...response(""), ...ends, context: [1, 2, 3] },
  ];
  const parts = await all<GenerateResponse>(
    client(() => streamed(...lines)).generate({ model, prompt: "hello", stream: true }),
  );
  assert.equal(parts.map((part) => part.response).join(""), reply.response);
  assert.equal(parts.at(-1)?.context, null);
});

test("the model works with a placeholder; the client reads what it sent, in tool calls too", async () => {
  const call = (to: string) => ({ function: { index: 0, name: "send", arguments: { to, urgent: true } } });
  const asked = `write to ${address}`;
  const { message } = await client((heard) => {
    const name = standInOf(heard);
    return whole({ ...says(`To ${name}.`, { tool_calls: [call(name)] }), ...ends });
  }).chat({ model, messages: user(asked) });
  assert.equal(message.content, `To ${address}.`);
  assert.deepEqual(message.tool_calls, [call(address)]);
  const lines = await chat((heard) => {
    const name = standInOf(heard);
    const pieces = [`To ${name.slice(0, 4)}`, name.slice(4, 9), `${name.slice(9)}.`];
    return streamed(...pieces.map((piece) => says(piece)), says("", { tool_calls: [call(name)] }), last);
  }, asked);
  assert.equal(textOf(lines), `To ${address}.`);
  assert.deepEqual(
    lines.flatMap((line) => line.message.tool_calls ?? []),
    [call(address)],
  );
  assert.deepEqual(lines.at(-1), last);
});

test("the server's own errors pass, before a stream and in it", async () => {
  const absent = client(() => whole({ error: "model 'x' not found" }, 404));
  await assert.rejects(absent.chat({ model, messages: user("hello") }), isError(404, /not found/));
  const error = "an error was encountered while running the model";
  await assert.rejects(
    chat(() => streamed(says("It is"), { error })),
    /while running the model/,
  );
});
