import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { StreamReader } from "../../domain/dialect.ts";
import { createOpenAi } from "../dialects/openai/index.ts";
import { SameShape } from "./same-shape.ts";
import { runAtOnce } from "../../stdx/paced.ts";

const facts = {
  reference: "r",
  createdS: 1,
  model: null,
  echo: null,
  code: "content_filter",
  message: "No.",
  status: 400,
};
const head = { method: "POST", query: "", contentType: "application/json", contentEncoding: null };

function open(path = "/v1/chat/completions"): StreamReader {
  const operation = createOpenAi().match({ ...head, path });
  assert.ok(operation !== null);
  return operation.openStream();
}

const word = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ unit: "grapheme", maxLength: 4 }),
  fc.constantFrom("", '"', "\\", "\n", '","x":"', "\u2028", "content", '"}}]}'),
);
const delta = fc.oneof(
  { weight: 6, arbitrary: word.map((content) => ({ content })) },
  word.map((refusal) => ({ refusal })),
  word.map((content) => ({ role: content, content })),
  word.map((arguments_) => ({ tool_calls: [{ index: 0, function: { arguments: arguments_ } }] })),
  fc.tuple(word, word).map(([content, reasoning]) => ({ content, reasoning })),
  word.map((unknown) => ({ unknown })),
);
const loose = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9]{0,8}$/),
  fc.nat(),
  fc.constantFrom<unknown>("two words", -1, 1.5, 1e21, 4111111111111111, null, ["a"], "\u0000", '"'),
);
const event = fc.record({
  obfuscation: loose,
  id: fc.constantFrom("a", "b"),
  choices: fc.array(
    fc.record({
      index: fc.nat({ max: 1 }),
      delta,
      finish_reason: fc.constantFrom(null, null, null, "stop"),
      logprobs: fc.constantFrom(null, null, null, { content: [{ token: "x" }] }),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});

test("each event of a stream reads as it does alone", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 20 }), (events) => {
      const reader = open();
      for (const one of events) {
        const data = JSON.stringify(one);
        assert.deepEqual(runAtOnce(reader.read("", data)), runAtOnce(open().read("", data)));
      }
    }),
    { numRuns: 300 },
  );
});

test("what a cut needs is noted as if each event had been read in full", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 20 }), fc.nat(), (events, at) => {
      const reader = open();
      const inFull = open();
      for (const [index, one] of events.entries()) {
        runAtOnce(reader.read("", JSON.stringify(one)));
        runAtOnce(inFull.read("", JSON.stringify(one, null, 1 + (index % 3)))); // never the shape of the one before
      }
      const released = at % (events.length + 1);
      assert.deepEqual(reader.cut(facts, released), inFull.cut(facts, released));
    }),
    { numRuns: 300 },
  );
});

test("an event that differs in its text alone is told without reading it", () => {
  const same = new SameShape();
  const data = (content: string): string => JSON.stringify({ choices: [{ index: 0, delta: { content } }] });
  const first = runAtOnce(open().read("", data("one")));
  assert.ok(first.ok);
  assert.equal(same.read("", data("one")), null);
  same.note("", data("one"), first.value);
  assert.equal(same.read("", data("three"))?.pieces[0]?.text, "three");
  for (const content of ['"', "\\", "\n"]) assert.equal(same.read("", data(content)), null);
  assert.equal(same.read("", data("x").replace('"index":0', '"index":1')), null);
});

test("what is loose may change, and nothing else", () => {
  const same = new SameShape(["obfuscation", "created"]);
  const data = (text: string, number: unknown, padding: unknown): string =>
    JSON.stringify({
      created: number,
      choices: [{ index: 0, delta: { content: text } }],
      obfuscation: padding,
    });
  const first = runAtOnce(open().read("", data("one", 1, "ab")));
  assert.ok(first.ok);
  same.note("", data("one", 1, "ab"), first.value);
  assert.equal(same.read("", data("two", 22, "x"))?.pieces[0]?.text, "two");
  assert.equal(same.read("", data("", 999999999, ""))?.pieces[0]?.text, "");
  for (const number of [1234567890, -1, 1.5, "1", null]) assert.equal(same.read("", data("two", number, "x")), null);
  for (const padding of ["two words", 'a"', 1, null, [], "\u0007", "a".repeat(129)])
    assert.equal(same.read("", data("two", 2, padding)), null);
  assert.equal(same.read("", data('a","obfuscation":"x', 2, "x")), null);
});
