import assert from "node:assert/strict";
import { test } from "node:test";
import { runAtOnce } from "../../../stdx/paced.ts";
import type { Extraction, Operation } from "../../../domain/dialect.ts";
import { createGemini } from "./index.ts";

const dialect = createGemini();
const head = { method: "POST", query: "", contentType: "application/json", contentEncoding: null };

function find(path: string, more: Partial<typeof head> = {}): Operation | null {
  return dialect.match({ ...head, ...more, path });
}

function read(body: unknown, verb = "generateContent"): Extraction {
  const operation = find(`/v1beta/models/m:${verb}`);
  assert.ok(operation);
  const extraction = runAtOnce(operation.readRequest(typeof body === "string" ? body : JSON.stringify(body)));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

/** Pieces as `place role text`, with what is unclear of them. */
const told = ({ pieces }: Extraction): string[] =>
  pieces.map(({ location: { place, role, unclear }, text }) =>
    [place, role, text, ...(unclear === undefined ? [] : [`?${unclear}`])].join(" "),
  );

const project = "/v1/projects/p-1/locations/europe-west4";
for (const [path, operation, model] of [
  ["/v1beta/models/gemini-2.5-flash:generateContent", "generate-content", "gemini-2.5-flash"],
  ["/v1/models/gemini-2.5-flash:streamGenerateContent", "stream-generate-content", "gemini-2.5-flash"],
  ["/v1alpha/models/m:countTokens", "count-tokens", "m"],
  ["/v1beta/models/m:embedContent", "embed-content", "m"],
  ["/v1beta/models/m:batchEmbedContents", "batch-embed-contents", "m"],
  ["/v1beta/tunedModels/my-tuned-1:generateContent", "generate-content", "tunedModels/my-tuned-1"],
  [`${project}/publishers/google/models/gemini-2.5-flash:generateContent`, "generate-content", "gemini-2.5-flash"],
  [`${project}/publishers/google/models/text-embedding@001:predict`, "predict", "text-embedding@001"],
  [`${project}/endpoints/1234:streamGenerateContent`, "stream-generate-content", "endpoints/1234"],
  ["/v1beta1/publishers/google/models/m:generateContent", "generate-content", "m"],
] as const) {
  test(`${path} is ${operation}`, () => {
    const found = find(path);
    assert.equal(found?.id, `gemini/${operation}`);
    const extraction = runAtOnce(found.readRequest('{"model":"another"}'));
    assert.ok(extraction.ok);
    assert.equal(extraction.value.model, model);
    assert.equal(extraction.value.modelRepeated, false);
    assert.equal(extraction.value.stream, operation === "stream-generate-content");
  });
}

for (const path of [
  "/v1beta/models/m:generatecontent",
  "/v1beta/models/m:generateContent/",
  "/v1beta/models/m%3AgenerateContent",
  "/v1beta//models/m:generateContent",
  "/v1beta/models/a/b:generateContent",
  "/v1beta/models/:generateContent",
  "/v1beta/models/m:generateContent:x",
  "/v1beta/models/m:constructor",
  "/v2/models/m:generateContent",
  "/V1beta/models/m:generateContent",
  "/models/m:generateContent",
  `${project}/publishers/google/models/m`,
  `${project}//publishers/google/models/m:generateContent`,
  `/v1beta/models/${"m".repeat(129)}:generateContent`,
]) {
  test(`nothing of Gemini's: ${path.slice(0, 60)}`, () => assert.equal(find(path), null));
}

test("other methods are for other things", () => {
  assert.equal(find("/v1beta/models/m:generateContent", { method: "GET" }), null);
  assert.equal(find("/v1beta/models/m:generateContent", { method: "post" }), null);
  assert.equal(find("/v1beta/models", { method: "GET" })?.id, "gemini/models");
  assert.equal(find("/v1beta/models/m", { method: "HEAD" })?.id, "gemini/models");
  assert.equal(find("/v1beta/models", { method: "POST" }), null);
});

for (const [query, format] of [
  ["alt=sse", "sse"],
  ["key=k&alt=sse", "sse"],
  ["$alt=sse", "sse"],
  ["%24alt=sse&prettyPrint=false", "sse"],
  ["", "json-array"],
  ["alt=json", "json-array"],
  ["alt=sse&alt=json", "json-array"],
  ["salt=sse", "json-array"],
] as const) {
  test(`a stream that ${JSON.stringify(query)} asks for comes as ${format}`, () => {
    const found = find("/v1beta/models/m:streamGenerateContent", { query });
    assert.equal(found?.streamFormat.id, format);
  });
}

const said = (role: string | undefined, text: string) => ({
  ...(role === undefined ? {} : { role }),
  parts: [{ text }],
});

test("whose words they are", () => {
  const body = {
    systemInstruction: said("user", "s"),
    contents: [said("user", "u"), said("model", "m"), said(undefined, "n"), said("function", "f"), said("odd", "o")],
  };
  assert.deepEqual(told(read(body)), [
    "content system s",
    "content user u",
    "content assistant m",
    "content user n",
    "tool-result function f",
    "content none o ?role",
  ]);
});

test("names as the definition has them, and one value where a list is due", () => {
  const body = {
    system_instruction: { parts: { text: "s" } },
    contents: { role: "user", parts: { text: "u" } },
    generation_config: { stop_sequences: ["x"] },
    tools: { function_declarations: { name: "f" } },
    cached_content: "cachedContents/a",
  };
  const extraction = read(body);
  assert.deepEqual(told(extraction), ["content system s", "content user u", "stop none x"]);
  assert.deepEqual(extraction.unjudged, { "tool-definition": 1, "cached-content": 1 });
  assert.equal(extraction.messages, 1);
  assert.deepEqual(extraction.declared.tools, [{ name: "f", schema: "{}" }]);
});

test("what is no text is counted by its kind, and what is no base64 is judged", () => {
  const media = (mimeType: string, data = "AAAA") => ({ inlineData: { mimeType, data } });
  const parts = [
    media("image/png"),
    media("image/x-odd"),
    media("audio/L16;codec=pcm;rate=24000"),
    media("video/mp4"),
    media("text/plain"),
    { inline_data: { mime_type: "audio/wav", data: "AAAA" } },
    media("image/png", "no base64"),
    { thoughtSignature: "AAAA" },
    { fileData: { mimeType: "image/png", fileUri: "gs://b/o" } },
  ];
  const extraction = read({ contents: [{ role: "user", parts }] });
  assert.deepEqual(extraction.unjudged, { image: 2, audio: 2, video: 1, file: 2, encrypted: 1, "remote-url": 1 });
  assert.deepEqual(told(extraction), [
    "other user audio/L16;codec=pcm;rate=24000",
    "other user no base64",
    "url user gs://b/o",
  ]);
});

test("calls and their results", () => {
  const parts = [
    { functionCall: { name: "f", args: { a: "x", b: 4111111111111111 } } },
    { functionResponse: { name: "f", response: { output: "y" } } },
    { codeExecutionResult: { outcome: "OUTCOME_OK", output: "z" } },
  ];
  const extraction = read({ contents: [{ role: "model", parts }] });
  assert.deepEqual(told(extraction), [
    "tool-name assistant f",
    'tool-arguments assistant {"a":"x","b":4111111111111111}',
    "tool-name tool f",
    "tool-result tool output",
    "tool-result tool y",
    "tool-result tool z",
  ]);
  assert.ok(extraction.pieces.every(({ lane, call }) => lane === null && call === null));
});

test("tools that the provider runs are counted, and their words are judged", () => {
  const extraction = read({ tools: [{ googleSearch: {} }, { fileSearch: { metadataFilter: "a = b" } }] });
  assert.equal(extraction.unjudged["provider-tool"], 2);
  assert.ok(told(extraction).some((text) => text.startsWith("other none a = b")));
  assert.equal(extraction.declared.otherTools, true);
});

for (const [what, body] of [
  ["contents that are a text", { contents: "hidden words" }],
  ["a part that is a text", { contents: [{ role: "user", parts: ["hidden words"] }] }],
  ["parts that are a text", { contents: [{ role: "user", parts: "hidden words" }] }],
  ["a system instruction that is a text", { systemInstruction: "hidden words" }],
  ["a role that is a list", { contents: [{ role: ["hidden words"], parts: [] }] }],
  ["a text in an object", { contents: [{ parts: [{ text: { a: "hidden words" } }] }] }],
  ["media that is an object", { contents: [{ parts: [{ inlineData: { data: { a: "hidden words" } } }] }] }],
  ["a key in another case", { contents: [{ Parts: [{ Text: "hidden words" }] }] }],
  ["an unknown part", { contents: [{ parts: [{ newPart: { deep: ["hidden words"] } }] }] }],
  ["settings that are a text", { generationConfig: "hidden words" }],
  ["a model with words in it", { model: "hidden words" }],
] as const) {
  test(`judged all the same: ${what}`, () => {
    assert.ok(told(read(body)).some((text) => text.includes("hidden words")));
  });
}

test("what is to be cached is judged as what is asked", () => {
  for (const path of ["/v1beta/cachedContents", `${project}/cachedContents`]) {
    const found = find(path);
    assert.equal(found?.id, "gemini/cached-contents");
    const body = { model: "models/m", displayName: "d", contents: [said("user", "u")], ttl: "300s" };
    const read = runAtOnce(found.readRequest(JSON.stringify(body)));
    assert.ok(read.ok);
    assert.deepEqual(told(read.value), ["name none d", "content user u"]);
    assert.equal(read.value.model, null);
    assert.equal(
      found.refusal({ reference: "r", createdS: 1, model: null, echo: null, code: "c", message: "m", status: 400 }),
      null,
    );
  }
  assert.equal(find("/v1beta/models/m:cachedContents"), null);
  assert.equal(find("/v1beta/cachedContents/a", { method: "GET" }), null);
});

test("inputs of embeddings, and what is counted", () => {
  const one = { model: "models/m", content: { parts: [{ text: "a" }] }, title: "t" };
  assert.deepEqual(told(read(one, "embedContent")), ["input user a", "input none t"]);
  const many = read({ requests: [one, one] }, "batchEmbedContents");
  assert.equal(many.messages, 2);
  assert.deepEqual(told(many), ["input user a", "input none t", "input user a", "input none t"]);
  const counted = read({ generateContentRequest: { contents: [said("user", "u")] } }, "countTokens");
  assert.deepEqual(told(counted), ["content user u"]);
  assert.equal(counted.messages, 1);
  const predicted = read({ instances: [{ content: "a", task_type: "RETRIEVAL_QUERY" }] }, "predict");
  assert.deepEqual(told(predicted), ["input none a"]);
});

test("a text is a thought where a model said it, and nowhere else", () => {
  const parts = [{ text: "a", thought: true }];
  const contents = [{ role: "model", parts }, { role: "user", parts }, { parts }, { role: "narrator", parts }];
  assert.deepEqual(told(read({ contents, systemInstruction: { parts } })), [
    "reasoning assistant a",
    "content user a",
    "content user a",
    "content none a ?role",
    "content system a",
  ]);
});
