import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction, StreamReader } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { requestsMax } from "./declared.ts";
import { send } from "./operations.ts";
import { openMessages } from "./stream.ts";
import { answerFacts } from "../../../../test/helpers/answer-facts.ts";

const facts = answerFacts({ model: null });

function read(reader: StreamReader, data: unknown, name = "message"): Extraction {
  const extraction = runAtOnce(reader.read(name, JSON.stringify(data)));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

const told = ({ pieces }: Extraction): string[] =>
  pieces.map(({ location: { place, role }, text, lane }) => `${place} ${role} ${text} ${lane ?? "-"}`);

const ask = (method: string, id: unknown = 1) => ({ jsonrpc: "2.0", id, method, params: { name: "f" } });
const answer = (id: unknown = 1) => ({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text: "a" }] } });
const progress = { jsonrpc: "2.0", method: "notifications/progress", params: { progress: 1, message: "m" } };

/** What ends a stream of these events, as `id kind`. */
function cutAfter(asked: unknown, events: readonly unknown[], released = events.length): string[] {
  const reader = openMessages();
  for (const event of events) read(reader, event);
  const request = runAtOnce(send.readRequest(JSON.stringify(asked)));
  assert.ok(request.ok);
  return reader.cut({ ...facts, echo: request.value.echo }, released).map(({ name, data }) => {
    assert.equal(name, "message");
    const { id, result } = JSON.parse(data) as { id?: number | string; result?: unknown };
    return `${id ?? "-"} ${result === undefined ? "error" : "result"}`;
  });
}

test("each event is a message that is whole", () => {
  const reader = openMessages();
  assert.deepEqual(told(read(reader, progress)), ["content tool m -"]);
  assert.deepEqual(told(read(reader, progress)), ["content tool m -"]);
  assert.deepEqual(told(read(reader, answer())), ["tool-result tool a -"]);
  assert.deepEqual(told(read(reader, [answer(), progress])), ["tool-result tool a -", "content tool m -"]);
  assert.deepEqual(told(read(reader, answer(), "another-name")), ["tool-result tool a -"]);
  assert.deepEqual(runAtOnce(reader.read("", "")).ok, true);
  assert.equal(reader.isOver, false);
});

test("the server's requests have texts of whom it names", () => {
  const params = {
    messages: [{ role: "user", content: { type: "text", text: "a" } }],
    systemPrompt: "b",
    maxTokens: 3,
  };
  const message = { jsonrpc: "2.0", id: 0, method: "sampling/createMessage", params };
  assert.deepEqual(told(read(openMessages(), message)), ["content user a -", "content system b -"]);
});

test("unknown messages pass with their texts judged", () => {
  const message = { jsonrpc: "2.0", method: "notifications/new", params: { note: "a b" } };
  assert.deepEqual(told(read(openMessages(), message)), ["other tool note -", "other tool a b -"]);
  for (const odd of ["a b", ["a b"], { result: "a b" }, { method: 1, params: "a b" }, { error: ["a b"] }])
    assert.ok(
      told(read(openMessages(), odd)).some((piece) => piece.includes("a b")),
      JSON.stringify(odd),
    );
});

test("a cut answers what waits: a call with a tool's failure, others with an error", () => {
  assert.deepEqual(cutAfter(ask("tools/call"), []), ["1 result"]);
  assert.deepEqual(cutAfter(ask("tools/call"), [progress]), ["1 result"]);
  assert.deepEqual(cutAfter(ask("prompts/get", "a-1"), [progress]), ["a-1 error"]);
  assert.deepEqual(cutAfter([ask("tools/call"), ask("ping", 2)], [progress]), ["1 result", "2 error"]);
  assert.deepEqual(cutAfter({ method: "notifications/initialized" }, [progress]), ["- error"]);
});

test("what was answered is not answered again, unless that answer did not get out", () => {
  const both = [ask("tools/call"), ask("tools/call", 2)];
  assert.deepEqual(cutAfter(ask("tools/call"), [answer(), progress]), []);
  assert.deepEqual(cutAfter(ask("tools/call"), [progress, answer()], 1), ["1 result"]);
  assert.deepEqual(cutAfter(both, [answer(2)]), ["1 result"]);
  assert.deepEqual(cutAfter(both, [[answer(2), answer(1)]]), []);
  assert.deepEqual(cutAfter(ask("tools/call"), [answer(), answer()], 1), []);
  // A request of the server's own may have the same number.
  assert.deepEqual(cutAfter(ask("tools/call"), [ask("sampling/createMessage")]), ["1 result"]);
  assert.deepEqual(cutAfter(ask("ping"), [{ jsonrpc: "2.0", id: 1, error: { code: 1, message: "a" } }]), []);
});

test("of ids that nobody asked for only so many are kept", () => {
  const many = Array.from({ length: requestsMax }, (_, id) => answer(id + 2));
  assert.deepEqual(cutAfter(ask("tools/call"), [...many, answer(1)]), ["1 result"]);
});
