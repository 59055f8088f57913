import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction, StreamMessage, StreamReader } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { responses } from "./operations.ts";
import { answerFacts } from "../../../../test/helpers/answer-facts.ts";

const facts = answerFacts();

type Data = { readonly type: string; readonly [key: string]: unknown };

function read(reader: StreamReader, data: Data | string): Extraction {
  const [name, text] = typeof data === "string" ? ["", data] : [data.type, JSON.stringify(data)];
  const extraction = runAtOnce(reader.read(name, text));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

const told = (extraction: Extraction): string[] =>
  extraction.pieces.map(({ location: { place }, text, lane }) => `${place} ${text} ${lane ?? "-"}`);

const created: Data = {
  type: "response.created",
  sequence_number: 0,
  response: { id: "resp_up", object: "response", created_at: 5, model: "up-model", status: "in_progress", output: [] },
};
const added = (output_index: number, item: object, more: object = {}): Data => ({
  type: "response.output_item.added",
  output_index,
  item,
  ...more,
});
const message = { type: "message", id: "msg_up", role: "assistant", status: "in_progress", content: [] };
const part = (event: "added" | "done", text: string, content_index = 0): Data => ({
  type: `response.content_part.${event}`,
  item_id: "msg_up",
  output_index: 0,
  content_index,
  part: { type: "output_text", text, annotations: [] },
});
const delta = (text: string, more: object = {}): Data => ({
  type: "response.output_text.delta",
  item_id: "msg_up",
  output_index: 0,
  content_index: 0,
  delta: text,
  logprobs: [],
  ...more,
});

/** Names and data of the messages that a cut writes. */
const written = (messages: readonly StreamMessage[]): Data[] =>
  messages.map(({ name, data }) => {
    const event = JSON.parse(data) as Data;
    assert.equal(name, event.type);
    return event;
  });
const types = (messages: readonly StreamMessage[]): string[] => written(messages).map(({ type }) => type);

const idOf = (event: Data | undefined): unknown => (event?.["item"] as { readonly id?: unknown } | undefined)?.id;

const refusing = [
  "response.output_item.added",
  "response.content_part.added",
  "response.refusal.delta",
  "response.refusal.done",
  "response.content_part.done",
  "response.output_item.done",
];

test("a part goes on from where it was begun, whichever event brings its text; told whole it is another text, at its end", () => {
  const reader = responses.openStream();
  assert.deepEqual(told(read(reader, created)), []);
  const begun = { ...message, content: [{ type: "output_text", text: "a" }] };
  assert.deepEqual(told(read(reader, added(0, begun))), ["content a item/0/0/part/text"]);
  assert.deepEqual(told(read(reader, part("added", "b"))), ["content b item/0/0/part/text"]);
  assert.deepEqual(told(read(reader, delta("c"))), ["content c item/0/0/part/text"]);
  assert.deepEqual(told(read(reader, delta("d", { content_index: 1 }))), ["content d item/0/1/part/text"]);
  assert.deepEqual(told(read(reader, delta("e", { output_index: 2 }))), ["content e item/2/0/part/text"]);
  const done = read(reader, {
    type: "response.output_text.done",
    item_id: "msg_up",
    output_index: 0,
    content_index: 0,
    text: "abc",
  });
  assert.deepEqual(told(done), ["content abc item/0/0/part/told/text"]);
  assert.deepEqual(done.ends, ["item/0/0/part/"]);
  assert.deepEqual(read(reader, part("done", "abc")).ends, ["item/0/0/part/"]);
  const whole = read(reader, { type: "response.output_item.done", output_index: 0, item: begun });
  assert.deepEqual(told(whole), ["content a item/0/0/part/told/text"]);
  assert.deepEqual(whole.ends, ["item/0/"]);
  const last = read(reader, { type: "response.completed", response: { output: [begun] } });
  assert.deepEqual(told(last), ["content a told/item/0/0/part/told/text"]);
  assert.deepEqual(last.ends, ["told/"]);
});

test("calls: the pieces of the arguments, and the name, belong to the item at their place", () => {
  const reader = responses.openStream();
  const call = { type: "function_call", id: "fc_1", call_id: "c", name: "n", arguments: "" };
  const first = read(reader, added(1, call));
  assert.deepEqual(
    first.pieces.map(({ text, lane, call: of }) => [text, lane, of]),
    [
      ["n", null, "item/1"],
      ["", "item/1/arguments", "item/1"],
    ],
  );
  const more = read(reader, { type: "response.function_call_arguments.delta", output_index: 1, delta: "{" });
  assert.deepEqual(
    more.pieces.map(({ lane, call: of, mask }) => [lane, of, mask.kind]),
    [["item/1/arguments", "item/1", "json"]],
  );
  const done = read(reader, { type: "response.function_call_arguments.done", output_index: 1, arguments: "{}" });
  assert.deepEqual(
    done.pieces.map(({ lane, call: of }) => [lane, of]),
    [["item/1/told/arguments", "item/1"]],
  );
  assert.deepEqual(done.ends, ["item/1/"]);
});

test("reasoning and its summary are other texts, by their own numbers", () => {
  const reader = responses.openStream();
  const at = { item_id: "rs_1", output_index: 0 };
  assert.deepEqual(told(read(reader, { type: "response.reasoning_text.delta", ...at, content_index: 1, delta: "a" })), [
    "reasoning a item/0/1/part/text",
  ]);
  assert.deepEqual(
    told(read(reader, { type: "response.reasoning_summary_text.delta", ...at, summary_index: 1, delta: "b" })),
    ["reasoning b item/0/1/summary/text"],
  );
  const done = read(reader, { type: "response.reasoning_summary_text.done", ...at, summary_index: 1, text: "b" });
  assert.deepEqual(done.ends, ["item/0/1/summary/"]);
});

test("unknown events are judged, and their strings go on by place", () => {
  const reader = responses.openStream();
  const event = { type: "response.of_tomorrow.delta", output_index: 3, words: "x", more: { a: "y" } };
  assert.deepEqual(told(read(reader, event)), [
    "other words -",
    "other x item/3/0/event/other/words",
    "other more -",
    "other a -",
    "other y item/3/0/event/other/more/a",
  ]);
  assert.deepEqual(told(read(reader, { type: "x y" })), ["other x y item/0/0/event/other/type"]);
  assert.deepEqual(told(read(reader, "5")), []);
  assert.ok(told(read(reader, '"lost"')).some((line) => line.includes("lost")));
  assert.ok(told(read(reader, '{"type":["x"],"delta":"lost"}')).some((line) => line.includes("lost")));
  assert.ok(told(read(reader, delta("", { delta: { a: "lost" } }))).some((line) => line.includes("lost")));
});

test("errors, in both forms that clients read", () => {
  const reader = responses.openStream();
  const error = { code: "server_error", message: "m", param: null };
  assert.deepEqual(told(read(reader, { type: "error", sequence_number: 1, ...error })), ["error m -"]);
  assert.deepEqual(told(read(responses.openStream(), { type: "error", error })), ["error m -"]);
});

test("a cut before anything went out is a whole refusal", () => {
  const reader = responses.openStream();
  read(reader, created);
  read(reader, added(0, message));
  const messages = reader.cut(facts, 0);
  assert.deepEqual(messages, responses.refusalStream(facts));
  assert.deepEqual(types(messages), ["response.created", "response.in_progress", ...refusing, "response.completed"]);
  assert.deepEqual(
    written(messages).map((event) => event["sequence_number"]),
    [0, 1, 2, 3, 4, 5, 6, 7, 8],
  );
});

test("a cut ends what the client has seen begin, says why, and is numbered on", () => {
  const reader = responses.openStream();
  read(reader, created);
  read(reader, added(0, message, { sequence_number: 1 }));
  read(reader, { ...part("added", ""), sequence_number: 2 });
  read(reader, { ...delta("a"), sequence_number: 3 });
  read(reader, { ...part("done", "a"), sequence_number: 4 });
  const events = written(reader.cut(facts, 4));
  assert.deepEqual(
    events.map(({ type }) => type),
    ["response.content_part.done", "response.output_item.done", ...refusing, "response.incomplete"],
  );
  assert.deepEqual(
    events.map((event) => event["sequence_number"]),
    events.map((_, index) => 4 + index),
  );
  assert.deepEqual(events[1], {
    type: "response.output_item.done",
    sequence_number: 5,
    output_index: 0,
    item: { type: "message", id: "msg_up", status: "incomplete", role: "assistant", content: [] },
  });
  assert.equal(events[2]?.["output_index"], 1);
  const response = events.at(-1)?.["response"] as Record<string, unknown>;
  assert.equal(response["id"], "resp_up");
  assert.equal(response["model"], "up-model");
  assert.equal(response["created_at"], 5);
  assert.equal(response["status"], "incomplete");
  assert.deepEqual(response["incomplete_details"], { reason: "content_filter" });
});

test("what was not released has not begun, and what ended stays ended", () => {
  const reader = responses.openStream();
  read(reader, created);
  read(reader, added(0, { ...message, id: "msg_1" }));
  read(reader, { type: "response.output_item.done", output_index: 0, item: { ...message, id: "msg_1" } });
  read(reader, added(1, { ...message, id: "msg_2" }));
  assert.deepEqual(types(reader.cut(facts, 3)), [...refusing, "response.incomplete"]);
  const open = written(reader.cut(facts, 2));
  assert.equal(idOf(open[0]), "msg_1");
  assert.deepEqual(
    open.map((event) => event["output_index"]).filter((index) => index !== undefined),
    [0, 1, 1, 1, 1, 1, 1],
  );
});

test("a call that is cut gets no end: clients run calls that have one", () => {
  const reader = responses.openStream();
  read(reader, created);
  read(reader, added(0, { type: "function_call", id: "fc_1", call_id: "c", name: "n", arguments: "" }));
  read(reader, { type: "response.function_call_arguments.delta", output_index: 0, item_id: "fc_1", delta: "{" });
  const events = written(reader.cut(facts, 3));
  assert.deepEqual(
    events.map(({ type }) => type),
    [...refusing, "response.incomplete"],
  );
  assert.ok(!JSON.stringify(events).includes("fc_1"));
});

test("nothing follows the end, however often it comes; some servers add a terminator", () => {
  for (const type of ["response.completed", "response.failed", "response.incomplete", "error"]) {
    const reader = responses.openStream();
    read(reader, created);
    read(reader, { type, response: { id: "resp_up", output: [] } });
    read(reader, { type, response: { id: "resp_up", output: [] } });
    assert.deepEqual(reader.cut(facts, 2), []);
    assert.deepEqual(types(reader.cut(facts, 1)), [...refusing, "response.incomplete"]);
    assert.deepEqual(told(read(reader, "[DONE]")), []);
    assert.equal(reader.isOver, true);
  }
});

test("answers hold no words of an upstream's", () => {
  const reader = responses.openStream();
  const words = "some words of it";
  read(reader, { ...created, response: { id: words, model: words, created_at: words, output: [] } });
  read(reader, added(0, { ...message, id: words }));
  read(reader, { ...part("added", words), item_id: words });
  const messages = reader.cut(facts, 3);
  assert.ok(!JSON.stringify(messages).includes(words));
  const response = written(messages).at(-1)?.["response"] as Record<string, unknown>;
  assert.equal(response["id"], "resp_ref1");
  assert.equal(response["model"], "asked");
});

test("events out of order, without numbers and repeated open nothing twice", () => {
  const reader = responses.openStream();
  read(reader, part("done", "a"));
  read(reader, { type: "response.output_item.done", output_index: 0, item: message });
  read(reader, added(0, message, { output_index: -1 }));
  read(reader, added(0, message, { output_index: "0" }));
  read(reader, added(0, message));
  read(reader, added(0, { ...message, id: "msg_other" }));
  const events = written(reader.cut(facts, 6));
  assert.equal(idOf(events[0]), "msg_up");
  assert.deepEqual(
    events.map(({ type }) => type),
    ["response.output_item.done", ...refusing, "response.incomplete"],
  );
  assert.deepEqual(events[0]?.["sequence_number"], 6);
});
