// The official client of OpenAI and Azure through the real Envoy: what works without the guard works with it, and what the guard
// changes still has the form that the client knows. Upstream is a script: what it says is what the documentation shows.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI, { APIError, AzureOpenAI, BadRequestError, RateLimitError } from "openai";
import type { Reply } from "../../matrix/wire.ts";
import { user } from "../system.ts";
import { address, type Call, framed, json, none, sentence, Site, standInOf } from "./site.ts";

const model = "gpt-5";

let site: Site;
let clients: Readonly<Record<"openai" | "azure", OpenAI>>;

before(async () => {
  site = await Site.open();
  clients = {
    openai: site.system.client(),
    azure: new AzureOpenAI({ endpoint: site.url, apiKey: "none", apiVersion: "2024-10-21", deployment: "gpt-5-eu" }),
  };
});
after(() => site[Symbol.asyncDispose]());

const head = { id: "chatcmpl-1", created: 1, model };
const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
const completion = (message: object): object => ({
  ...head,
  object: "chat.completion",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: null, refusal: null, ...message },
      logprobs: null,
      finish_reason: "stop",
    },
  ],
  usage,
});
const chunk = (delta: object, finish_reason: string | null = null, index = 0): object => ({
  ...head,
  object: "chat.completion.chunk",
  choices: [{ index, delta, logprobs: null, finish_reason }],
});
const sse = (...events: readonly object[]): Reply =>
  framed(
    "text/event-stream",
    [...events.map((event) => JSON.stringify(event)), "[DONE]"].map((data) => `data: ${data}\n\n`),
  );
const call = (index: number, args: string, more: object = {}): object => ({
  index,
  ...more,
  function: { ...(Object.keys(more).length === 0 ? {} : { name: "write" }), arguments: args },
});
const started = { id: "call_1", type: "function" };

const params = (content: string) => ({ model, messages: user(content) });
const streamedParams = (content: string) => ({ ...params(content), stream: true as const });

async function chunksOf(client: OpenAI, content: string, options: Call): Promise<OpenAI.ChatCompletionChunk[]> {
  const told: OpenAI.ChatCompletionChunk[] = [];
  for await (const event of await client.chat.completions.create(streamedParams(content), options)) told.push(event);
  return told;
}

for (const name of ["openai", "azure"] as const) {
  test(`${name}: a plain exchange arrives as it was sent, whole and streamed`, async () => {
    const client = clients[name];
    const sent = completion({ content: "A guarded door.", annotations: [] });
    const whole = site.answered(() => json(sent));
    assert.deepEqual(await client.chat.completions.create(params("What is a sally port?"), whole), sent);
    assert.deepEqual(JSON.parse(whole.heard?.body ?? ""), params("What is a sally port?"));
    const path =
      name === "azure"
        ? "/openai/deployments/gpt-5-eu/chat/completions?api-version=2024-10-21"
        : "/v1/chat/completions";
    assert.equal(whole.heard?.path, path);

    const events = [
      chunk({ role: "assistant", content: "" }),
      chunk({ content: "A guarded" }),
      chunk({ content: " door." }),
      chunk({ tool_calls: [call(0, "", started)] }),
      chunk({ tool_calls: [call(0, '{"to": "the gate"}')] }),
      chunk({}, "tool_calls"),
      { ...head, object: "chat.completion.chunk", choices: [], usage },
    ];
    const streamed = site.answered(() => sse(...events));
    assert.deepEqual(await chunksOf(client, "And?", streamed), events);
  });

  test(`${name}: a blocked prompt is the client's own error, once`, async (t) => {
    const client = clients[name];
    const cases = [
      ["zebrastripe", BadRequestError, 400, "This content is not allowed by the policy here."],
      ["giraffeneck", RateLimitError, 429, "Not now."],
    ] as const;
    for (const [word, kind, status, words] of cases) {
      const calls = {
        chat: (options: Call) => client.chat.completions.create(params(word), options),
        stream: (options: Call) => client.chat.completions.create(streamedParams(word), options),
        completions: (options: Call) => client.completions.create({ model, prompt: word }, options),
        embeddings: (options: Call) => client.embeddings.create({ model, input: word }, options),
      };
      for (const [what, make] of Object.entries(calls)) {
        await t.test(`${what}, ${status}`, async () => {
          const already = await site.exchanges();
          await assert.rejects(make(site.answered(none)), (error) => {
            assert.ok(error instanceof kind && error instanceof APIError);
            assert.equal(error.status, status);
            assert.equal(error.code, "content_filter");
            assert.ok(error.message.includes(words), error.message);
            return true;
          });
          assert.equal(await site.exchanges(), already + 1, "it is not tried again");
        });
      }
    }
  });

  test(`${name}: a refusal reads as a reply, whole and streamed`, async () => {
    const client = clients[name];
    const whole = await client.chat.completions.create(params("lionsmane"), site.answered(none));
    assert.match(whole.choices[0]?.message.refusal ?? "", sentence);
    assert.equal(whole.choices[0]?.finish_reason, "content_filter");
    const streamed = await chunksOf(client, "lionsmane", site.answered(none));
    const refusal = streamed.map(({ choices }) => choices[0]?.delta.refusal ?? "").join("");
    assert.match(refusal, sentence);
    assert.equal(streamed.at(-1)?.choices[0]?.finish_reason, "content_filter");
  });

  test(`${name}: a reply cut in mid-stream ends in good form, every choice of it`, async () => {
    const long = Array.from({ length: 200 }, (_, at) => chunk({ content: `word${at} ` }));
    const told = await chunksOf(
      clients[name],
      "Tell me.",
      site.answered(() =>
        sse(
          chunk({ role: "assistant", content: "" }),
          chunk({ role: "assistant", content: "Well, " }, null, 1),
          ...long,
          chunk({ content: "zebrastripe" }),
          chunk({ content: " and more" }),
          chunk({}, "stop"),
          chunk({}, "stop", 1),
        ),
      ),
    );
    const said = told.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
    assert.ok(said.includes("word0 word1") && !/zebrastripe|and more/.test(said));
    for (const index of [0, 1]) {
      const last = told.flatMap(({ choices }) => choices).findLast((choice) => choice.index === index);
      assert.equal(last?.finish_reason, "content_filter");
    }
  });

  test(`${name}: what was masked on the way in is put back, in streamed arguments too; other words are masked`, async () => {
    const client = clients[name];
    const asked = `Write to ${address}.`;
    const whole = await client.chat.completions.create(
      params(asked),
      site.answered((heard) => json(completion({ content: `Dear ${standInOf(heard)}, a yellowbrick road` }))),
    );
    assert.match(whole.choices[0]?.message.content ?? "", /^Dear ada\.lovelace@example\.org, a \[[A-Z_-]+\] road$/);

    const runner = client.chat.completions.stream(
      params(asked),
      site.answered((heard) => {
        const to = standInOf(heard);
        const args = JSON.stringify({ to, road: "a yellowbrick road" });
        const pieces = args.match(/[^]{1,5}/g) ?? [];
        return sse(
          chunk({ role: "assistant", content: "Dear " }),
          ...(to.match(/[^]{1,3}/g) ?? []).map((content) => chunk({ content })),
          chunk({ content: ", a yellow" }),
          chunk({ content: "brick road" }),
          chunk({ tool_calls: [call(0, "", started)] }),
          ...pieces.map((piece) => chunk({ tool_calls: [call(0, piece)] })),
          chunk({}, "tool_calls"),
        );
      }),
    );
    const { message, finish_reason } = (await runner.finalChatCompletion()).choices[0] ?? assert.fail();
    assert.equal(finish_reason, "tool_calls");
    assert.match(message.content ?? "", /^Dear ada\.lovelace@example\.org, a \[[A-Z_-]+\] road$/);
    const [made] = message.tool_calls ?? [];
    assert.ok(made?.type === "function");
    const { to, road } = JSON.parse(made.function.arguments) as { to: string; road: string };
    assert.equal(to, address);
    assert.match(road, /^a \[[A-Z_-]+\] road$/);
  });
}

test("moderations and stored completions are read, and what they hold is judged", async () => {
  const { openai } = clients;
  const result = {
    id: "modr-1",
    model: "omni-moderation-latest",
    results: [{ flagged: false, categories: { "hate/threatening": false } }],
  };
  const input = [{ type: "text" as const, text: "fine" }];
  assert.deepEqual(
    await openai.moderations.create(
      { input },
      site.answered(() => json(result)),
    ),
    result,
  );
  await assert.rejects(openai.moderations.create({ input: "zebrastripe" }, site.answered(none)), BadRequestError);
  const kept = completion({ content: "the yellowbrick road" });
  const told = await openai.chat.completions.retrieve(
    "chatcmpl-1",
    site.answered(() => json(kept)),
  );
  assert.match(told.choices[0]?.message.content ?? "", /^the \[[A-Z_-]+\] road$/);
});
