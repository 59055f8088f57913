import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction, StreamReader } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { chat, generate } from "./operations.ts";
import { answerFacts } from "../../../../test/helpers/answer-facts.ts";

const facts = answerFacts();

function read(reader: StreamReader, data: unknown): Extraction {
  const extraction = runAtOnce(reader.read("", JSON.stringify(data)));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

const told = ({ pieces }: Extraction): string[] =>
  pieces.map(({ location: { place }, text, lane, call }) => `${place} ${text} ${lane ?? "-"} ${call ?? "-"}`);

const head = { model: "m:latest", created_at: "2026-08-04T19:22:45.499127Z", done: false };
const message = (more: object) => ({ ...head, message: { role: "assistant", content: "", ...more } });
const end = { ...head, message: { role: "assistant", content: "" }, done: true, done_reason: "stop" };

function readerOf(...lines: readonly object[]): StreamReader {
  const reader = chat.openStream();
  for (const line of lines) read(reader, line);
  return reader;
}

type Line = { model: string; message?: { content: string }; response?: string; done: boolean };
const cutOf = (reader: StreamReader, released: number): Line[] =>
  reader.cut(facts, released).map(({ name, data }) => {
    assert.equal(name, "");
    return JSON.parse(data) as Line;
  });

test("texts go on from line to line", () => {
  const reader = chat.openStream();
  assert.deepEqual(told(read(reader, message({ content: "a", thinking: "b" }))), [
    "content a content -",
    "reasoning b thinking -",
  ]);
  assert.deepEqual(told(read(generate.openStream(), { ...head, response: "a", thinking: "b" })), [
    "content a response -",
    "reasoning b thinking -",
  ]);
});

test("calls come whole, and those of two lines are two", () => {
  const reader = chat.openStream();
  const call = { function: { name: "f", arguments: { a: 1 } } };
  for (const line of [1, 2]) {
    const texts = told(read(reader, message({ tool_calls: [call, call] }))).filter((text) => text.startsWith("tool"));
    assert.deepEqual(texts, [
      `tool-name f - line/${line}/tool/0`,
      `tool-arguments {"a":1} - line/${line}/tool/0`,
      `tool-name f - line/${line}/tool/1`,
      `tool-arguments {"a":1} - line/${line}/tool/1`,
    ]);
  }
});

test("unknown members pass with their text judged", () => {
  const reader = chat.openStream();
  assert.deepEqual(told(read(reader, message({ draft: "a" }))).slice(1), [
    "other draft - -",
    "other a other/message/draft -",
  ]);
  assert.deepEqual(told(read(reader, { status: "a b" })), ["other status - -", "other a b other/status -"]);
  assert.deepEqual(told(read(reader, "a")), ["other a - -"]);
  assert.deepEqual(told(read(reader, message({ content: ["a"] }))).at(-1), "other a other/message/content/0 -");
});

test("a line that is done ends the stream; text behind it cannot be read", () => {
  const reader = readerOf(message({ content: "a" }), end);
  assert.equal(reader.isOver, true);
  assert.deepEqual(reader.cut(facts, 2), []);
  assert.deepEqual(runAtOnce(reader.read("", JSON.stringify(end))), { ok: false, error: "after-terminator" });
});

test("so does an error, and no other value of that name", () => {
  assert.deepEqual(told(read(chat.openStream(), { error: "a" })), ["error a - -"]);
  assert.equal(readerOf({ error: "a" }).isOver, true);
  for (const odd of [{ error: null }, { error: {} }, { done: "true" }, { done: 1 }])
    assert.equal(readerOf(odd).isOver, false);
});

test("what is no JSON is unreadable", () => {
  for (const data of ["[DONE]", "{", "a"])
    assert.deepEqual(runAtOnce(chat.openStream().read("", data)), { ok: false, error: "not-json" });
});

test("a cut before anything went out is a refusal by itself", () => {
  const reader = readerOf(message({ content: "a" }));
  assert.deepEqual(reader.cut(facts, 0), chat.refusalStream(facts));
  assert.deepEqual(
    cutOf(chat.openStream(), 0).map(({ model, done }) => [model, done]),
    [
      ["asked", false],
      ["asked", true],
    ],
  );
});

test("a cut underway says why in a paragraph of its own, under the stream's own name, and is done", () => {
  const reader = readerOf(message({ content: "a" }), message({ content: "b" }), end);
  assert.deepEqual(
    cutOf(reader, 2).map((line) => [line.model, line.message?.content, line.done]),
    [
      ["m:latest", "\n\nNot allowed. (reference ref1)", false],
      ["m:latest", "", true],
    ],
  );
  const generated = generate.openStream();
  read(generated, { ...head, response: "a" });
  assert.deepEqual(
    cutOf(generated, 1).map(({ response }) => response),
    ["\n\nNot allowed. (reference ref1)", ""],
  );
});

test("a name that could carry text is not said again", () => {
  assert.equal(cutOf(readerOf({ ...message({ content: "a" }), model: "two words" }), 1)[0]?.model, "asked");
});
