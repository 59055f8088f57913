// Ollama's own client through the real Envoy: what works without the guard works with it, and what the guard changes still has the
// form that the client knows.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type ChatResponse, type GenerateResponse, Ollama } from "ollama";
import { Upstream } from "../../helpers/upstream.ts";
import { System } from "../system.ts";

const policy = `kind: Policy
version: 1
name: ollama
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - id: stops
    stage: [prompt, reply]
    detect: { keywords: { list: [zebrastripe] } }
    action: { block: error }
  - id: refuses
    stage: [prompt, reply]
    detect: { keywords: { list: [quietharbour] } }
    action: { block: refusal }
  - id: masks
    stage: [prompt, reply]
    detect: { keywords: { list: [yellowbrick] } }
    action: redact
  - id: stands-in
    stage: prompt
    detect: { pii: { kinds: [email] } }
    action: { redact: { placeholder: { restore: { links: true, toolArguments: true } } } }
`;
const address = "ada.lovelace@example.org";
const model = "llama3.2";
const user = (content: string) => [{ role: "user", content }];

let upstream: Upstream;
let system: System;

/** Holds what did open, also where Envoy did not. */
const opened = new AsyncDisposableStack();

before(async () => {
  upstream = opened.use(await Upstream.open());
  system = opened.use(await System.open({ policy, upstreamPort: upstream.port }));
});
after(() => opened.disposeAsync());

const client = (cell: string): Ollama => new Ollama({ host: system.url, headers: { "x-cell": cell } });

type Say = (prompt: string) => readonly object[];

/** The model server's lines for that cell; it hears the prompt's body. */
function answers(cell: string, contentType: string, say: Say, status = 200): void {
  upstream.script(cell, async (exchange) => {
    await exchange.body.ended;
    exchange.respond(status, { "content-type": contentType });
    for (const line of say(exchange.body.bytes().toString())) exchange.write(`${JSON.stringify(line)}\n`);
    exchange.end();
  });
}
const streams = (cell: string, say: Say): void => answers(cell, "application/x-ndjson", say);
const whole = (cell: string, say: (prompt: string) => object, status = 200): void =>
  answers(cell, "application/json; charset=utf-8", (prompt) => [say(prompt)], status);

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
const chat = (cell: string, content = "hello"): Promise<ChatResponse[]> =>
  all(client(cell).chat({ model, messages: user(content), stream: true }));
const textOf = (lines: readonly ChatResponse[]): string => lines.map(({ message }) => message.content).join("");

/** The client's own error for a status. Its class is not exported. */
const isError = (status: number, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Error);
  assert.equal(error.name, "ResponseError");
  assert.equal((error as Error & { status_code: number }).status_code, status);
  assert.match(error.message, words);
  assert.doesNotMatch(error.message, /zebrastripe|stops/);
  return true;
};

test("harmless exchanges are untouched, whole and streamed", async () => {
  const reply = { ...says("Hi.", { thinking: "Hm." }), ...ends };
  whole("plain", () => reply);
  assert.deepEqual(await client("plain").chat({ model, messages: user("hello") }), reply);
  const lines = [says("", { thinking: "Hm." }), says("Hi"), says("."), last];
  streams("plain-stream", () => lines);
  assert.deepEqual(await chat("plain-stream"), lines);
  const generated = { ...response("Hi."), ...ends, context: [1, 2, 3] };
  whole("plain-generate", () => generated);
  assert.deepEqual(await client("plain-generate").generate({ model, prompt: "hello" }), generated);
});

test("embeddings, lists of models and descriptions pass", async () => {
  whole("embed", () => ({
    model,
    embeddings: [[0.5, -0.5]],
    total_duration: 1,
    load_duration: 1,
    prompt_eval_count: 1,
  }));
  assert.deepEqual((await client("embed").embed({ model, input: ["one", "two"] })).embeddings, [[0.5, -0.5]]);
  whole("embeddings", () => ({ embedding: [0.5] }));
  assert.deepEqual(await client("embeddings").embeddings({ model, prompt: "one" }), { embedding: [0.5] });
  whole("list", () => ({ models: [{ name: model, model, size: 1, digest: "0a8c266910232fd3291e71e5ba1e058c" }] }));
  assert.equal((await client("list").list()).models[0]?.digest, "0a8c266910232fd3291e71e5ba1e058c");
  whole("version", () => ({ version: "0.12.6" }));
  assert.deepEqual(await client("version").version(), { version: "0.12.6" });
  whole("show", () => ({ modelfile: "FROM llama", capabilities: ["completion"] }));
  assert.deepEqual((await client("show").show({ model })).capabilities, ["completion"]);
});

test("a blocked prompt is the client's own error, tried once", async () => {
  const blocked = isError(400, /not allowed by the policy here. \(reference \w+\)/);
  const before = (await system.settled()).length;
  await assert.rejects(client("blocked").chat({ model, messages: user("a zebrastripe") }), blocked);
  await assert.rejects(chat("blocked", "a zebrastripe"), blocked);
  await assert.rejects(client("blocked").generate({ model, prompt: "a zebrastripe" }), blocked);
  await assert.rejects(client("blocked").embed({ model, input: "a zebrastripe" }), blocked);
  assert.equal(upstream.count("blocked"), 0);
  assert.equal((await system.settled()).length, before + 4);
});

test("a refusal is an ordinary reply, whole and streamed", async () => {
  const wanted = /^This content is not allowed by the policy here. \(reference \w+\)$/;
  const reply = await client("refused").chat({ model, messages: user("a quietharbour") });
  assert.match(reply.message.content, wanted);
  assert.deepEqual([reply.model, reply.done, reply.done_reason], [model, true, "stop"]);
  assert.match((await client("refused").generate({ model, prompt: "a quietharbour" })).response ?? "", wanted);
  const lines = await chat("refused", "a quietharbour");
  assert.match(textOf(lines), wanted);
  assert.deepEqual(
    lines.map(({ done }) => done),
    [false, true],
  );
  const parts = await all<GenerateResponse>(
    client("refused").generate({ model, prompt: "a quietharbour", stream: true }),
  );
  assert.match(parts.map((part) => part.response).join(""), wanted);
  assert.equal(upstream.count("refused"), 0);
});

test("a reply that is cut in mid-stream ends as one that is done", async () => {
  for (const word of ["zebrastripe", "quietharbour"]) {
    const cell = `cut-${word}`;
    const opening = Array.from({ length: 300 }, (_, index) => says(`word${index} `));
    streams(cell, () => [...opening, says(`a ${word.slice(0, 5)}`), says(`${word.slice(5)} here`), last]);
    const lines = await chat(cell);
    assert.match(
      textOf(lines),
      /^word0 word1 .*\n\nThis content is not allowed by the policy here. \(reference \w+\)$/,
    );
    assert.ok(!JSON.stringify(lines).includes(word));
    assert.deepEqual([lines.at(-1)?.done, lines.at(-1)?.done_reason], [true, "stop"]);
  }
});

test("what is masked is masked whole and streamed; the tokens that tell it again go", async () => {
  whole("masked", () => ({ ...response("a yellowbrick."), ...ends, context: [1, 2, 3] }));
  const reply = await client("masked").generate({ model, prompt: "hello" });
  assert.match(reply.response ?? "", /^a \[[A-Z_-]+\]\.$/);
  assert.equal(reply.context, null);
  const lines = [
    response("a yell"),
    response("owbri"),
    response("ck."),
    { ...response(""), ...ends, context: [1, 2, 3] },
  ];
  streams("masked-stream", () => lines);
  const parts = await all<GenerateResponse>(client("masked-stream").generate({ model, prompt: "hello", stream: true }));
  assert.equal(parts.map((part) => part.response).join(""), reply.response);
  assert.equal(parts.at(-1)?.context, null);
});

test("the model works with a placeholder; the client reads what it sent, in tool calls too", async () => {
  const standIn = (prompt: string): string => {
    assert.ok(!prompt.includes(address));
    return /<EMAIL_\d+_[a-z2-9]+>/.exec(prompt)?.[0] ?? assert.fail("the model sees a stand-in");
  };
  const call = (to: string) => ({ function: { index: 0, name: "send", arguments: { to, urgent: true } } });
  const asked = `write to ${address}`;
  whole("restored", (prompt) => ({
    ...says(`To ${standIn(prompt)}.`, { tool_calls: [call(standIn(prompt))] }),
    ...ends,
  }));
  const reply = await client("restored").chat({ model, messages: user(asked) });
  assert.equal(reply.message.content, `To ${address}.`);
  assert.deepEqual(reply.message.tool_calls, [call(address)]);
  streams("restored-stream", (prompt) => {
    const name = standIn(prompt);
    const pieces = [`To ${name.slice(0, 4)}`, name.slice(4, 9), `${name.slice(9)}.`];
    return [...pieces.map((piece) => says(piece)), says("", { tool_calls: [call(name)] }), last];
  });
  const lines = await chat("restored-stream", asked);
  assert.equal(textOf(lines), `To ${address}.`);
  assert.deepEqual(
    lines.flatMap(({ message }) => message.tool_calls ?? []),
    [call(address)],
  );
  assert.deepEqual(lines.at(-1), last);
});

test("the server's own errors pass, before a stream and in it", async () => {
  whole("not-found", () => ({ error: "model 'x' not found" }), 404);
  await assert.rejects(client("not-found").chat({ model, messages: user("hello") }), isError(404, /not found/));
  streams("broken", () => [says("It is"), { error: "an error was encountered while running the model" }]);
  await assert.rejects(chat("broken"), /while running the model/);
});
