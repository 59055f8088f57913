// The official client of the Model Context Protocol through the real Envoy, before the official server: what works without the guard
// works with it, and what the guard changes still has the form that the client knows.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport, StreamableHTTPError } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import {
  CallToolResultSchema,
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ErrorCode,
  LoggingMessageNotificationSchema,
  McpError,
} from "@modelcontextprotocol/sdk/types.js";
import { samples } from "../../../src/app/demo/model-answers.ts";
import { System } from "../system.ts";
import { McpServer, resumableHeader, wholeHeader } from "./mcp-server.ts";
import { address, policyOf, sameRulesForReplies, sentence } from "./site.ts";

const policy = policyOf([
  "{ id: secrets, stage: prompt, detect: { secrets: {} }, action: redact }",
  ...sameRulesForReplies,
]);
const standIn = /^write to <EMAIL_1_[a-z2-9]+>$/;
const masked = /^it says \[[A-Z_-]+\] here$/;

let server: McpServer;
let system: System;
/** Through Envoy: replies as streams, and whole. Straight to the server. */
let streamed: Client;
let whole: Client;
let straight: Client;
const errors: Error[] = [];

async function connect(port: string, headers: Readonly<Record<string, string>> = {}): Promise<Client> {
  const client = new Client(
    { name: "tests", version: "1.0.0" },
    { capabilities: { sampling: {}, elicitation: { form: {} } } },
  );
  const transport = new StreamableHTTPClientTransport(new URL(`${port}/mcp`), { requestInit: { headers } });
  await client.connect(transport);
  return client;
}

/** It has room for one listener. */
const hearErrors = (client: Client, onerror: (error: Error) => void): Client => Object.assign(client, { onerror });

/** Holds what did open, also where Envoy did not. */
const opened = new AsyncDisposableStack();

before(async () => {
  server = opened.use(await McpServer.open());
  system = opened.use(await System.open({ policy, upstreamPort: server.port }));
  streamed = await connect(system.url);
  whole = await connect(system.url, { [wholeHeader]: "1" });
  straight = await connect(`http://127.0.0.1:${server.port}`);
  for (const client of [streamed, whole, straight]) opened.defer(() => client.close());
  hearErrors(streamed, (error) => errors.push(error));
});
after(() => opened.disposeAsync());

type Said = { readonly words: string; readonly isError: boolean; readonly structure: unknown };

async function call(client: Client, name: string, given: object): Promise<Said> {
  const result = CallToolResultSchema.parse(await client.callTool({ name, arguments: { ...given } }));
  const [first] = result.content;
  const words = first?.type === "text" ? first.text : "";
  return { words, isError: result.isError === true, structure: result.structuredContent };
}
const say = (client: Client, words: string): Promise<Said> => call(client, "say", { words });

/** Runs `work`; says how many requests came to the server by it. */
async function counted(work: () => Promise<void>): Promise<number> {
  const before = server.requests.POST;
  await work();
  return server.requests.POST - before;
}

const isBlock = (error: unknown): boolean => {
  assert.ok(error instanceof McpError);
  assert.equal(error.code, ErrorCode.InvalidRequest);
  assert.match(error.message.replace(/^MCP error -32600: /, ""), sentence);
  assert.equal((error.data as { code: string }).code, "content_filter");
  return true;
};

test("what holds nothing of interest is the same as without the guard", async () => {
  const all = async (client: Client): Promise<unknown> => [
    client.getServerVersion(),
    client.getInstructions(),
    await client.ping(),
    await client.listTools(),
    await client.listResources(),
    await client.getPrompt({ name: "p", arguments: { words: "fine" } }),
    await say(client, "fine"),
  ];
  const wanted = await all(straight);
  assert.deepEqual(await all(streamed), wanted);
  assert.deepEqual(await all(whole), wanted);
});

test("a secret in a call's arguments never gets to the server; they stay what they are", async () => {
  for (const client of [streamed, whole]) {
    const said = await call(client, "say", { words: `it is ${samples.key}.`, more: { list: [1, "fine"] } });
    assert.equal(said.words, "it is [AWS-ACCESS-KEY].");
    const { arguments: heard } = server.calls.at(-1) ?? {};
    assert.deepEqual(heard, { words: "it is [AWS-ACCESS-KEY].", more: { list: [1, "fine"] } });
  }
});

test("results are masked, their structure too, which stays JSON", async () => {
  for (const client of [streamed, whole]) {
    const { words, structure } = await say(client, "it says yellowbrick here");
    assert.match(words, masked);
    assert.deepEqual(structure, { said: words, count: 1 });
    const read = await client.readResource({ uri: "file:///notes.txt" });
    assert.doesNotMatch(JSON.stringify(read), /yellowbrick/);
  }
});

test("the server works with a stand-in, and the client reads what it sent", async () => {
  for (const client of [streamed, whole]) {
    const words = `write to ${address}`;
    assert.deepEqual(await say(client, words), { words, isError: false, structure: { said: words, count: 1 } });
    assert.match(String(server.calls.at(-1)?.arguments["words"]), standIn);
  }
});

test("a blocked call is an error of the client's own, once; the session goes on", async () => {
  for (const client of [streamed, whole]) {
    const already = server.calls.length;
    const came = await counted(() => assert.rejects(say(client, "zebrastripe"), isBlock));
    assert.equal(came, 0);
    assert.equal(server.calls.length, already);
    assert.equal((await say(client, "fine")).words, "fine");
  }
});

test("a refused call is a tool's failure, which is no exception; other methods get the error", async () => {
  for (const client of [streamed, whole]) {
    const { words, isError } = await say(client, "lionsmane");
    assert.ok(isError);
    assert.match(words, sentence);
    await assert.rejects(client.getPrompt({ name: "p", arguments: { words: "lionsmane" } }), isBlock);
  }
});

test("a blocked result is an error, once; a refused one a tool's failure", async () => {
  for (const client of [streamed, whole]) {
    const came = await counted(() => assert.rejects(call(client, "spell", { letters: [..."zebrastripe"] }), isBlock));
    assert.equal(came, 1);
    const { words, isError } = await call(client, "spell", { letters: [..."lionsmane"] });
    assert.ok(isError);
    assert.match(words, sentence);
  }
});

test("a stream goes on as it comes; what is masked in it, is masked event by event", async () => {
  server.seen = Promise.withResolvers();
  const told: (string | undefined)[] = [];
  const given = { first: "it says fine here", letters: [..."it says yellowbrick here"] };
  const result = await streamed.callTool({ name: "spell-later", arguments: given }, CallToolResultSchema, {
    onprogress: ({ message }) => {
      told.push(message);
      server.seen.resolve();
    },
  });
  assert.deepEqual(told, ["it says fine here"]);
  assert.match((result.content as { text: string }[])[0]?.text ?? "", masked);
});

test("a stream that is cut ends with a tool's failure, below what the client has seen", async () => {
  server.seen = Promise.withResolvers();
  const told: (string | undefined)[] = [];
  const given = { first: "fine", letters: [..."zebrastripe"] };
  const came = await counted(async () => {
    const result = await streamed.callTool({ name: "spell-later", arguments: given }, CallToolResultSchema, {
      onprogress: ({ message }) => {
        told.push(message);
        server.seen.resolve();
      },
    });
    assert.equal(result.isError, true);
    assert.match((result.content as { text: string }[])[0]?.text ?? "", sentence);
  });
  assert.deepEqual(told, ["fine"]);
  assert.equal(came, 1);
  assert.equal((await say(streamed, "fine")).words, "fine");
});

test("what the server asks a model, and what that says, is judged", async () => {
  const asked: string[] = [];
  streamed.setRequestHandler(CreateMessageRequestSchema, ({ params }) => {
    asked.push(JSON.stringify(params.messages));
    const content = { type: "text" as const, text: `it is ${samples.key}.` };
    return { role: "assistant" as const, model: "m", content };
  });
  const { words } = await call(streamed, "sample", { letters: [..."it says yellowbrick here"] });
  assert.equal(words, "it is [AWS-ACCESS-KEY].");
  assert.equal(asked.length, 1);
  assert.doesNotMatch(asked[0] ?? "", /yellowbrick/);
  assert.ok(!JSON.stringify(server.answers).includes(samples.key));
  await assert.rejects(call(streamed, "sample", { letters: [..."zebrastripe"] }), isBlock);
  assert.equal(asked.length, 1);
});

test("what a person fills in is judged", async () => {
  streamed.setRequestHandler(ElicitRequestSchema, () => ({
    action: "accept" as const,
    content: { mail: samples.key },
  }));
  assert.equal((await call(streamed, "elicit", { words: "Your address?" })).words, "thanks");
  assert.deepEqual(server.answers.at(-1), { action: "accept", content: { mail: "[AWS-ACCESS-KEY]" } });
});

test("none of that was an error of the connection", () => assert.deepEqual(errors, []));

test("a blocked answer to the server is an error of the connection: nothing waits for an answer to it", async () => {
  const stop = new AbortController();
  streamed.setRequestHandler(CreateMessageRequestSchema, () => ({
    role: "assistant" as const,
    model: "m",
    content: { type: "text" as const, text: "zebrastripe" },
  }));
  const failed = Promise.withResolvers<Error>();
  hearErrors(streamed, failed.resolve);
  const already = server.answers.length;
  const sampled = streamed.callTool({ name: "sample", arguments: { words: "fine" } }, CallToolResultSchema, {
    signal: stop.signal,
  });
  const error = await failed.promise;
  assert.ok(error instanceof StreamableHTTPError);
  assert.equal(error.code, 400);
  assert.equal(server.answers.length, already);
  stop.abort();
  await assert.rejects(sampled);
});

test("a blocked notification is an error of the connection", async () => {
  const params = { requestId: 1, reason: "zebrastripe" };
  const sent = streamed.notification({ method: "notifications/cancelled", params });
  await assert.rejects(sent, (error) => error instanceof StreamableHTTPError && error.code === 400);
});

test("what the server says unasked is judged", async () => {
  const heard = Promise.withResolvers<unknown>();
  streamed.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => heard.resolve(params.data));
  await call(streamed, "announce", { letters: [..."it says yellowbrick here"] });
  const { words } = (await heard.promise) as { words: string };
  assert.match(words, masked);
});

test("a stream that can be asked for again: a cut call is over, a cut prompt is asked for twice more in vain", async () => {
  const client = await connect(system.url, { [resumableHeader]: "1" });
  const { words } = await say(client, "fine");
  assert.equal(words, "fine");
  const seen = (): Parameters<Client["getPrompt"]>[1] => {
    server.seen = Promise.withResolvers();
    return { onprogress: () => server.seen.resolve() };
  };
  const spelled = { name: "spell-later", arguments: { first: "fine", letters: [..."zebrastripe"] } };
  const { isError } = await client.callTool(spelled, CallToolResultSchema, seen());
  assert.equal(isError, true);
  const listened = server.requests.GET;
  const given = Promise.withResolvers<void>();
  hearErrors(client, ({ message }) => {
    if (message.startsWith("Maximum reconnection attempts")) given.resolve();
  });
  await assert.rejects(client.getPrompt({ name: "p", arguments: { backwards: "epirtsarbez" } }, seen()), isBlock);
  await given.promise;
  assert.ok(server.requests.GET >= listened + 2);
  assert.equal((await say(client, "fine")).words, "fine");
  await client.close();
});

test("a blocked batch has an answer for each request", async () => {
  const asked = (id: number | string, words: string) => ({
    jsonrpc: "2.0",
    id,
    method: "tools/call",
    params: { name: "say", arguments: { words } },
  });
  const batch = [asked(1, "fine"), { jsonrpc: "2.0", method: "notifications/initialized" }, asked("b", "zebrastripe")];
  const response = await system.post("/mcp", batch, { accept: "application/json, text/event-stream" });
  assert.equal(response.status, 200);
  const answers = (await response.json()) as { id: unknown; error: { code: number } }[];
  assert.deepEqual(
    answers.map(({ id, error }) => [id, error.code]),
    [
      [1, ErrorCode.InvalidRequest],
      ["b", ErrorCode.InvalidRequest],
    ],
  );
});

test("a session ends", async () => {
  const client = await connect(system.url);
  await (client.transport as StreamableHTTPClientTransport).terminateSession();
  assert.equal(server.requests.DELETE, 1);
  await client.close();
});
