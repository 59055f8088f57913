import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction, StreamMessage, StreamReader } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { LaneCount } from "../../table/lane-count.ts";
import { openConverseStream } from "./stream.ts";
import { answerFacts } from "../../../../test/helpers/answer-facts.ts";

const facts = answerFacts({ model: "m" });

function read(reader: StreamReader, name: string, data: object): Extraction {
  const extraction = runAtOnce(reader.read(name, JSON.stringify(data)));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

const told = ({ pieces }: Extraction): string[] =>
  pieces.map(({ location: { place }, text, lane, call }) => `${place} ${text} ${lane ?? "-"} ${call ?? "-"}`);

const start = (contentBlockIndex: unknown, what: object) =>
  ["contentBlockStart", { contentBlockIndex, start: what }] as const;
const delta = (contentBlockIndex: unknown, what: object) =>
  ["contentBlockDelta", { contentBlockIndex, delta: what }] as const;
const stop = (contentBlockIndex: unknown) => ["contentBlockStop", { contentBlockIndex }] as const;
const begin = ["messageStart", { role: "assistant" }] as const;
const end = ["messageStop", { stopReason: "end_turn" }] as const;
const metadata = ["metadata", { usage: { totalTokens: 3 } }] as const;
type Event = readonly [name: string, data: object];

function readerOf(...events: readonly Event[]): StreamReader {
  const reader = openConverseStream();
  for (const [name, data] of events) read(reader, name, data);
  return reader;
}

/** What a cut writes, after all that was read, as `name block`. */
function cutAfter(events: readonly Event[], released = events.length): string[] {
  const messages: readonly StreamMessage[] = readerOf(...events).cut(facts, released);
  return messages.map(({ name, data }) => {
    const { contentBlockIndex } = JSON.parse(data) as { contentBlockIndex?: number };
    return contentBlockIndex === undefined ? name : `${name} ${contentBlockIndex}`;
  });
}

test("lanes go by the index that a block has", () => {
  const reader = openConverseStream();
  assert.deepEqual(told(read(reader, ...delta(1, { text: "a" }))), ["content a block/1/text -"]);
  assert.deepEqual(told(read(reader, ...delta(0, { reasoningContent: { text: "b" } }))), [
    "reasoning b block/0/reasoning -",
  ]);
  assert.deepEqual(told(read(reader, ...start(2, { toolUse: { toolUseId: "t1", name: "f" } }))), [
    "tool-name f block/2/name block/2",
  ]);
  assert.deepEqual(told(read(reader, ...delta(2, { toolUse: { input: '{"a' } }))), [
    'tool-arguments {"a block/2/input block/2',
  ]);
  for (const index of ["1", -1, 0.5, 1e9, null])
    assert.deepEqual(told(read(reader, ...delta(index, { text: "x" }))), ["content x block/0/text -"]);
});

test("padding is no text while it is one word", () => {
  const padded = (p: string) => ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: "a" }, p }] as const;
  assert.deepEqual(told(read(openConverseStream(), ...padded("abcXYZ"))), ["content a block/0/text -"]);
  assert.equal(read(openConverseStream(), ...padded("two words")).pieces.length, 2);
});

test("citations are whole in each event", () => {
  const citation = { title: "t", sourceContent: [{ text: "a" }], location: { web: { url: "https://example.com" } } };
  assert.deepEqual(told(read(openConverseStream(), ...delta(0, { citation }))), [
    "citation t - -",
    "citation a - -",
    "url https://example.com - -",
  ]);
});

test("unknown events pass with their text judged, exceptions with theirs", () => {
  const reader = readerOf(begin);
  assert.deepEqual(told(read(reader, "aNewEvent", { note: "a" })), ["other note - -", "other a event/note -"]);
  assert.deepEqual(told(read(reader, "", { delta: { text: "b" } })).at(-1), "other b event/delta/text -");
  assert.deepEqual(told(read(reader, "throttlingException", { message: "c" })), ["error c - -"]);
  assert.equal(reader.isOver, false);
});

test("wrong types are judged", () => {
  assert.deepEqual(told(read(openConverseStream(), ...delta(0, { text: { a: "b" } }))), [
    "other a - -",
    "other b block/0/other/delta/text/a -",
  ]);
  const [name] = begin;
  assert.deepEqual(told(read(openConverseStream(), name, ["a"])).length, 1);
});

test("metadata ends the stream; text behind it cannot be read", () => {
  const reader = readerOf(begin, end, metadata);
  assert.equal(reader.isOver, true);
  assert.deepEqual(reader.cut(facts, 3), []);
  const late = runAtOnce(reader.read("contentBlockDelta", '{"delta":{"text":"a"}}'));
  assert.deepEqual(late, { ok: false, error: "after-terminator" });
});

test("a cut before anything went out is a whole refusal", () => {
  const refusal = ["messageStart", "contentBlockDelta 0", "contentBlockStop 0", "messageStop", "metadata"];
  assert.deepEqual(cutAfter([]), refusal);
  assert.deepEqual(cutAfter([begin, delta(0, { text: "a" })], 0), refusal);
});

test("a cut closes the blocks that are open for the client, then the message", () => {
  const events = [
    begin,
    delta(0, { text: "a" }),
    stop(0),
    start(1, { toolUse: { name: "f" } }),
    delta(2, { text: "b" }),
  ];
  assert.deepEqual(cutAfter(events), ["contentBlockStop 1", "contentBlockStop 2", "messageStop", "metadata"]);
  assert.deepEqual(cutAfter(events, 3), ["messageStop", "metadata"]);
  assert.deepEqual(cutAfter(events, 2), ["contentBlockStop 0", "messageStop", "metadata"]);
  assert.deepEqual(cutAfter(events, 1), ["messageStop", "metadata"]);
  assert.deepEqual(cutAfter([begin, end]), ["metadata"]);
});

test("events out of order: a cut still closes what was seen, once", () => {
  assert.deepEqual(cutAfter([delta(3, { text: "a" })]), ["contentBlockStop 3", "messageStop", "metadata"]);
  assert.deepEqual(cutAfter([begin, stop(0), stop(0)]), ["messageStop", "metadata"]);
  assert.deepEqual(cutAfter([end, begin, end]), ["metadata"]);
});

test("how many blocks are kept is bounded", () => {
  const reader = readerOf(begin);
  let failed: string | null = null;
  for (let index = 0; index < LaneCount.maxLanes + 8; index += 1) {
    const result = runAtOnce(reader.read("contentBlockDelta", JSON.stringify(delta(index, { text: "a" })[1])));
    if (!result.ok) failed = result.error;
  }
  assert.equal(failed, "too-many-values");
  assert.ok(reader.cut(facts, LaneCount.maxLanes + 9).length <= LaneCount.maxLanes + 2);
});
