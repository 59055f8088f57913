import assert from "node:assert/strict";
import { test } from "node:test";
import type { Asked, Extraction } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { createOllama } from "./index.ts";
import { chat, embed, embeddings, generate, models, show } from "./operations.ts";

function read(body: unknown, operation = chat, asked?: Asked): Extraction {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const extraction = runAtOnce(operation.readRequest(text, asked));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

/** Pieces as `place role text`. */
const told = ({ pieces }: Extraction): string[] =>
  pieces.map(({ location: { place, role }, text }) => `${place} ${role} ${text}`);

for (const [method, path, wanted] of [
  ["POST", "/api/generate", "ollama/generate"],
  ["POST", "/api/chat", "ollama/chat"],
  ["POST", "/api/embed", "ollama/embed"],
  ["POST", "/api/embeddings", "ollama/embeddings"],
  ["POST", "/api/show", "ollama/show"],
  ["GET", "/api/tags", "ollama/models"],
  ["HEAD", "/api/ps", "ollama/models"],
  ["GET", "/api/version", "ollama/models"],
  ["GET", "/api/chat", null],
  ["POST", "/api/tags", null],
  ["post", "/api/chat", null],
  ["POST", "/api/chat/", null],
  ["POST", "//api/chat", null],
  ["POST", "/API/chat", null],
  ["POST", "/api/Chat", null],
  ["POST", "/api/chat;x", null],
  ["POST", "/api/create", null],
  ["DELETE", "/api/delete", null],
  ["GET", "/", null],
] as const) {
  test(`${method} ${path} is ${wanted ?? "none of this dialect's"}`, () => {
    const head = { method, path, query: "", contentType: null, contentEncoding: null };
    assert.equal(createOllama().match(head)?.id ?? null, wanted);
  });
}

test("a prompt is the user's, what frames it the system's", () => {
  const body = {
    model: "m",
    prompt: "a",
    suffix: "b",
    system: "c",
    template: "d",
    raw: true,
    options: { stop: ["e"] },
  };
  assert.deepEqual(told(read(body, generate)), [
    "content user a",
    "suffix user b",
    "content system c",
    "content system d",
    "stop none e",
  ]);
});

test("messages by their roles; calls belong to what the assistant said", () => {
  const calls = [{ function: { index: 0, name: "f", arguments: { a: ["x", 1] } } }, { function: { arguments: "y" } }];
  const messages = [
    { role: "system", content: "a" },
    { role: "user", content: "b", images: ["AAAA"] },
    { role: "assistant", content: "c", thinking: "d", tool_calls: calls },
    { role: "tool", content: "e", tool_name: "f", tool_call_id: "call_1" },
  ];
  const extraction = read({ model: "m", messages });
  assert.deepEqual(told(extraction), [
    "content system a",
    "content user b",
    "content assistant c",
    "reasoning assistant d",
    "tool-name assistant f",
    'tool-arguments assistant {"a":["x",1]}',
    "tool-arguments assistant y",
    "tool-result tool e",
    "tool-name tool f",
  ]);
  assert.deepEqual(extraction.unjudged, { image: 1 });
  assert.equal(extraction.messages, 4);
});

test("a role that the server reads as another is unclear", () => {
  const roleOf = (role: unknown) => read({ messages: [{ role, content: "a" }] }).pieces.at(-1)?.location;
  assert.deepEqual(roleOf("system"), { place: "content", role: "system", pointer: "/messages/0/content" });
  for (const role of ["System", "TOOL", "narrator", 1, null]) assert.equal(roleOf(role)?.unclear, "role");
});

for (const [what, body, wanted] of [
  ["a prompt that is a list", { prompt: ["a"] }, ["other user a"]],
  ["a prompt that is a number", { prompt: 4111111111111111 }, ["other user 4111111111111111"]],
  ["an image that is none", { images: ["two words"] }, ["other none two words"]],
  ["a context that is none", { context: ["two words", ["a"]] }, ["other none two words", "other none a"]],
  ["a context that is a text", { context: "a" }, ["other none a"]],
  ["a key in another case", { Prompt: "a" }, ["other none Prompt", "other none a"]],
  ["a setting that is a text", { keep_alive: "two words" }, ["other none two words"]],
  ["an unknown option", { options: { note: "a" } }, ["other none note", "other none a"]],
  ["a format that is a text", { format: "two words" }, ["other none two words"]],
  ["a format that is a list", { format: ["a"] }, ["other none a"]],
] as const) {
  test(`judged all the same: ${what}`, () => assert.deepEqual(told(read(body, generate)), wanted));
}

test("what only the server's lenient reader finds may stand anywhere", () => {
  for (const body of ['{"Prompt":"a"}', '{"prompt":["a"]}', '{"SYSTEM":"a"}'])
    assert.equal(read(body, generate).pieces.at(-1)?.location.unclear, "place", body);
});

test("earlier turns that come as tokens may be any text: nobody here can read them", () => {
  const tokens = runAtOnce(generate.readRequest('{"prompt":"a","context":[1,2]}'));
  assert.deepEqual(tokens, { ok: false, error: "token-ids" });
  assert.deepEqual(read({ context: [] }, generate).unjudged, {});
});

for (const [body, wanted] of [
  ["{}", true],
  ['{"stream":true}', true],
  ['{"stream":null}', true],
  ['{"stream":"false"}', true],
  ['{"stream":false}', false],
  ['{"Stream":false}', false],
  ['{"stream":false,"stream":true}', true],
  ['{"stream":true,"STREAM":false}', false],
  ['{"\u017ftream":false}', false],
] as const) {
  test(`${body} asks for ${wanted ? "a stream" : "a whole reply"}`, () => {
    assert.equal(read(body).stream, wanted);
    assert.equal(read(body, generate).stream, wanted);
    assert.equal(read(body, embed).stream, false);
  });
}

test("loading and unloading a model say nothing", () => {
  for (const body of [{ model: "m" }, { model: "m", keep_alive: 0 }] as const) {
    const extraction = read(body, generate);
    assert.deepEqual([told(extraction), extraction.model], [[], "m"]);
  }
  assert.deepEqual(told(read({ model: "m", messages: [], keep_alive: "5m" })), []);
});

test("inputs of embeddings, in both forms", () => {
  assert.deepEqual(told(read({ model: "m", input: "a" }, embed)), ["input none a"]);
  const several = read({ model: "m", input: ["a", "b"] }, embed);
  assert.deepEqual([told(several), several.messages], [["input none a", "input none b"], 2]);
  assert.deepEqual(told(read({ model: "m", prompt: "a" }, embeddings)), ["input none a"]);
});

test("asking for a model's description may bring instructions", () => {
  assert.deepEqual(told(read({ model: "m", verbose: true, system: "a" }, show)), ["content system a"]);
});

test("lists of models have no prompt; one that comes is judged", () => {
  assert.deepEqual(told(read("", models)), []);
  assert.deepEqual(told(read('{"note":"a"}', models)), ["other none note", "other none a"]);
});

test("tools and schemas are judged where a rule asks for it", () => {
  const body = { tools: [{ function: { name: "f" } }], format: { type: "object" } };
  assert.deepEqual(read(body).unjudged, { "tool-definition": 2 });
  const places = read(body, chat, new Set(["tool-definition"])).pieces.map(({ location }) => location.place);
  assert.deepEqual([...new Set(places)], ["tool-definition"]);
});
