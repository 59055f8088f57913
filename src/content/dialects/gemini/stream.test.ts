import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction, StreamMessage, StreamReader } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { LaneCount } from "../../table/lane-count.ts";
import { operationFor } from "./operations.ts";
import { answerFacts } from "../../../../test/helpers/answer-facts.ts";

const facts = answerFacts();
const operation = operationFor("streamGenerateContent", { model: "m", events: "sse" });
const open = (): StreamReader => operation.openStream();

function read(reader: StreamReader, data: unknown): Extraction {
  const extraction = runAtOnce(reader.read("", JSON.stringify(data)));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

const event = (parts: readonly object[], more: object = {}) => ({
  candidates: [{ content: { role: "model", parts }, ...more }],
  modelVersion: "up-model",
  responseId: "up1",
});
const told = ({ pieces }: Extraction): string[] => pieces.map(({ text, lane }) => `${text} ${lane ?? "-"}`);
const events = (messages: readonly StreamMessage[]): unknown[] => messages.map(({ data }) => JSON.parse(data));

test("lanes go by candidate and kind", () => {
  const reader = open();
  assert.deepEqual(told(read(reader, event([{ text: "a" }]))), ["a candidate/0/text"]);
  assert.deepEqual(told(read(reader, event([{ text: "b", thought: true }, { text: "c" }], { index: 0 }))), [
    "b candidate/0/thought",
    "c candidate/0/text",
  ]);
  assert.deepEqual(told(read(reader, event([{ text: "d" }], { index: 1 }))), ["d candidate/1/text"]);
});

test("calls are apart from event to event, and their arguments in pieces go on by their path", () => {
  const reader = open();
  const call = (functionCall: object, index = 0) => {
    const { pieces } = read(reader, event([{ functionCall }], { index }));
    return pieces.map(({ text, lane, call: of }) => `${text} ${lane ?? "-"} ${of ?? "-"}`);
  };
  const piece = (jsonPath: string, stringValue: string) => ({ partialArgs: [{ jsonPath, stringValue }] });
  assert.deepEqual(call({ name: "f", args: { a: 1 } }), ["f - candidate/0/call/1", '{"a":1} - candidate/0/call/1']);
  assert.deepEqual(call({ name: "g", willContinue: true }), ["g - candidate/0/call/2"]);
  assert.deepEqual(call({ name: "h" }, 1), ["h - candidate/1/call/1"]);
  assert.deepEqual(call(piece("$.a", "x")), ["$.a - -", "x candidate/0/call/2/argument/$.a/value -"]);
  assert.deepEqual(call(piece("$.b", "y")), ["$.b - -", "y candidate/0/call/2/argument/$.b/value -"]);
  assert.deepEqual(call(piece("$.a", "z"), 1), ["$.a - -", "z candidate/1/call/1/argument/$.a/value -"]);
  assert.deepEqual(call({}), []);
  assert.deepEqual(call({ name: "f", ...piece("$.a", "w") }), [
    "f - candidate/0/call/3",
    "$.a - -",
    "w candidate/0/call/3/argument/$.a/value -",
  ]);
});

test("lanes of arguments are as few as all others", () => {
  const reader = open();
  const call = (at: number) =>
    event([{ functionCall: { name: "f", partialArgs: [{ jsonPath: `$.a${at}`, stringValue: "x" }] } }]);
  for (let at = 0; at < LaneCount.maxLanes; at += 1) read(reader, call(at));
  assert.deepEqual(runAtOnce(reader.read("", JSON.stringify(call(-1)))), { ok: false, error: "too-many-values" });
  const candidates = open();
  const many = {
    candidates: Array.from({ length: 1025 }, () => ({ content: { parts: [{ functionCall: { name: "f" } }] } })),
  };
  assert.deepEqual(runAtOnce(candidates.read("", JSON.stringify(many))), { ok: false, error: "too-many-values" });
});

test("a cut before anything came is a refusal", () => {
  const sentence = "Not allowed. (reference ref1)";
  const wanted = {
    candidates: [
      {
        content: { role: "model", parts: [{ text: sentence }] },
        finishReason: "SAFETY",
        finishMessage: sentence,
        index: 0,
      },
    ],
    usageMetadata: { promptTokenCount: 0, candidatesTokenCount: 0, totalTokenCount: 0 },
    modelVersion: "asked",
    responseId: "ref1",
  };
  const reader = open();
  assert.deepEqual(events(reader.cut(facts, 0)), [wanted]);
  read(reader, event([{ text: "a" }]));
  assert.deepEqual(events(reader.cut(facts, 0)), [wanted]);
  assert.deepEqual(JSON.parse(operation.refusal(facts) ?? ""), wanted);
  assert.deepEqual(events(operation.refusalStream(facts) ?? []), [wanted]);
});

test("a cut ends the candidates that the client has seen and that are open", () => {
  const reader = open();
  read(reader, event([{ text: "a" }], { index: 0 }));
  read(reader, event([{ text: "b" }], { index: 2, finishReason: "STOP" }));
  read(reader, event([{ text: "c" }], { index: 1 }));
  const cutAt = (released: number): unknown[] =>
    events(reader.cut(facts, released)).flatMap((message) => {
      const { candidates, ...rest } = message as { candidates: { index: number; finishReason: string }[] };
      assert.deepEqual(rest, { modelVersion: "up-model", responseId: "up1" });
      for (const { finishReason } of candidates) assert.equal(finishReason, "SAFETY");
      return candidates.map(({ index }) => index);
    });
  assert.deepEqual([1, 2, 3].map(cutAt), [[0], [0], [0, 1]]);
  read(reader, event([], { index: 0, finishReason: "STOP" }));
  read(reader, event([{ text: "late" }], { index: 1, finishReason: "STOP" }));
  read(reader, event([{ text: "after" }], { index: 1, finishReason: "STOP" }));
  assert.deepEqual(cutAt(4), [1]);
  assert.deepEqual(reader.cut(facts, 5), []);
  assert.deepEqual(reader.cut(facts, 6), []);
});

test("nothing that a model wrote stands in the last event but short tokens", () => {
  const reader = open();
  read(reader, { ...event([{ text: "a" }]), modelVersion: "some words", responseId: "<script>" });
  const said = JSON.stringify(events(reader.cut(facts, 1)));
  assert.ok(!said.includes("some words") && !said.includes("script"));
});

test("events of unknown form pass with their text judged, and the stream goes on", () => {
  const reader = open();
  for (const data of [null, 7, "words", [], [{ candidates: [] }], { candidates: { a: "words" } }, { new: "words" }])
    assert.equal(
      read(reader, data).pieces.some(({ text }) => text === "words"),
      JSON.stringify(data).includes("words"),
    );
  assert.equal(reader.isOver, false);
  assert.deepEqual(told(read(reader, event([{ text: "a" }]))), ["a candidate/0/text"]);
  const failed = read(reader, { error: { code: 503, message: "m", status: "UNAVAILABLE" } });
  assert.deepEqual(
    failed.pieces.map(({ location: { place }, text }) => `${place} ${text}`),
    ["error m"],
  );
});

test("errors as Google tells them", () => {
  for (const [status, name] of [
    [400, "INVALID_ARGUMENT"],
    [413, "INVALID_ARGUMENT"],
    [403, "PERMISSION_DENIED"],
    [429, "RESOURCE_EXHAUSTED"],
    [503, "UNAVAILABLE"],
    [500, "INTERNAL"],
  ] as const) {
    const { error } = JSON.parse(operation.error({ ...facts, status })) as { error: Record<string, unknown> };
    assert.equal(error["code"], status);
    assert.equal(error["status"], name);
    assert.equal(error["message"], "Not allowed. (reference ref1)");
  }
  const listed = operationFor("streamGenerateContent", { model: "m", events: "list" });
  assert.deepEqual(JSON.parse(listed.error(facts)), [JSON.parse(operation.error(facts))]);
});
