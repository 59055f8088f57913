// AWS's official client for Bedrock through the real Envoy: what works without the guard works with it, and what the guard changes
// still has the form that the client knows. Upstream is a script: what it says is what the documentation shows.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  AccessDeniedException,
  type BedrockRuntimeServiceException,
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandOutput,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  ModelErrorException,
  ValidationException,
} from "@aws-sdk/client-bedrock-runtime";
import { plain, type SampleEvent } from "../../matrix/sample.ts";
import { type Reply, replyOf } from "../../matrix/wire.ts";
import { address, type Call, json, sentence, Site, type Speak, standInOf, usualRules } from "./site.ts";

const nova = "amazon.nova-lite-v1:0";
const claude = "us.anthropic.claude-sonnet-4-20250514-v1:0";
const profile = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0";

let site: Site;

before(async () => {
  const shape = (yaml: string): string =>
    yaml.replace(/path_with_escaped_slashes_action: \w+/, "path_with_escaped_slashes_action: KEEP_UNCHANGED");
  // Clients try again after a 429.
  site = await Site.open({ rules: usualRules({ status: 403, message: "Not here." }), shape });
});
after(() => site[Symbol.asyncDispose]());

/** A client as people configure it, for one call; retries as it does by default. */
async function calling<T>(speak: Speak, work: (client: BedrockRuntimeClient, call: Call) => Promise<T>): Promise<T> {
  const call = site.answered(speak);
  const client = new BedrockRuntimeClient({
    region: "us-east-1",
    endpoint: site.url,
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "none" },
  });
  client.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: object }).headers, call.headers);
      return next(args);
    },
    { step: "build" },
  );
  try {
    return await work(client, call);
  } finally {
    client.destroy();
  }
}

const frames = (...events: readonly SampleEvent[]): Reply =>
  replyOf({ reply: { kind: "event-stream", events } }, plain);
const chunks = (...events: readonly object[]): Reply =>
  replyOf({ reply: { kind: "event-stream-bytes", events: events.map((data) => ({ name: "chunk", data })) } }, plain);

const usage = { inputTokens: 10, outputTokens: 7, totalTokens: 17 };
const reply = (...content: readonly object[]) => ({
  metrics: { latencyMs: 551 },
  output: { message: { role: "assistant", content } },
  stopReason: "end_turn",
  usage,
});
const event = (name: string, data: object): SampleEvent => ({ name, data: { ...data, p: "abcdefghijk" } });
const begin = event("messageStart", { role: "assistant" });
const delta = (contentBlockIndex: number, what: object) =>
  event("contentBlockDelta", { contentBlockIndex, delta: what });
const stop = (contentBlockIndex: number) => event("contentBlockStop", { contentBlockIndex });
const textBlock = (index: number, ...texts: readonly string[]) => [
  ...texts.map((text) => delta(index, { text })),
  stop(index),
];
const toolBlock = (index: number, ...pieces: readonly string[]) => [
  event("contentBlockStart", {
    contentBlockIndex: index,
    start: { toolUse: { toolUseId: "tooluse_1", name: "write" } },
  }),
  ...pieces.map((input) => delta(index, { toolUse: { input } })),
  stop(index),
];
const end = [
  event("messageStop", { stopReason: "tool_use" }),
  event("metadata", { usage, metrics: { latencyMs: 551 } }),
];

const asking = (text: string, modelId = nova) => ({
  modelId,
  messages: [{ role: "user" as const, content: [{ text }] }],
});
const textOf = ({ output }: ConverseCommandOutput): string =>
  (output?.message?.content ?? []).map(({ text }) => text ?? "").join("");

async function streamOf(text: string, speak: Speak): Promise<ConverseStreamOutput[]> {
  return calling(speak, async (client) => {
    const { stream } = await client.send(new ConverseStreamCommand(asking(text)));
    const events: ConverseStreamOutput[] = [];
    for await (const one of stream ?? []) events.push(one);
    return events;
  });
}

const textIn = (events: readonly ConverseStreamOutput[]): string =>
  events.map((one) => one.contentBlockDelta?.delta?.text ?? "").join("");
const inputIn = (events: readonly ConverseStreamOutput[]): string =>
  events.map((one) => one.contentBlockDelta?.delta?.toolUse?.input ?? "").join("");
const namesOf = (events: readonly ConverseStreamOutput[]): string[] => events.flatMap((one) => Object.keys(one));

const version = { anthropic_version: "bedrock-2023-05-31", max_tokens: 100 };
const body = (content: string): string => JSON.stringify({ ...version, messages: [{ role: "user", content }] });
const invoking = (content: string, modelId = claude) => ({
  modelId,
  contentType: "application/json",
  body: body(content),
});

/** The model's own events. */
async function chunksOf(text: string, speak: Speak): Promise<Record<string, unknown>[]> {
  return calling(speak, async (client) => {
    const { body: stream } = await client.send(new InvokeModelWithResponseStreamCommand(invoking(text)));
    const events: Record<string, unknown>[] = [];
    for await (const { chunk } of stream ?? [])
      events.push(JSON.parse(Buffer.from(chunk?.bytes ?? []).toString()) as Record<string, unknown>);
    return events;
  });
}

test("a plain conversation arrives as it was sent, whole and streamed", async () => {
  const sent = reply(
    { reasoningContent: { reasoningText: { text: "Hm.", signature: "RXVnQ0tJ" } } },
    { text: "A guarded door." },
    { toolUse: { toolUseId: "tooluse_1", name: "write", input: { to: "the gate", times: 2 } } },
  );
  await calling(
    () => json(sent),
    async (client, call) => {
      const got = await client.send(new ConverseCommand(asking("What is a sally port?")));
      assert.deepEqual(got.output, sent.output);
      assert.deepEqual(got.usage, usage);
      assert.deepEqual(JSON.parse(call.heard?.body ?? ""), { messages: asking("What is a sally port?").messages });
      assert.equal(call.heard?.path, "/model/amazon.nova-lite-v1%3A0/converse");
    },
  );
  const events = [begin, ...textBlock(0, "A guarded", " door."), ...toolBlock(1, '{"to": "the ', 'gate"}'), ...end];
  const got = await streamOf("What is a sally port?", () => frames(...events));
  assert.deepEqual(
    got,
    events.map(({ name, data }) => {
      const { p: _padding, ...rest } = data as Record<string, unknown>;
      return { [name ?? ""]: rest };
    }),
  );
});

test("an ARN names the model", async () => {
  await calling(
    () => json(reply({ text: "Fine." })),
    async (client, call) => {
      assert.equal(textOf(await client.send(new ConverseCommand(asking("How?", profile)))), "Fine.");
      assert.equal(call.heard?.path, `/model/${encodeURIComponent(profile)}/converse`);
    },
  );
});

test("tokens are counted", async () => {
  const input = { converse: { messages: asking("How long?").messages } };
  const got = await calling(
    () => json({ inputTokens: 14 }),
    (client) => client.send(new CountTokensCommand({ modelId: nova, input })),
  );
  assert.equal(got.inputTokens, 14);
});

test("bodies of the model's own arrive as they were sent, whole and streamed", async () => {
  const sent = { type: "message", role: "assistant", content: [{ type: "text", text: "A guarded door." }] };
  const got = await calling(
    () => json(sent),
    async (client, call) => {
      const { body: told } = await client.send(new InvokeModelCommand(invoking("What?")));
      assert.equal(call.heard?.body, body("What?"));
      return told.transformToString();
    },
  );
  assert.equal(got, JSON.stringify(sent));
  const events = [
    { type: "message_start", message: { ...sent, content: [] } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "A door." } },
    { type: "message_stop", "amazon-bedrock-invocationMetrics": { inputTokenCount: 1 } },
  ];
  assert.deepEqual(await chunksOf("What?", () => chunks(...events)), events);
});

test("a blocked prompt is the client's own error, once", async (t) => {
  const cases = [
    ["zebrastripe", ValidationException, 400, sentence],
    ["giraffeneck", AccessDeniedException, 403, /^Not here\. \(reference [\w-]+\)$/],
  ] as const;
  for (const [word, kind, status, words] of cases) {
    const commands = {
      converse: (client: BedrockRuntimeClient) => client.send(new ConverseCommand(asking(word))),
      stream: (client: BedrockRuntimeClient) => client.send(new ConverseStreamCommand(asking(word))),
      invoke: (client: BedrockRuntimeClient) => client.send(new InvokeModelCommand(invoking(word))),
      "invoke, streamed": (client: BedrockRuntimeClient) =>
        client.send(new InvokeModelWithResponseStreamCommand(invoking(word))),
      count: (client: BedrockRuntimeClient) =>
        client.send(
          new CountTokensCommand({ modelId: nova, input: { converse: { messages: asking(word).messages } } }),
        ),
    };
    for (const [name, send] of Object.entries(commands)) {
      await t.test(`${status}, ${name}`, () =>
        calling(
          () => json(reply({ text: "no" })),
          async (client, call) => {
            await assert.rejects(send(client), (error: BedrockRuntimeServiceException) => {
              assert.ok(error instanceof kind, error.name);
              assert.match(error.message, words);
              assert.deepEqual([error.$metadata.httpStatusCode, error.$metadata.attempts], [status, 1]);
              return true;
            });
            assert.equal(call.heard, null);
          },
        ),
      );
    }
  }
});

test("a reply that nobody can read is the model's error, once", async () => {
  await calling(
    () => ({ status: 200, contentType: "application/json", chunks: [Buffer.from("{")] }),
    (client) =>
      assert.rejects(client.send(new ConverseCommand(asking("Hello"))), (error: BedrockRuntimeServiceException) => {
        assert.ok(error instanceof ModelErrorException, error.name);
        assert.deepEqual([error.$metadata.httpStatusCode, error.$metadata.attempts], [424, 1]);
        return true;
      }),
  );
});

test("a refusal is an ordinary reply, whole and streamed", async () => {
  const whole = await calling(
    () => json(reply()),
    (client) => client.send(new ConverseCommand(asking("lionsmane"))),
  );
  assert.match(textOf(whole), sentence);
  assert.equal(whole.stopReason, "guardrail_intervened");
  const events = await streamOf("lionsmane", () => frames(begin));
  assert.match(textIn(events), sentence);
  assert.deepEqual(namesOf(events), [
    "messageStart",
    "contentBlockDelta",
    "contentBlockStop",
    "messageStop",
    "metadata",
  ]);
  const own = await calling(
    () => json({}),
    async (client) => {
      const { body: told } = await client.send(new InvokeModelCommand(invoking("lionsmane")));
      return JSON.parse(told.transformToString()) as { content: { text: string }[]; stop_reason: string };
    },
  );
  assert.match(own.content[0]?.text ?? "", sentence);
  assert.equal(own.stop_reason, "refusal");
  const chunked = await chunksOf("lionsmane", () => chunks({}));
  assert.deepEqual([chunked[0]?.["type"], chunked.at(-1)?.["type"]], ["message_start", "message_stop"]);
});

test("a reply that is cut in mid-stream ends in good form", async () => {
  const long = "It says that the door is guarded. ".repeat(20);
  const events = await streamOf("Hello", () =>
    frames(
      begin,
      ...textBlock(0, "Fine."),
      delta(1, { text: long }),
      delta(1, { text: "zebra" }),
      delta(1, { text: "stripe here." }),
      stop(1),
      ...end,
    ),
  );
  assert.ok(textIn(events).startsWith("Fine.It says") && !textIn(events).includes("zebra"));
  assert.deepEqual(namesOf(events).slice(-3), ["contentBlockStop", "messageStop", "metadata"]);
  assert.equal(events.at(-3)?.contentBlockStop?.contentBlockIndex, 1);
  assert.equal(events.at(-2)?.messageStop?.stopReason, "guardrail_intervened");
  const said = (text: string) => ({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } });
  const own = await chunksOf("Hello", () =>
    chunks(
      { type: "message_start", message: { role: "assistant", content: [] } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      said(long),
      said("zebrastripe"),
    ),
  );
  assert.ok(JSON.stringify(own).includes("It says") && !JSON.stringify(own).includes("zebra"));
  assert.deepEqual(
    own.slice(-3).map(({ type }) => type),
    ["content_block_stop", "message_delta", "message_stop"],
  );
});

test("a redaction in a reply, whole and streamed; in streamed arguments it stays JSON", async () => {
  const whole = await calling(
    () => json(reply({ text: "the yellowbrick road" })),
    (client) => client.send(new ConverseCommand(asking("Where?"))),
  );
  assert.match(textOf(whole), /^the \[[A-Z-]+\] road$/);
  const events = await streamOf("Where?", () =>
    frames(begin, ...textBlock(0, "the yellow", "brick road"), ...toolBlock(1, '{"to": "yel', 'lowbrick"}'), ...end),
  );
  assert.match(textIn(events), /^the \[[A-Z-]+\] road$/);
  assert.match((JSON.parse(inputIn(events)) as { to: string }).to, /^\[[A-Z-]+\]$/);
  const said = (text: string) => ({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } });
  const own = (await chunksOf("Where?", () => chunks(said("the yellow"), said("brick road")))) as ReturnType<
    typeof said
  >[];
  assert.match(own.map((one) => one.delta.text).join(""), /^the \[[A-Z-]+\] road$/);
});

test("what was masked in the prompt is put back, whole and streamed, in streamed arguments too", async () => {
  const prompt = `Write to ${address}`;
  const whole = await calling(
    (heard) => json(reply({ toolUse: { toolUseId: "t1", name: "write", input: { to: standInOf(heard) } } })),
    (client) => client.send(new ConverseCommand(asking(prompt))),
  );
  assert.deepEqual(whole.output?.message?.content?.[0]?.toolUse?.input, { to: address });
  const events = await streamOf(prompt, (heard) => {
    const [left, right] = [standInOf(heard).slice(0, 5), standInOf(heard).slice(5)];
    return frames(
      begin,
      ...textBlock(0, `to ${left}`, `${right} now`),
      ...toolBlock(1, `{"to": "${left}`, `${right}"}`),
      ...end,
    );
  });
  assert.equal(textIn(events), `to ${address} now`);
  assert.deepEqual(JSON.parse(inputIn(events)), { to: address });
});
