// The official client of Gemini and Vertex AI through the real Envoy: what works without the guard works with it, and what the guard
// changes still has the form that the client knows. Upstream is a script: what it says is what the documentation shows.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ApiError, type GenerateContentResponse, GoogleGenAI, type Tool, Type } from "@google/genai";
import type { Reply } from "../../matrix/wire.ts";
import { address, type Call, framed, json as jsonReply, none, sentence, Site, standInOf, usualRules } from "./site.ts";

const model = "gemini-2.5-flash";

let site: Site;
let clients: Readonly<Record<"gemini" | "vertex", GoogleGenAI>>;

before(async () => {
  const calls = "{ id: calls, stage: reply, detect: { tool-calls: {} }, action: { block: refusal } }";
  site = await Site.open({ rules: [...usualRules(), calls] });
  const httpOptions = { baseUrl: site.url };
  clients = {
    gemini: new GoogleGenAI({ apiKey: "none", httpOptions }),
    vertex: new GoogleGenAI({ vertexai: true, apiKey: "none", httpOptions }),
  };
});
after(() => site[Symbol.asyncDispose]());

/** The client takes what belongs to one call as its configuration. */
const configOf = ({ headers }: Call): { readonly httpOptions: object } => ({ httpOptions: { headers } });

/** As Google's documentation writes schemas. */
const tools: Tool[] = [
  {
    functionDeclarations: [
      {
        name: "write",
        description: "Writes to people.",
        parameters: {
          type: Type.OBJECT,
          properties: {
            to: { type: Type.ARRAY, items: { type: Type.STRING }, minItems: "1" },
            note: { type: Type.STRING, nullable: true },
            times: { type: Type.INTEGER },
          },
          required: ["to"],
        },
      },
      { name: "now" },
    ],
  },
];

const usageMetadata = { promptTokenCount: 4, candidatesTokenCount: 7, totalTokenCount: 11 };
const told = { usageMetadata, modelVersion: model, responseId: "mAitaLmkHPPlz7IPvtfUqQ4" };
const said = (parts: readonly object[], more: object = {}): object => ({
  candidates: [{ content: { parts, role: "model" }, index: 0, ...more }],
  ...told,
});
const json = (body: object, status = 200): Reply =>
  jsonReply(body, { status, contentType: "application/json; charset=UTF-8" });
const sse = (...events: readonly object[]): Reply =>
  framed(
    "text/event-stream",
    events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`),
  );
const finish = { finishReason: "STOP" };

async function stream(
  contents: string,
  call: Call,
  client = clients.gemini,
  more: { readonly tools?: Tool[] } = {},
): Promise<readonly GenerateContentResponse[]> {
  const chunks: GenerateContentResponse[] = [];
  for await (const chunk of await client.models.generateContentStream({
    model,
    contents,
    config: { ...configOf(call), ...more },
  }))
    chunks.push(chunk);
  return chunks;
}
const textOf = (chunks: readonly GenerateContentResponse[]): string =>
  chunks
    .map(({ candidates }) => (candidates?.[0]?.content?.parts ?? []).map(({ text }) => text ?? "").join(""))
    .join("");
const lastOf = (chunks: readonly GenerateContentResponse[]) => chunks.at(-1)?.candidates?.[0];

for (const name of ["gemini", "vertex"] as const) {
  test(`${name}: a plain exchange arrives as it was sent, whole and streamed`, async () => {
    const client = clients[name];
    const parts = [
      { text: "Hm.", thought: true },
      { text: "A guarded door.", thoughtSignature: "AAAA" },
    ];
    const whole = site.answered(() => json(said(parts, finish)));
    const reply = await client.models.generateContent({
      model,
      contents: "What is a sally port?",
      config: configOf(whole),
    });
    assert.equal(reply.text, "A guarded door.");
    assert.deepEqual(reply.candidates?.[0]?.content?.parts, parts);
    assert.equal(reply.usageMetadata?.totalTokenCount, 11);
    assert.ok(whole.heard?.path.endsWith(`/models/${model}:generateContent`));
    const contents = [{ role: "user", parts: [{ text: "What is a sally port?" }] }];
    assert.deepEqual((JSON.parse(whole.heard?.body ?? "") as { contents: object }).contents, contents);

    const events = [said([{ text: "A guarded" }]), said([{ text: " door." }]), said([{ text: "" }], finish)];
    const streamed = site.answered(() => sse(...events));
    const chunks = await stream("And?", streamed, client);
    assert.ok(streamed.heard?.path.endsWith(":streamGenerateContent?alt=sse"));
    assert.equal(textOf(chunks), "A guarded door.");
    assert.equal(lastOf(chunks)?.finishReason, "STOP");
    assert.equal(chunks.length, 3);
  });
}

test("tokens are counted, texts embedded, models listed", async () => {
  const { models } = clients.gemini;
  const counted = site.answered(() =>
    json({ totalTokens: 14, promptTokensDetails: [{ modality: "TEXT", tokenCount: 14 }] }),
  );
  assert.equal((await models.countTokens({ model, contents: "How long?", config: configOf(counted) })).totalTokens, 14);
  const embedded = site.answered(() => json({ embeddings: [{ values: [0.1, -0.25] }] }));
  const vectors = await models.embedContent({ model: "embedding-001", contents: ["one"], config: configOf(embedded) });
  assert.deepEqual(vectors.embeddings?.[0]?.values, [0.1, -0.25]);
  assert.ok(embedded.heard?.path.endsWith(":batchEmbedContents"));
  const predicted = site.answered(() => json({ predictions: [{ embeddings: { values: [0.5] } }] }));
  const vertex = await clients.vertex.models.embedContent({
    model: "text-embedding-005",
    contents: ["one"],
    config: configOf(predicted),
  });
  assert.deepEqual(vertex.embeddings?.[0]?.values, [0.5]);
  assert.ok(predicted.heard?.path.endsWith("/models/text-embedding-005:predict"));
  const listed = site.answered(() => json({ models: [{ name: "models/gemini-2.5-flash", displayName: "Gemini" }] }));
  const names: string[] = [];
  for await (const { name } of await models.list({ config: { ...configOf(listed), queryBase: true } }))
    names.push(name ?? "");
  assert.deepEqual(names, ["models/gemini-2.5-flash"]);
});

test("a blocked prompt is the client's own error, once", async (t) => {
  const { models, chats } = clients.gemini;
  for (const [word, status, named, words] of [
    ["zebrastripe", 400, "INVALID_ARGUMENT", "This content is not allowed by the policy here."],
    ["giraffeneck", 429, "RESOURCE_EXHAUSTED", "Not now."],
  ] as const) {
    const contents = `a ${word}`;
    const asks: Readonly<Record<string, (call: Call) => Promise<unknown>>> = {
      whole: (call) => models.generateContent({ model, contents, config: configOf(call) }),
      streamed: (call) => stream(contents, call),
      vertex: (call) => stream(contents, call, clients.vertex),
      "a chat": (call) => chats.create({ model, config: configOf(call) }).sendMessage({ message: contents }),
      counted: (call) => models.countTokens({ model, contents, config: configOf(call) }),
      embedded: (call) => models.embedContent({ model: "embedding-001", contents, config: configOf(call) }),
      "in the system's words": (call) =>
        models.generateContent({ model, contents: "Hi", config: { ...configOf(call), systemInstruction: contents } }),
    };
    for (const [name, ask] of Object.entries(asks)) {
      await t.test(`${status}, ${name}`, async () => {
        const already = await site.exchanges();
        const call = site.answered(none);
        await assert.rejects(ask(call), (error) => {
          assert.ok(error instanceof ApiError);
          assert.equal(error.status, status);
          const body = (JSON.parse(error.message) as { error: Record<string, unknown> }).error;
          assert.deepEqual([body["code"], body["status"]], [status, named]);
          assert.ok(String(body["message"]).startsWith(`${words} (reference `));
          assert.doesNotMatch(error.message, /zebra|giraffe|banned|keyword/);
          return true;
        });
        assert.equal(call.heard, null);
        assert.equal(await site.exchanges(), already + 1);
      });
    }
  }
});

test("a refused prompt is an answer that says so, whole and streamed", async () => {
  const contents = "a lionsmane";
  const whole = await clients.gemini.models.generateContent({ model, contents, config: configOf(site.answered(none)) });
  assert.match(whole.text ?? "", sentence);
  const chunks = await stream(contents, site.answered(none));
  assert.equal(textOf(chunks), chunks[0]?.text);
  assert.match(textOf(chunks), sentence);
  for (const reply of [whole, ...chunks]) {
    assert.equal(reply.candidates?.[0]?.finishReason, "SAFETY");
    assert.equal(reply.modelVersion, model);
    assert.equal(reply.usageMetadata?.totalTokenCount, 0);
  }
  const chat = clients.gemini.chats.create({ model, config: configOf(site.answered(none)) });
  assert.match((await chat.sendMessage({ message: contents })).text ?? "", sentence);
});

test("without alt=sse a refusal and an error come as a list, as everything there does", async () => {
  const path = `/v1beta/models/${model}:streamGenerateContent?key=none`;
  const asked = (word: string): object => ({ contents: [{ role: "user", parts: [{ text: `a ${word}` }] }] });
  const refused = await site.system.post(path, asked("lionsmane"));
  assert.equal(refused.headers.get("content-type"), "application/json");
  const [event] = (await refused.json()) as { candidates: { finishReason: string }[] }[];
  assert.equal(event?.candidates[0]?.finishReason, "SAFETY");
  const blocked = await site.system.post(path, asked("zebrastripe"));
  assert.equal(blocked.status, 400);
  const [failed] = (await blocked.json()) as { error: { status: string } }[];
  assert.equal(failed?.error.status, "INVALID_ARGUMENT");
});

test("a blocked reply is an answer that says so", async () => {
  const call = site.answered(() => json(said([{ text: "it is zebrastripe" }], finish)));
  const reply = await clients.gemini.models.generateContent({ model, contents: "Hi", config: configOf(call) });
  assert.match(reply.text ?? "", sentence);
  assert.equal(reply.candidates?.[0]?.finishReason, "SAFETY");
});

test("a reply cut in mid-stream ends in good form, wherever it is", async (t) => {
  const opening = Array.from({ length: 200 }, (_, index) => `word${index} `);
  const bad = "zebrastripe is the word";
  const text = (one: string): object => said([{ text: one }]);
  const call = (args: object): object => said([{ functionCall: { name: "write", args } }]);
  const cases: Readonly<Record<string, readonly object[]>> = {
    "before any text": [text(bad), said([], finish)],
    "in a text": [...opening.map(text), text(bad), said([], finish)],
    "in a thought": [
      ...opening.map((one) => said([{ text: one, thought: true }])),
      said([{ text: bad, thought: true }]),
    ],
    "in arguments": [text("First."), call({ to: bad }), said([], finish)],
    "in what was cited": [
      ...opening.map(text),
      said([{ text: "" }], { ...finish, groundingMetadata: { groundingChunks: [{ web: { title: bad } }] } }),
    ],
    "in an error": [...opening.map(text), { error: { code: 500, message: bad, status: "INTERNAL" } }],
  };
  for (const [where, events] of Object.entries(cases)) {
    for (const name of ["gemini", "vertex"] as const) {
      await t.test(`${where}, ${name}`, async () => {
        const chunks = await stream(
          "Go on",
          site.answered(() => sse(...events)),
          clients[name],
        );
        const last = lastOf(chunks);
        assert.equal(last?.finishReason, "SAFETY");
        // The client keeps the sentence for Vertex AI alone.
        if (name === "vertex") assert.match(last?.finishMessage ?? "", sentence);
        assert.doesNotMatch(JSON.stringify(chunks.map(({ candidates }) => candidates)), /zebra|is the word/);
        if (where.startsWith("in ")) assert.ok(textOf(chunks).length > 5 && !/reference/.test(textOf(chunks)));
      });
    }
  }
  await t.test("in a chat, which goes on", async () => {
    const call = site.answered(() => sse(...opening.map(text), text(bad), said([], finish)));
    const chat = clients.gemini.chats.create({ model, config: configOf(call) });
    for await (const chunk of await chat.sendMessageStream({ message: "Go on" })) assert.ok(chunk.candidates);
    const history = chat.getHistory(true);
    assert.equal(history[0]?.role, "user");
    assert.equal(history[1]?.role, "model");
  });
});

test("what a reply may not say is masked, and what the prompt hid is put back: whole and streamed", async () => {
  const contents = `write to ${address} now`;
  const whole = site.answered((heard) => json(said([{ text: `yellowbrick wrote to ${standInOf(heard)}` }], finish)));
  const reply = await clients.gemini.models.generateContent({ model, contents, config: configOf(whole) });
  const wanted = `[KEYWORD] wrote to ${address}`;
  assert.equal(reply.text, wanted);
  const streamed = site.answered((heard) => {
    const text = `yellowbrick wrote to ${standInOf(heard)}`;
    const pieces = text.match(/.{1,5}/g) ?? [];
    return sse(...pieces.map((piece) => said([{ text: piece }])), said([{ text: "" }], finish));
  });
  assert.equal(textOf(await stream(contents, streamed)), wanted);
});

test("calls are held against the functions that the request offers, each by itself", async () => {
  const call = (name: string, args: object): object => ({ functionCall: { name, args } });
  const good = [call("write", { to: ["a"], note: null }), call("now", {}), call("write", { to: ["b"], times: 2 })];
  for (const [parts, wanted] of [
    [good, "STOP"],
    [[...good, call("write", { to: "b" })], "SAFETY"],
    [[call("write", { to: [] })], "SAFETY"],
    [[call("now", {}), call("erase", {})], "SAFETY"],
  ] as const) {
    const whole = site.answered(() => json(said(parts, finish)));
    const config = { ...configOf(whole), tools };
    const reply = await clients.gemini.models.generateContent({ model, contents: "Hi", config });
    assert.equal(reply.candidates?.[0]?.finishReason, wanted);
    const events = [...parts.map((one) => said([one])), said([{ text: "" }], finish)];
    const chunks = await stream(
      "Hi",
      site.answered(() => sse(...events)),
      clients.gemini,
      { tools },
    );
    assert.equal(lastOf(chunks)?.finishReason, wanted);
    if (wanted === "STOP")
      assert.deepEqual(
        chunks.flatMap(({ functionCalls }) => functionCalls ?? []),
        reply.functionCalls,
      );
  }
});

test("arguments are masked and restored, whole and in pieces, and stay what they are", async () => {
  const contents = `write to ${address} now`;
  const args = (name: string): object => ({ to: [name], note: 'a "yellowbrick"\n', times: 2 });
  const wanted = { to: [address], note: 'a "[KEYWORD]"\n', times: 2 };
  const call = (heard: string): object => ({
    functionCall: { name: "write", args: args(standInOf(heard)) },
  });
  const whole = site.answered((heard) => json(said([call(heard)], finish)));
  const reply = await clients.gemini.models.generateContent({ model, contents, config: { ...configOf(whole), tools } });
  assert.deepEqual(reply.functionCalls, [{ name: "write", args: wanted }]);
  const events = await stream(
    contents,
    site.answered((heard) => sse(said([call(heard)]), said([{ text: "" }], finish))),
    clients.gemini,
    { tools },
  );
  assert.deepEqual(events[0]?.functionCalls, [{ name: "write", args: wanted }]);

  const streamed = site.answered((heard) => {
    const piece = (jsonPath: string, stringValue: string): object =>
      said([{ functionCall: { partialArgs: [{ jsonPath, stringValue, willContinue: true }], willContinue: true } }]);
    const pieces = (jsonPath: string, text: string): object[] =>
      (text.match(/[^]{1,4}/g) ?? []).map((each) => piece(jsonPath, each));
    return sse(
      said([{ functionCall: { name: "write", willContinue: true } }]),
      ...pieces("$.to[0]", standInOf(heard)),
      ...pieces("$.note", 'a "yellowbrick"\n'),
      said([{ functionCall: {} }]),
      said([{ text: "" }], finish),
    );
  });
  const joined = new Map<string, string>();
  for (const { candidates } of await stream(contents, streamed, clients.vertex, { tools }))
    for (const { functionCall } of candidates?.[0]?.content?.parts ?? [])
      for (const { jsonPath = "", stringValue = "" } of functionCall?.partialArgs ?? [])
        joined.set(jsonPath, (joined.get(jsonPath) ?? "") + stringValue);
  assert.deepEqual(Object.fromEntries(joined), { "$.to[0]": address, "$.note": 'a "[KEYWORD]"\n' });
});

test("the provider's own errors pass as they are", async () => {
  for (const [status, name] of [
    [404, "NOT_FOUND"],
    [429, "RESOURCE_EXHAUSTED"],
  ] as const) {
    const body = { error: { code: status, message: "As it came.", status: name } };
    const passed = (error: unknown): boolean =>
      error instanceof ApiError && error.status === status && error.message.includes("As it came.");
    const whole = site.answered(() => json(body, status));
    await assert.rejects(
      clients.gemini.models.generateContent({ model, contents: "Hi", config: configOf(whole) }),
      passed,
    );
    for (const reply of [json(body, status), sse(said([{ text: "a" }]), body)])
      await assert.rejects(
        stream(
          "Hi",
          site.answered(() => reply),
        ),
        passed,
      );
  }
});
