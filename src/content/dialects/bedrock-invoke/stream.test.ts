import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction, StreamReader } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { openInvokeStream } from "./stream.ts";
import { answerFacts } from "../../../../test/helpers/answer-facts.ts";

const facts = answerFacts({ model: "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abc" });

function read(reader: StreamReader, data: object, name = "chunk"): Extraction {
  const extraction = runAtOnce(reader.read(name, JSON.stringify(data)));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

const told = ({ pieces }: Extraction): string[] =>
  pieces.map(({ location: { place }, text, lane }) => `${place} ${text} ${lane ?? "-"}`);

/** What a cut writes after those events, read as JSON. */
function cutAfter(...events: readonly object[]): unknown[] {
  const reader = openInvokeStream();
  for (const event of events) read(reader, event);
  return reader.cut(facts, events.length).map(({ name, data }) => {
    assert.equal(name, "chunk");
    return JSON.parse(data) as unknown;
  });
}

const start = { type: "message_start", message: { role: "assistant", content: [] } };
const opened = (index: number) => ({ type: "content_block_start", index, content_block: { type: "text", text: "" } });
const said = (index: number, text: string) => ({
  type: "content_block_delta",
  index,
  delta: { type: "text_delta", text },
});

test("texts go on from event to event, each form by its own marks", () => {
  const reader = openInvokeStream();
  for (const [event, wanted] of [
    [said(1, "a"), ["content a block/1/text"]],
    [{ contentBlockDelta: { delta: { text: "a" }, contentBlockIndex: 2 } }, ["content a block/2/text"]],
    [{ outputText: "a", index: 0 }, ["content a output"]],
    [{ generation: "a" }, ["content a generation"]],
    [{ outputs: [{ text: "a" }] }, ["content a output/0/text"]],
    [{ choices: [{ index: 1, delta: { content: "a" } }] }, ["content a choice/1/content"]],
    [{ event_type: "text-generation", text: "a" }, ["content a text"]],
    [{ event_type: "stream-end", response: { text: "a" } }, ["content a response/text"]],
    [{ note: "a" }, ["other note -", "other a other/note"]],
  ] as const)
    assert.deepEqual(told(read(reader, event)), wanted);
});

test("exceptions and unknown events are judged", () => {
  const reader = openInvokeStream();
  assert.deepEqual(told(read(reader, { message: "a" }, "modelStreamErrorException")), ["error a -"]);
  assert.deepEqual(told(read(reader, { note: "a" }, "aNewEvent")), ["other note -", "other a event/note"]);
});

test("Anthropic's: a cut closes the open blocks, then the message", () => {
  const types = (events: unknown[]) => events.map((event) => (event as { type: string }).type);
  assert.deepEqual(types(cutAfter(start, opened(0), said(0, "a"))), [
    "content_block_stop",
    "message_delta",
    "message_stop",
  ]);
  assert.deepEqual(types(cutAfter(start, opened(0), { type: "content_block_stop", index: 0 })), [
    "message_delta",
    "message_stop",
  ]);
  assert.deepEqual(cutAfter(start, { type: "message_stop" }), []);
});

test("Nova's: a cut closes the open blocks, then the message", () => {
  const begin = { messageStart: { role: "assistant" } };
  const text = { contentBlockDelta: { delta: { text: "a" }, contentBlockIndex: 1 } };
  const keys = cutAfter(begin, text).map((event) => Object.keys(event as object)[0]);
  assert.deepEqual(keys, ["contentBlockStop", "messageStop", "metadata"]);
  assert.deepEqual(cutAfter(begin, text, { messageStop: { stopReason: "end_turn" } }), []);
});

for (const [what, event, end] of [
  ["Titan's", { outputText: "a", index: 0, completionReason: null }, { outputText: "", completionReason: "FINISH" }],
  ["Meta's", { generation: "a", stop_reason: null }, { generation: "", stop_reason: "stop" }],
  ["Mistral's", { outputs: [{ text: "a", stop_reason: null }] }, { outputs: [{ text: "", stop_reason: "stop" }] }],
  [
    "OpenAI's",
    { choices: [{ index: 0, delta: { content: "a" } }] },
    { choices: [{ index: 0, finish_reason: "stop" }] },
  ],
  ["Cohere's", { event_type: "text-generation", text: "a" }, { event_type: "stream-end", finish_reason: "COMPLETE" }],
] as const) {
  test(`${what}: a cut is one event without text, none after the last of its own`, () => {
    const [last, ...more] = cutAfter(event);
    assert.equal(more.length, 0);
    assert.equal((last as Record<string, unknown>)["amazon-bedrock-guardrailAction"], "INTERVENED");
    assert.deepEqual(cutAfter(event, end, end), []);
  });
}

test("where nothing tells the form, a cut adds nothing", () => {
  assert.deepEqual(cutAfter(), []);
  assert.deepEqual(cutAfter({ note: "a" }), []);
});
