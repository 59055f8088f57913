import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { familyOf } from "./answers.ts";
import { invoke, invokeStream } from "./operations.ts";
import { answerFacts } from "../../../../test/helpers/answer-facts.ts";

function read(body: unknown): Extraction {
  const extraction = runAtOnce(invoke.known.readReply(JSON.stringify(body)));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

const told = ({ pieces }: Extraction): string[] =>
  pieces.map(({ location: { place, role }, text }) => `${place} ${role} ${text}`);

for (const [what, body, wanted] of [
  [
    "Anthropic's",
    { type: "message", role: "assistant", content: [{ type: "text", text: "a" }] },
    ["content assistant a"],
  ],
  ["Nova's", { output: { message: { role: "assistant", content: [{ text: "a" }] } } }, ["content assistant a"]],
  ["Titan's", { results: [{ outputText: "a" }] }, ["content assistant a"]],
  ["Meta's", { generation: "a" }, ["content assistant a"]],
  ["Mistral's", { outputs: [{ text: "a" }] }, ["content assistant a"]],
  ["OpenAI's", { choices: [{ message: { role: "assistant", content: "a" } }] }, ["content assistant a"]],
  ["Cohere's", { text: "a", citations: [{ text: "b" }] }, ["content assistant a", "citation assistant b"]],
  ["an error", { message: "a" }, ["error assistant a"]],
  ["a type nobody knows", { type: "two words", text: "a" }, ["other assistant two words", "content assistant a"]],
  ["embeddings", { embedding: [0.5, 1], inputTextTokenCount: 2 }, []],
] as const) {
  test(`a reply: ${what}`, () => assert.deepEqual(told(read(body)), wanted));
}

test("token scores go where anything of their text is masked", () => {
  const { repeats } = read({ choices: [{ message: { content: "a" }, logprobs: { tokens: ["a"] } }] });
  assert.deepEqual(
    repeats.map(({ lanes }) => lanes),
    ["choice/0/"],
  );
});

for (const [model, family] of [
  ["us.anthropic.claude-sonnet-4-20250514-v1:0", "anthropic"],
  ["amazon.nova-lite-v1:0", "nova"],
  ["amazon.titan-text-express-v1", "titan"],
  ["meta.llama3-70b-instruct-v1:0", "llama"],
  ["arn:aws:bedrock:us-east-1::foundation-model/mistral.mistral-7b-instruct-v0:2", "mistral"],
  ["cohere.command-r-v1:0", "cohere"],
  ["openai.gpt-oss-20b-1:0", "choices"],
  ["us.deepseek.r1-v1:0", "choices"],
] as const) {
  test(`a refusal of ${model} is a reply in its maker's form, whole and as a stream`, () => {
    assert.equal(familyOf(model), family);
    const body = invoke.known.refusal(answerFacts({ model })) ?? "";
    const texts = new Set(read(JSON.parse(body)).pieces.map(({ text }) => text));
    assert.ok(texts.has("Not allowed. (reference ref1)"), body);
    const messages = invokeStream.known.refusalStream(answerFacts({ model })) ?? [];
    const reader = invokeStream.known.openStream();
    const streamed = messages.flatMap(({ name, data }) => {
      const extraction = runAtOnce(reader.read(name, data));
      assert.ok(extraction.ok && name === "chunk");
      return extraction.value.pieces.filter(({ location }) => location.place === "content").map(({ text }) => text);
    });
    assert.ok(streamed.includes("Not allowed. (reference ref1)"));
  });
}

test("where the name does not tell the form, an error is the answer", () => {
  const own = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abcdefghijkl";
  for (const model of [null, own, "amazon.titan-embed-text-v2:0", "cohere.rerank-v3-5:0", "amazon.nova-canvas-v1:0"]) {
    assert.equal(invoke.known.refusal(answerFacts({ model })), null);
    assert.equal(invokeStream.known.refusalStream(answerFacts({ model })), null);
  }
});
