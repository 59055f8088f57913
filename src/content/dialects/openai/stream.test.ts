import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction, StreamMessage, StreamReader } from "../../../domain/dialect.ts";
import { LaneCount } from "../../table/lane-count.ts";
import { chatCompletions, completions } from "./operations.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { answerFacts } from "../../../../test/helpers/answer-facts.ts";

const facts = answerFacts();

function read(reader: StreamReader, data: unknown): Extraction {
  const extraction = runAtOnce(reader.read("", typeof data === "string" ? data : JSON.stringify(data)));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

const told = (extraction: Extraction): string[] =>
  extraction.pieces.map(({ location: { place }, text, lane }) => `${place} ${text} ${lane ?? "-"}`);

const chunk = (...choices: object[]) => ({
  id: "up1",
  object: "chat.completion.chunk",
  created: 5,
  model: "up-model",
  choices,
});
/** The data of the messages that a cut writes, read as JSON but for the terminator. */
const events = (messages: readonly StreamMessage[]): unknown[] =>
  messages.map(({ name, data }) => {
    assert.equal(name, "");
    return data === "[DONE]" ? data : JSON.parse(data);
  });

test("lanes go by the index that choices and calls give themselves", () => {
  const reader = chatCompletions.openStream();
  const first = chunk({ index: 1, delta: { role: "assistant", content: "a" } }, { index: 0, delta: { content: "b" } });
  assert.deepEqual(told(read(reader, first)), ["content a choice/1/content", "content b choice/0/content"]);
  const calls = [{ index: 2, id: "c", function: { name: "f", arguments: "{" } }, { function: { arguments: "}" } }];
  assert.deepEqual(told(read(reader, chunk({ index: 1, delta: { tool_calls: calls } }))), [
    "tool-name f choice/1/tool/2/name",
    "tool-arguments { choice/1/tool/2/arguments",
    "tool-arguments } choice/1/tool/1/arguments",
  ]);
  assert.deepEqual(told(read(reader, chunk({ delta: { refusal: "r" } }))), ["refusal r choice/0/refusal"]);
  for (const index of ["1", -1, 0.5, 1e9, null]) {
    assert.deepEqual(told(read(reader, chunk({ index, delta: { content: "x" } }))), ["content x choice/0/content"]);
  }
});

test("unknown text goes on from event to event, wherever it stands", () => {
  const reader = chatCompletions.openStream();
  assert.deepEqual(told(read(reader, chunk({ index: 1, delta: { draft: { a: "x" } }, note: "y" }))), [
    "other draft -",
    "other a -",
    "other x choice/1/other/delta/draft/a",
    "other note -",
    "other y choice/1/other/note",
  ]);
  assert.deepEqual(told(read(reader, '"s"')), ["other s other"]);
  assert.deepEqual(told(read(completions.openStream(), { choices: [{ index: 2, note: "y" }], more: ["z"] })), [
    "other note -",
    "other y choice/2/other/note",
    "other more -",
    "other z other/more/0",
  ]);
});

test("a name that each event tells whole does not go on", () => {
  const event = { ...chunk(), provider: "Some Provider" };
  assert.deepEqual(told(read(chatCompletions.openStream(), event)), ["other Some Provider -"]);
  assert.deepEqual(told(read(chatCompletions.openStream(), { ...event, provider: "Provider" })), []);
});

test("usage, errors and unknown events", () => {
  const reader = chatCompletions.openStream();
  assert.deepEqual(told(read(reader, { ...chunk(), usage: { prompt_tokens: 1 } })), []);
  assert.deepEqual(told(read(reader, { error: { message: "m", code: 500 } })), ["error m -"]);
  assert.deepEqual(told(read(reader, { x: "y" })), ["other x -", "other y other/x"]);
  assert.deepEqual(told(read(reader, "")), []);
});

test("completions stream their text", () => {
  const reader = completions.openStream();
  assert.deepEqual(told(read(reader, { choices: [{ index: 0, text: "a", logprobs: null }] })), [
    "content a choice/0/content",
  ]);
});

test("after the terminator nothing may come", () => {
  const reader = chatCompletions.openStream();
  assert.equal(runAtOnce(reader.read("", "[DONE] x")).ok, false);
  assert.equal(reader.isOver, false);
  assert.deepEqual(told(read(reader, " [DONE] ")), []);
  assert.equal(reader.isOver, true);
  assert.deepEqual(told(read(reader, "")), []);
  for (const data of ["{}", "[DONE]", "x"])
    assert.deepEqual(runAtOnce(reader.read("", data)), { ok: false, error: "after-terminator" });
});

test("what is neither JSON nor the terminator is unreadable", () => {
  for (const data of ["hello", "[DONE] x", " ", "{"]) {
    assert.deepEqual(runAtOnce(chatCompletions.openStream().read("", data)), { ok: false, error: "not-json" });
  }
});

test("lanes are bounded, one below, at, and one above", () => {
  const reader = chatCompletions.openStream();
  for (let index = 0; index < LaneCount.maxLanes; index++) read(reader, chunk({ index, delta: { content: "x" } }));
  read(reader, chunk({ index: 0, delta: { content: "x" } }));
  const more = runAtOnce(
    reader.read("", JSON.stringify(chunk({ index: LaneCount.maxLanes, delta: { content: "x" } }))),
  );
  assert.deepEqual(more, { ok: false, error: "too-many-values" });
});

test("a cut ends each choice that the client has seen open, under the stream's own name", () => {
  const reader = chatCompletions.openStream();
  read(reader, chunk({ index: 0, delta: { content: "a" } }));
  read(reader, chunk({ index: 1, delta: { content: "b" } }));
  read(reader, chunk({ index: 0, delta: {}, finish_reason: "stop" }));
  const last = (index: number) => ({
    ...chunk({
      index,
      delta: { refusal: "Not allowed. (reference ref1)" },
      logprobs: null,
      finish_reason: "content_filter",
    }),
  });
  assert.deepEqual(events(reader.cut(facts, 1)), [last(0), "[DONE]"]);
  assert.deepEqual(events(reader.cut(facts, 2)), [last(0), last(1), "[DONE]"]);
  assert.deepEqual(events(reader.cut(facts, 3)), [last(1), "[DONE]"]);
});

test("a cut before any event is a refusal by itself", () => {
  const cut = chatCompletions.openStream().cut(facts, 0);
  assert.deepEqual(cut, chatCompletions.refusalStream(facts));
  const [first, , done] = events(cut) as [Record<string, unknown>, unknown, string];
  assert.equal(first["id"], "chatcmpl-ref1");
  assert.equal(first["model"], "asked");
  assert.equal(first["created"], 7);
  assert.equal(done, "[DONE]");
});

test("a cut after the terminator was released says nothing, and closes the stream where it was only read", () => {
  const reader = chatCompletions.openStream();
  read(reader, chunk({ index: 0, delta: {}, finish_reason: "stop" }));
  read(reader, "[DONE]");
  assert.deepEqual(reader.cut(facts, 2), []);
  assert.deepEqual(events(reader.cut(facts, 1)), ["[DONE]"]);
});

test("names of the stream that could carry text are not said again", () => {
  const reader = chatCompletions.openStream();
  read(reader, { id: "bob@example.com", model: "two words", created: "x", choices: [{ index: 0, delta: {} }] });
  const [first] = events(reader.cut(facts, 1)) as [Record<string, unknown>];
  assert.deepEqual([first["id"], first["model"], first["created"]], ["chatcmpl-ref1", "asked", 7]);
});

test("completions are cut in their own form", () => {
  const reader = completions.openStream();
  read(reader, { id: "up1", choices: [{ index: 0, text: "a" }] });
  const [first] = events(reader.cut(facts, 1));
  assert.deepEqual(first, {
    id: "up1",
    object: "text_completion",
    created: 7,
    model: "asked",
    choices: [{ index: 0, text: "", logprobs: null, finish_reason: "content_filter" }],
  });
});

test("a model is named in an answer only where it is one word", () => {
  const named = (model: string): unknown => JSON.parse(chatCompletions.refusal({ ...facts, model }) ?? "").model;
  for (const model of ["org/model:free", "@cf/a/b-1.5", "m"]) assert.equal(named(model), model);
  for (const model of ["say it", "<b>", '"', "m".repeat(129)]) assert.equal(named(model), "");
});

test("what a vendor tells whole in each event does not go on", () => {
  const event = {
    ...chunk(),
    related_questions: ["a b?"],
    images: [{ image_url: "https://a.example/b", title: "c d" }],
  };
  assert.deepEqual(told(read(chatCompletions.openStream(), event)), [
    "content a b? -",
    "url https://a.example/b -",
    "document c d -",
  ]);
});
