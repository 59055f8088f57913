/** What the guard answers in OpenAI's forms, read by OpenAI's own client over loopback. */
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import OpenAI from "openai";
import { createDialects, findOperation } from "../../src/content/index.ts";
import type { Operation, StreamMessage } from "../../src/domain/dialect.ts";
import { runAtOnce } from "../../src/stdx/paced.ts";
import { answerFacts } from "../helpers/answer-facts.ts";

const facts = answerFacts({ model: "gpt-4o" });
const sentence = "Not allowed. (reference ref1)";

function operationAt(path: string): Operation {
  const head = { method: "POST", path, query: "", contentType: "application/json", contentEncoding: null };
  const operation = findOperation(createDialects(), head);
  assert.ok(operation !== null);
  return operation;
}
const chat = operationAt("/v1/chat/completions");
const completions = operationAt("/v1/completions");
const embeddings = operationAt("/v1/embeddings");

type Answer = { readonly status: number; readonly contentType: string; readonly body: string };
const json = (body: string | null, status = 200): Answer => ({
  status,
  contentType: "application/json",
  body: body ?? "",
});
const written = (messages: readonly StreamMessage[] | null): string =>
  Buffer.from(chat.streamFormat.encode(messages ?? [], true)).toString();
const stream = (body: string): Answer => ({ status: 200, contentType: chat.streamFormat.contentType, body });

/** Runs `use` with a client of a server that gives that answer to everything; counts its requests. */
async function answered(answer: Answer, use: (client: OpenAI) => Promise<void>): Promise<number> {
  let requests = 0;
  const server: Server = createServer((request, response) => {
    requests += 1;
    request.resume();
    response.writeHead(answer.status, { "content-type": answer.contentType }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await use(new OpenAI({ apiKey: "none", baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 2 }));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  return requests;
}

const ask = { model: "gpt-4o", messages: [{ role: "user" as const, content: "hi" }] };

test("a refusal is a chat completion", async () => {
  await answered(json(chat.refusal(facts)), async (client) => {
    const reply = await client.chat.completions.create(ask);
    assert.equal(reply.object, "chat.completion");
    assert.equal(reply.model, "gpt-4o");
    assert.equal(reply.created, facts.createdS);
    const [choice] = reply.choices;
    assert.equal(choice?.message.content, sentence);
    assert.equal(choice.message.refusal, sentence);
    assert.equal(choice.finish_reason, "content_filter");
    assert.equal(reply.usage?.total_tokens, 0);
  });
});

test("a refusal is a text completion", async () => {
  await answered(json(completions.refusal(facts)), async (client) => {
    const reply = await client.completions.create({ model: "m", prompt: "hi" });
    assert.equal(reply.object, "text_completion");
    assert.equal(reply.choices[0]?.text, sentence);
    assert.equal(reply.choices[0].finish_reason, "content_filter");
  });
});

test("embeddings have no refusal, only the error form", () => {
  assert.equal(embeddings.refusal(facts), null);
  assert.equal(embeddings.refusalStream(facts), null);
});

test("a refusal is a stream that ends", async () => {
  await answered(stream(written(chat.refusalStream(facts))), async (client) => {
    const reply = await client.chat.completions.stream(ask).finalChatCompletion();
    assert.equal(reply.choices[0]?.message.content, sentence);
    assert.equal(reply.choices[0].message.refusal, sentence);
    assert.equal(reply.choices[0].finish_reason, "content_filter");
  });
  await answered(stream(written(completions.refusalStream(facts))), async (client) => {
    const chunks = await client.completions.create({ model: "m", prompt: "hi", stream: true });
    const texts: string[] = [];
    for await (const chunk of chunks) texts.push(`${chunk.choices[0]?.text} ${chunk.choices[0]?.finish_reason}`);
    assert.deepEqual(texts, [`${sentence} content_filter`]);
  });
});

test("a stream that is cut ends each open choice, with what was released before it", async () => {
  const reader = chat.openStream();
  const event = (choice: object): string =>
    JSON.stringify({ id: "up-1", object: "chat.completion.chunk", created: 5, model: "up", choices: [choice] });
  const released = [
    event({ index: 0, delta: { role: "assistant", content: "one" }, finish_reason: null }),
    event({ index: 1, delta: { role: "assistant", content: "two" }, finish_reason: null }),
    event({ index: 0, delta: {}, finish_reason: "stop" }),
  ];
  for (const data of [...released, event({ index: 1, delta: { content: " three" }, finish_reason: "stop" })]) {
    assert.ok(runAtOnce(reader.read("", data)).ok);
  }
  const body = released.map((data) => `data: ${data}\n\n`).join("") + written(reader.cut(facts, released.length));
  await answered(stream(body), async (client) => {
    const reply = await client.chat.completions.stream({ ...ask, n: 2 }).finalChatCompletion();
    assert.equal(reply.id, "up-1");
    const told = reply.choices.map(({ message, finish_reason }) => [
      message.content,
      message.refusal ?? null,
      finish_reason,
    ]);
    assert.deepEqual(told, [
      ["one", null, "stop"],
      ["two", sentence, "content_filter"],
    ]);
  });
});

test("an error of status 400 is told once and not retried", async () => {
  for (const operation of [chat, completions, embeddings]) {
    const requests = await answered(json(operation.error(facts), 400), async (client) => {
      await assert.rejects(client.chat.completions.create(ask), (error) => {
        assert.ok(error instanceof OpenAI.BadRequestError);
        assert.equal(error.code, "content_filter");
        assert.equal(error.type, "invalid_request_error");
        assert.equal(error.param, null);
        assert.ok(error.message.includes(sentence));
        return true;
      });
    });
    assert.equal(requests, 1);
  }
});

test("an error of status 503 is the server's", async () => {
  const requests = await answered(
    json(chat.error({ ...facts, status: 503, code: "guard_overloaded" }), 503),
    async (client) => {
      await assert.rejects(client.chat.completions.create(ask, { maxRetries: 0 }), (error) => {
        assert.ok(error instanceof OpenAI.InternalServerError);
        assert.equal(error.code, "guard_overloaded");
        assert.equal(error.type, "server_error");
        return true;
      });
    },
  );
  assert.equal(requests, 1);
});
