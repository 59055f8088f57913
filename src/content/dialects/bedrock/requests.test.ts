import assert from "node:assert/strict";
import { test } from "node:test";
import type { Asked, Extraction, Operation } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { createBedrock } from "./index.ts";

const dialect = createBedrock();

function match(method: string, path: string): Operation | null {
  return dialect.match({ method, path, query: "", contentType: null, contentEncoding: null });
}

function read(body: unknown, action = "converse", model = "amazon.nova-lite-v1:0", asked?: Asked): Extraction {
  const operation = match("POST", `/model/${encodeURIComponent(model)}/${action}`);
  assert.ok(operation);
  const extraction = runAtOnce(operation.readRequest(JSON.stringify(body), asked));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

/** Pieces as `place role text`. */
const told = ({ pieces }: Extraction): string[] =>
  pieces.map(({ location: { place, role }, text }) => `${place} ${role} ${text}`);

const arn = "arn%3Aaws%3Abedrock%3Aus-east-1%3A111122223333";
for (const [method, path, wanted] of [
  ["POST", "/model/anthropic.claude-3-haiku-20240307-v1:0/converse", "bedrock/converse"],
  ["POST", "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse", "bedrock/converse"],
  ["POST", "/model/anthropic.claude-3-haiku-20240307-v1%3a0/converse-stream", "bedrock/converse-stream"],
  ["POST", `/model/${arn}%3Ainference-profile%2Fus.amazon.nova-lite-v1%3A0/converse`, "bedrock/converse"],
  ["POST", "/model/m/count-tokens", "bedrock/count-tokens"],
  ["GET", "/model/m/converse", null],
  ["post", "/model/m/converse", null],
  ["POST", "/model/m/converse/", null],
  ["POST", "/model//converse", null],
  ["POST", "/model/./converse", null],
  ["POST", "/model/../converse", null],
  ["POST", "/model/a/b/converse", null],
  ["POST", "/model/a%2Eb/converse", null],
  ["POST", "/model/a%00/converse", null],
  ["POST", "/Model/m/converse", null],
  ["POST", "/model/m/Converse", null],
  ["POST", "/model/m/converse;x", null],
  ["POST", "/model/m/invoke-with-bidirectional-stream", null],
  ["POST", `/model/${"m".repeat(2049)}/converse`, null],
] as const) {
  test(`${method} ${path.slice(0, 80)} is ${wanted ?? "none of this dialect's"}`, () =>
    assert.equal(match(method, path)?.id ?? null, wanted));
}

test("the path names the model, and says whether the reply streams", () => {
  const model = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0";
  const { model: named, stream } = read({ model: "another", stream: true }, "converse", model);
  assert.deepEqual({ named, stream }, { named: model, stream: false });
  assert.equal(read({}, "converse-stream").stream, true);
  assert.equal(read({}, "converse", "m".repeat(257)).model, null);
});

test("a prompt that the provider keeps is counted", () => {
  const kept = "arn:aws:bedrock:us-east-1:111122223333:prompt/ABCDE12345:1";
  const extraction = read({ promptVariables: { topic: { text: "a" }, "a topic": { text: "b" } } }, "converse", kept);
  assert.deepEqual(told(extraction), ["input user a", "other user a topic", "input user b"]);
  assert.deepEqual(extraction.unjudged, { "stored-prompt": 1 });
  const router = "arn:aws:bedrock:us-east-1:111122223333:default-prompt-router/anthropic.claude:1";
  assert.deepEqual(read({}, "converse", router).unjudged, {});
});

const inMessage = (block: object, role = "user"): Extraction => read({ messages: [{ role, content: [block] }] });

for (const [what, block, wanted] of [
  ["a text", { text: "hi" }, ["content user hi"]],
  ["a text that is none", { text: ["hi", { a: "b" }] }, ["other user hi", "other user a", "other user b"]],
  ["what a tool brought", { toolResult: { content: [{ text: "a" }] } }, ["tool-result tool a"]],
  [
    "JSON that a tool brought",
    { toolResult: { content: [{ json: { k: ["a"] } }] } },
    ["tool-result tool k", "tool-result tool a"],
  ],
  [
    "a search result",
    { searchResult: { source: "s", title: "t", content: [{ text: "a" }], citations: { enabled: true } } },
    ["document tool s", "document tool t", "document tool a"],
  ],
  [
    "a document",
    { document: { name: "n", context: "c", source: { text: "a", content: [{ text: "b" }] } } },
    ["name user n", "document user c", "document user a", "document user b"],
  ],
  ["content for a guardrail", { guardContent: { text: { text: "a", qualifiers: ["query"] } } }, ["content user a"]],
  ["a qualifier that is a text", { guardContent: { text: { qualifiers: ["two words"] } } }, ["other user two words"]],
  ["a bucket", { image: { source: { s3Location: { uri: "s3://b/k" } } } }, ["url user s3://b/k"]],
  ["an id that is a text", { toolUse: { toolUseId: "two words" } }, ["other user two words"]],
  ["bytes that are none", { image: { source: { bytes: "two words" } } }, ["other user two words"]],
  ["a block of another kind", { aNewBlock: { a: "b" } }, ["other user aNewBlock", "other user a", "other user b"]],
  ["a key in another case", { Text: "hi" }, ["other user Text", "other user hi"]],
] as const) {
  test(`in a message: ${what}`, () => assert.deepEqual(told(inMessage(block)), wanted));
}

test("a tool call's input is one text, as JSON", () => {
  const { pieces } = inMessage({ toolUse: { toolUseId: "t1", name: "f", input: { a: ["x", 1] } } }, "assistant");
  assert.deepEqual(
    pieces.map(({ text, mask, writing }) => [text, mask.kind, writing]),
    [
      ["f", "text", "json-string"],
      ['{"a":["x",1]}', "json", "raw"],
    ],
  );
});

test("roles are those of the API; another is unclear", () => {
  const roleOf = (role: unknown) => read({ messages: [{ role, content: [{ text: "a" }] }] }).pieces.at(-1)?.location;
  assert.deepEqual(roleOf("system"), { place: "content", role: "system", pointer: "/messages/0/content/0/text" });
  assert.equal(roleOf("narrator")?.unclear, "role");
  assert.equal(roleOf(1)?.unclear, "role");
});

test("what is no text is counted, and what the body only names", () => {
  const bytes = "AAAA";
  const content = [
    { image: { format: "png", source: { bytes } } },
    { document: { name: "n", format: "txt", source: { bytes } } },
    { video: { format: "mp4", source: { s3Location: { uri: "s3://b/k", bucketOwner: "111122223333" } } } },
    { audio: { format: "wav", source: { bytes } } },
    { reasoningContent: { reasoningText: { text: "r", signature: bytes } } },
    { reasoningContent: { redactedContent: bytes } },
  ];
  const tools = [{ toolSpec: { name: "f" } }, { systemTool: { name: "nova_grounding" } }, { cachePoint: {} }];
  assert.deepEqual(read({ messages: [{ role: "user", content }], toolConfig: { tools } }).unjudged, {
    image: 1,
    file: 1,
    video: 1,
    "remote-url": 1,
    audio: 1,
    encrypted: 2,
    "tool-definition": 1,
    "provider-tool": 1,
  });
});

test("tools and schemas are judged where a rule asks for it", () => {
  const asked: Asked = new Set(["tool-definition"]);
  const toolConfig = { tools: [{ toolSpec: { name: "f", description: "d" } }] };
  const outputConfig = { textFormat: { type: "json_schema", structure: { jsonSchema: { schema: "{}" } } } };
  assert.deepEqual(told(read({ toolConfig, outputConfig }, "converse", "m", asked)), [
    ...["name", "f", "description", "d"].map((text) => `tool-definition none ${text}`),
    ...["schema", "{}"].map((text) => `tool-definition none ${text}`),
  ]);
});

test("fields of the model's own are judged as they come", () => {
  assert.deepEqual(told(read({ additionalModelRequestFields: { system: "a", n: [1, "b"] } })), [
    "other none system",
    "other none a",
    "other none n",
    "other none b",
  ]);
});

test("counting tokens reads the conversation; what comes as base64 is counted", () => {
  const counting = read(
    { input: { converse: { messages: [{ role: "user", content: [{ text: "a" }] }] } } },
    "count-tokens",
  );
  assert.deepEqual(told(counting), ["content user a"]);
  assert.equal(counting.messages, 1);
  assert.deepEqual(read({ input: { invokeModel: { body: "AAAA" } } }, "count-tokens").unjudged, { binary: 1 });
  assert.deepEqual(told(read({ input: { invokeModel: { body: "two words" } } }, "count-tokens")), [
    "other none two words",
  ]);
});
