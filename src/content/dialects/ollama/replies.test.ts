import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { chat, embed, generate, models, show } from "./operations.ts";
import { answerFacts } from "../../../../test/helpers/answer-facts.ts";

function read(body: unknown, operation = chat): Extraction {
  const extraction = runAtOnce(operation.readReply(JSON.stringify(body)));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

const told = ({ pieces }: Extraction): string[] =>
  pieces.map(({ location: { place, role }, text, call }) => `${place} ${role} ${text} ${call ?? "-"}`);

const head = { model: "m", created_at: "2026-08-04T19:22:45.499127Z", done: true, done_reason: "stop" };

test("a message; a call's name and its arguments belong together", () => {
  const called = (index: number) => ({ function: { index, name: "f", arguments: { a: 1 } } });
  const message = { role: "assistant", content: "a", thinking: "b", tool_calls: [called(0), called(1)] };
  assert.deepEqual(told(read({ ...head, message, total_duration: 5 })), [
    "content assistant a -",
    "reasoning assistant b -",
    "tool-name assistant f tool/0",
    'tool-arguments assistant {"a":1} tool/0',
    "tool-name assistant f tool/1",
    'tool-arguments assistant {"a":1} tool/1',
  ]);
});

test("token ids and log-probabilities tell the reply again", () => {
  const logprobs = [{ token: "a", logprob: -1, bytes: [97], top_logprobs: [{ token: "b", logprob: -2, bytes: [98] }] }];
  const body = { ...head, response: "a", context: [1, 2], logprobs };
  const { pieces, repeats, unjudged } = read(body, generate);
  const source = JSON.stringify(body);
  assert.deepEqual(
    repeats.map(({ lanes, whole, recalls }) => [lanes, source.slice(whole.start, whole.end), recalls ?? false]),
    [
      ["", "[1,2]", true],
      ["", JSON.stringify(logprobs), false],
    ],
  );
  assert.deepEqual(unjudged, { "token-ids": 1 });
  const tokens = pieces.filter(({ location }) => location.place === "logprob");
  assert.deepEqual(
    tokens.map(({ text, mask }) => [text, mask.kind === "drop" && source.slice(mask.whole.start, mask.whole.end)]),
    [
      ["a", JSON.stringify(logprobs)],
      ["b", JSON.stringify(logprobs)],
    ],
  );
});

test("wrong types are judged", () => {
  assert.deepEqual(told(read({ ...head, response: { a: "b" } }, generate)), [
    "other assistant a -",
    "other assistant b -",
  ]);
  assert.deepEqual(told(read({ ...head, message: "a" })), ["other assistant a -"]);
  assert.deepEqual(told(read({ error: { message: "a" } })), ["other assistant message -", "other assistant a -"]);
});

test("errors of each operation", () => {
  for (const operation of [chat, generate, embed, models])
    assert.deepEqual(told(read({ error: "a" }, operation)), ["error assistant a -"]);
});

test("a model's description is whatever its maker wrote", () => {
  assert.deepEqual(told(read({ modelfile: "a" }, show)), ["other assistant modelfile -", "other assistant a -"]);
});

test("lists of models are no text while they hold names and numbers", () => {
  const model = { name: "m:latest", modified_at: "2026-05-10T08:06:48.639712648-07:00", size: 1, digest: "0a8c" };
  assert.deepEqual(told(read({ models: [{ ...model, details: { families: ["a"] } }] }, models)), []);
  assert.deepEqual(told(read({ models: [{ name: "two words" }] }, models)), ["other assistant two words -"]);
});

const facts = answerFacts({ model: "m:latest" });
const sentence = "Not allowed. (reference ref1)";

test("answers in the API's form", () => {
  assert.deepEqual(JSON.parse(chat.error(facts)), { error: sentence });
  const timings = ["total_duration", "load_duration", "prompt_eval_count", "prompt_eval_duration"];
  const zeros = Object.fromEntries([...timings, "eval_count", "eval_duration"].map((name) => [name, 0]));
  const ends = { done: true, done_reason: "stop", ...zeros };
  const begins = { model: "m:latest", created_at: "1970-01-01T00:00:07.000Z" };
  assert.deepEqual(JSON.parse(chat.refusal(facts) ?? ""), {
    ...begins,
    message: { role: "assistant", content: sentence },
    ...ends,
  });
  assert.deepEqual(JSON.parse(generate.refusal(facts) ?? ""), { ...begins, response: sentence, ...ends });
  const lines = generate.refusalStream(facts)?.map(({ data }) => JSON.parse(data) as object);
  assert.deepEqual(lines, [
    { ...begins, response: sentence, done: false },
    { ...begins, response: "", ...ends },
  ]);
  assert.equal(embed.refusal(facts), null);
  assert.equal(embed.refusalStream(facts), null);
});

test("a name that could carry text is not said again", () => {
  const { model } = JSON.parse(chat.refusal({ ...facts, model: "two words" }) ?? "") as { model: string };
  assert.equal(model, "");
});
