import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import OpenAI, { APIError } from "openai";
import { samples } from "./model-answers.ts";
import { ModelServer, type SeenRequest } from "./model-server.ts";

const model = "stand-in-small";
const say = (content: string): { role: "user"; content: string }[] => [{ role: "user", content }];
const clientOf = (server: ModelServer): OpenAI =>
  new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}

test("a chat reply holds what the prompt asks for, as JSON and as a stream", async (t) => {
  await using server = await ModelServer.open();
  const client = clientOf(server);
  const cases = [
    { ask: "Who is on call?", holds: [samples.email, samples.phone] },
    { ask: "Which card do we pay with?", holds: [samples.card] },
    { ask: "To which bank account?", holds: [samples.iban] },
    { ask: "Which key do I set?", holds: [samples.key] },
    { ask: "Hello", holds: ["guarded door"] },
    { ask: "Repeat after me: żółw 🐢\nand more", holds: ["żółw 🐢\nand more"] },
  ];
  for (const { ask, holds } of cases) {
    await t.test(ask, async () => {
      const whole = await client.chat.completions.create({ model, messages: say(ask) });
      const stream = await client.chat.completions.create({ model, messages: say(ask), stream: true });
      let streamed = "";
      for await (const event of stream) streamed += event.choices[0]?.delta.content ?? "";
      for (const wanted of holds) assert.ok(whole.choices[0]?.message.content?.includes(wanted));
      assert.equal(streamed, whole.choices[0]?.message.content);
    });
  }
});

test("a stream has role, deltas, finish and, where asked for, usage", async () => {
  await using server = await ModelServer.open();
  const stream = await clientOf(server).chat.completions.create({
    model,
    messages: say("Count to 9"),
    stream: true,
    stream_options: { include_usage: true },
  });
  const events = await collect(stream);
  assert.equal(events[0]?.choices[0]?.delta.role, "assistant");
  assert.equal(events.at(-2)?.choices[0]?.finish_reason, "stop");
  assert.deepEqual(events.at(-1)?.choices, []);
  assert.equal(events.at(-1)?.usage?.completion_tokens, 5);
});

test("choices come interleaved and tell themselves apart", async () => {
  await using server = await ModelServer.open();
  const stream = await clientOf(server).chat.completions.create({ model, messages: say("Hello"), n: 3, stream: true });
  const texts = ["", "", ""];
  const order: number[] = [];
  for await (const event of stream) {
    const choice = event.choices[0];
    assert.ok(choice !== undefined);
    texts[choice.index] += choice.delta.content ?? "";
    order.push(choice.index);
  }
  assert.equal(new Set(texts).size, 3);
  assert.deepEqual(order.slice(3, 9), [0, 1, 2, 0, 1, 2]);
});

test("tool calls come whole and in pieces, and a tool's result is answered in words", async () => {
  await using server = await ModelServer.open();
  const client = clientOf(server);
  const tools = [{ type: "function" as const, function: { name: "weather", parameters: { type: "object" } } }];
  const messages = say("How is the weather in Lisbon and Oslo?");
  const whole = await client.chat.completions.create({ model, messages, tools });
  assert.equal(whole.choices[0]?.finish_reason, "tool_calls");
  const streamed = await client.chat.completions.stream({ model, messages, tools }).finalChatCompletion();
  const wanted = whole.choices[0]?.message.tool_calls?.map((call) =>
    call.type === "function" ? call.function.arguments : "",
  );
  const got = streamed.choices[0]?.message.tool_calls?.map((call) =>
    call.type === "function" ? call.function.arguments : "",
  );
  assert.equal(wanted?.length, 2);
  assert.deepEqual(got, wanted);
  const after = await client.chat.completions.create({
    model,
    tools,
    messages: [...messages, { role: "tool", tool_call_id: "call_0", content: "21" }],
  });
  assert.match(after.choices[0]?.message.content ?? "", /21 degrees/);
});

test("completions, embeddings and the list of models", async () => {
  await using server = await ModelServer.open();
  const client = clientOf(server);
  const whole = await client.completions.create({ model, prompt: ["Repeat after me: one", "Repeat after me: two"] });
  assert.deepEqual(
    whole.choices.map((choice) => choice.text),
    ["one", "two"],
  );
  let streamed = "";
  for await (const event of await client.completions.create({
    model,
    prompt: "Repeat after me: one by one",
    stream: true,
  })) {
    streamed += event.choices[0]?.text ?? "";
  }
  assert.equal(streamed, "one by one");
  const floats = await client.embeddings.create({
    model: "stand-in-embedding",
    input: ["a", "b"],
    encoding_format: "float",
  });
  const packed = await client.embeddings.create({ model: "stand-in-embedding", input: ["a", "b"] });
  assert.equal(floats.data.length, 2);
  for (const [index, { embedding }] of floats.data.entries()) {
    const other = packed.data[index]?.embedding ?? [];
    for (const [at, value] of embedding.entries()) assert.ok(Math.abs(value - (other[at] ?? 9)) < 1e-6);
  }
  const listed = await collect(client.models.list());
  assert.ok(listed.some(({ id }) => id === model));
});

test("errors come in OpenAI's form", async (t) => {
  await using server = await ModelServer.open();
  const client = clientOf(server);
  for (const status of [404, 429, 500]) {
    await t.test(String(status), async () => {
      const reply = client.chat.completions.create({ model, messages: say(`Please fail with ${status}`) });
      await assert.rejects(
        reply,
        (error) => error instanceof APIError && error.status === status && error.type !== undefined,
      );
    });
  }
  const bad = [
    { path: "/v1/chat/completions", body: "{", status: 400 },
    { path: "/v1/chat/completions", body: '{"model":"m","messages":[]}', status: 400 },
    { path: "/v1/completions", body: '{"model":"m"}', status: 400 },
    { path: "/v1/embeddings", body: "[]", status: 400 },
    { path: "/v1/nothing", body: "{}", status: 404 },
  ];
  for (const { path, body, status } of bad) {
    await t.test(`${path} ${body}`, async () => {
      const reply = await fetch(server.url + path, { method: "POST", body });
      assert.equal(reply.status, status);
      const { error } = (await reply.json()) as { error: { message: string } };
      assert.equal(typeof error.message, "string");
    });
  }
});

test("a client that leaves ends its stream, and the server goes on", async () => {
  const seen: SeenRequest[] = [];
  await using server = await ModelServer.open({ onRequest: (request) => void seen.push(request) });
  const socket = connect(server.port, "127.0.0.1");
  const body = JSON.stringify({ model, messages: say("Count to 999"), stream: true });
  socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  await once(socket, "data");
  socket.destroy();
  await once(socket, "close");
  const reply = await clientOf(server).chat.completions.create({ model, messages: say("Hello") });
  assert.equal(reply.choices.length, 1);
  assert.deepEqual(
    seen.map(({ method, path }) => `${method} ${path}`),
    ["POST /v1/chat/completions", "POST /v1/chat/completions"],
  );
});
