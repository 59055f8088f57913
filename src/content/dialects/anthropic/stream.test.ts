import assert from "node:assert/strict";
import { test } from "node:test";
import type { Piece, StreamMessage, StreamReader } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { countTokens, messages } from "./operations.ts";
import { answerFacts } from "../../../../test/helpers/answer-facts.ts";

const facts = answerFacts({ model: "claude-x" });

type Event = { readonly type: string } & Readonly<Record<string, unknown>>;
const event = (type: string, more: object = {}): Event => ({ type, ...more });
const begin = event("message_start", { message: { id: "msg_1", content: [], usage: { output_tokens: 1 } } });
const start = (index: unknown, content_block: object = { type: "text", text: "" }): Event =>
  event("content_block_start", { index, content_block });
const delta = (index: unknown, more: object): Event => event("content_block_delta", { index, delta: more });
const text = (index: unknown, told: string): Event => delta(index, { type: "text_delta", text: told });
const stop = (index: unknown): Event => event("content_block_stop", { index });
const end = event("message_stop");

function readAll(events: readonly Event[], reader: StreamReader = messages.openStream()): readonly Piece[] {
  return events.flatMap((one) => {
    const read = runAtOnce(reader.read(one.type, JSON.stringify(one)));
    assert.ok(read.ok, one.type);
    return read.value.pieces;
  });
}

/** Texts by lane, those without one each by themselves. */
function lanes(events: readonly Event[]): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const { lane, text: told, location } of readAll(events)) {
    const name = lane ?? `(${location.place})`;
    joined[name] = (joined[name] ?? "") + told;
  }
  return joined;
}

const typesOf = (told: readonly StreamMessage[]): readonly string[] =>
  told.map(({ name, data }) => {
    const { type, index } = JSON.parse(data) as { type: string; index?: number };
    assert.equal(name, type);
    return index === undefined ? type : `${type} ${index}`;
  });

function cut(events: readonly Event[], released = events.length): readonly StreamMessage[] {
  const reader = messages.openStream();
  readAll(events, reader);
  return reader.cut(facts, released);
}

test("blocks go on from event to event, each for itself", () => {
  const events = [begin, start(0), start(1), text(0, "a"), text(1, "b"), text(0, "c"), text(1, "d"), stop(0)];
  assert.deepEqual(lanes(events), { "block/0/text": "ac", "block/1/text": "bd" });
});

test("a text that begins with its block goes on", () => {
  assert.deepEqual(lanes([begin, start(0, { type: "text", text: "a" }), text(0, "b")]), { "block/0/text": "ab" });
});

test("a call has its name at its begin and its arguments in pieces", () => {
  const pieces = readAll([
    begin,
    start(2, { type: "tool_use", id: "t", name: "f", input: {} }),
    delta(2, { type: "input_json_delta", partial_json: '{"a":' }),
    delta(2, { type: "input_json_delta", partial_json: "1}" }),
  ]);
  assert.deepEqual(
    pieces.map(({ call, lane, mask, text: told }) => [call, lane, mask.kind, told]),
    [
      ["block/2", null, "text", "f"],
      ["block/2", "block/2/arguments", "json", '{"a":'],
      ["block/2", "block/2/arguments", "json", "1}"],
    ],
  );
});

test("arguments that come whole with the call are judged", () => {
  const [, input] = readAll([start(0, { type: "tool_use", name: "f", input: { a: "b" } })]);
  assert.deepEqual([input?.call, input?.text, input?.mask.kind], ["block/0", '{"a":"b"}', "json"]);
});

test("an event of an unknown type passes, and its texts are judged", () => {
  assert.deepEqual(lanes([begin, event("later_event", { note: "a", deep: { x: ["b"] } })]), {
    "block/0/other/note": "a",
    "(other)": "notedeepx",
    "block/0/other/deep/x/0": "b",
  });
  const unknown = delta(0, { type: "later_delta", words: "a" });
  assert.equal(lanes([begin, unknown, unknown])["block/0/other/delta/words"], "aa");
});

test("a ping holds nothing", () => assert.deepEqual(readAll([begin, event("ping")]), []));

test("nothing may follow the end, and a stream that has ended needs no other", () => {
  for (const last of [end, event("error", { error: { type: "api_error", message: "e" } })]) {
    const reader = messages.openStream();
    readAll([begin, last], reader);
    assert.ok(reader.isOver);
    assert.deepEqual(reader.cut(facts, 2), []);
    assert.deepEqual(runAtOnce(reader.read("content_block_delta", JSON.stringify(text(0, "a")))), {
      ok: false,
      error: "after-terminator",
    });
  }
});

for (const [what, events, released, wanted] of [
  [
    "before the message",
    [],
    0,
    ["message_start", "content_block_start 0", "content_block_delta 0", "content_block_stop 0"],
  ],
  [
    "while the begin of the message is held",
    [begin, start(0)],
    0,
    ["message_start", "content_block_start 0", "content_block_delta 0", "content_block_stop 0"],
  ],
  ["before any block", [begin], 1, []],
  ["in a block", [begin, start(0), text(0, "a")], 3, ["content_block_stop 0"]],
  ["in a block of which nothing was told", [begin, start(0), text(0, "a")], 1, []],
  ["between blocks", [begin, start(0), stop(0)], 3, []],
  ["where the end of a block is held", [begin, start(0), stop(0)], 2, ["content_block_stop 0"]],
  [
    "in two blocks",
    [begin, start(0), start(1), stop(0), start(2)],
    5,
    ["content_block_stop 1", "content_block_stop 2"],
  ],
  ["after a block that ended twice", [begin, start(0), stop(0), stop(0)], 4, []],
  ["after the end of a block that never began", [begin, stop(3)], 2, []],
  ["with a block that began twice", [begin, start(0), start(0)], 3, ["content_block_stop 0"]],
  ["with blocks without an index", [begin, start(null), start("0"), start(-1), start(0.5)], 5, []],
  ["where the message began twice", [begin, start(0), begin], 3, ["content_block_stop 0"]],
  ["where the end is held", [begin, event("message_delta"), end], 2, []],
] as const) {
  test(`a cut ${what} ends in good form`, () => {
    assert.deepEqual(typesOf(cut(events, released)), [...wanted, "message_delta", "message_stop"]);
  });
}

test("a cut says that it is a refusal, and as many tokens as were told", () => {
  const usage = event("message_delta", { delta: {}, usage: { output_tokens: 15 } });
  for (const [events, tokens] of [
    [[begin], 1],
    [[begin, usage], 15],
    [[begin, event("message_delta", { usage: { output_tokens: "a text" } })], 1],
  ] as const) {
    const [last] = cut(events);
    const { delta: told, usage: counted } = JSON.parse(last?.data ?? "") as Record<string, Record<string, unknown>>;
    assert.equal(told?.["stop_reason"], "refusal");
    assert.deepEqual(told?.["stop_details"], {
      type: "refusal",
      category: null,
      explanation: "Not allowed. (reference ref1)",
    });
    assert.deepEqual(counted, { output_tokens: tokens });
  }
});

test("nothing that a client or a model wrote stands in an answer", () => {
  const written = { ...facts, model: "my words: $(x) \u2028" };
  const reader = messages.openStream();
  readAll(
    [event("message_start", { message: { id: "my words", model: "my words" } }), start(0), text(0, "my words")],
    reader,
  );
  const told = [
    messages.refusal(written),
    messages.error(written),
    ...(messages.refusalStream(written) ?? []).map(({ data }) => data),
    ...reader.cut(written, 3).map(({ data }) => data),
  ];
  assert.ok(!told.join("").includes("my words"));
});

for (const [status, type] of [
  [400, "invalid_request_error"],
  [401, "authentication_error"],
  [403, "permission_error"],
  [413, "request_too_large"],
  [418, "invalid_request_error"],
  [429, "rate_limit_error"],
  [500, "api_error"],
  [502, "api_error"],
  [503, "overloaded_error"],
  [529, "overloaded_error"],
] as const) {
  test(`an error of status ${status} is ${type}`, () => {
    const told = JSON.parse(messages.error({ ...facts, status })) as { type: string; error: { type: string } };
    assert.deepEqual([told.type, told.error.type], ["error", type]);
  });
}

test("what only counts tokens has no refusal", () => {
  assert.equal(countTokens.refusal(facts), null);
  assert.equal(countTokens.refusalStream(facts), null);
});

test("what a message holds as it begins goes on in its blocks", () => {
  const content = [{ type: "text", text: "a" }];
  const events = [event("message_start", { message: { content } }), text(0, "b")];
  assert.deepEqual(lanes(events), { "block/0/text": "ab" });
});
