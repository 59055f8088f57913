import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { createBedrockInvoke } from "./index.ts";

const dialect = createBedrockInvoke();

function read(body: unknown, action = "invoke"): Extraction {
  const head = { method: "POST", path: `/model/m/${action}`, query: "", contentType: null, contentEncoding: null };
  const operation = dialect.match(head);
  assert.ok(operation);
  const extraction = runAtOnce(operation.readRequest(JSON.stringify(body)));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

const told = ({ pieces }: Extraction): string[] =>
  pieces.map(({ location: { place, role }, text }) => `${place} ${role} ${text}`);

test("the path says whether the reply streams, and names the model", () => {
  const { stream, model } = read({ stream: true, model: "another" });
  assert.deepEqual({ stream, model }, { stream: false, model: "m" });
  assert.equal(read({}, "invoke-with-response-stream").stream, true);
});

const version = { anthropic_version: "bedrock-2023-05-31" };
for (const [what, body, wanted] of [
  [
    "Anthropic's messages",
    { ...version, system: "s", messages: [{ role: "user", content: [{ type: "text", text: "a" }] }] },
    ["content system s", "content user a"],
  ],
  [
    "Nova's messages",
    { system: [{ text: "s" }], messages: [{ role: "user", content: [{ text: "a" }] }] },
    ["content system s", "content user a"],
  ],
  ["OpenAI's messages", { messages: [{ role: "tool", tool_call_id: "c", content: "a" }] }, ["tool-result tool a"]],
  ["Titan's text", { inputText: "a", textGenerationConfig: { stopSequences: ["b"] } }, ["input none a", "stop none b"]],
  ["a prompt", { prompt: "a", max_gen_len: 5 }, ["input none a"]],
  [
    "Cohere's chat",
    { message: "a", preamble: "b", chat_history: [{ role: "CHATBOT", message: "c" }], documents: [{ snippet: "d" }] },
    ["content user a", "content system b", "content assistant c", "document tool snippet", "document tool d"],
  ],
  [
    "what no table names",
    { textPrompts: [{ text: "a" }] },
    ["other none textPrompts", "other none text", "other none a"],
  ],
  ["a member of another maker's", { ...version, inputText: "a" }, ["other none inputText", "other none a"]],
  ["wrong types", { prompt: ["a"], inputText: { b: "c" } }, ["other none a", "other none b", "other none c"]],
] as const) {
  test(`in a body: ${what}`, () => assert.deepEqual(told(read(body)), wanted));
}

test("what the reply is to be goes by the form", () => {
  const named = (body: object): readonly string[] => read(body).declared.tools.map(({ name }) => name);
  assert.deepEqual(named({ ...version, tools: [{ name: "a", input_schema: {} }] }), ["a"]);
  assert.deepEqual(named({ toolConfig: { tools: [{ toolSpec: { name: "b" } }] } }), ["b"]);
  assert.deepEqual(named({ tools: [{ type: "function", function: { name: "c" } }] }), ["c"]);
});
