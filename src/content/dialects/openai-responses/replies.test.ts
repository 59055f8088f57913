import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { compact, inputTokens, item, itemParts, responses } from "./operations.ts";
import { answerFacts } from "../../../../test/helpers/answer-facts.ts";

const facts = answerFacts();

function read(body: unknown, operation = responses): Extraction {
  const read = runAtOnce(operation.readReply(JSON.stringify(body)));
  assert.ok(read.ok, read.ok ? "" : read.error);
  return read.value;
}

const told = (extraction: Extraction): string[] =>
  extraction.pieces.map(
    ({ location: { place, role }, text, call }) => `${role} ${place} ${text}${call === null ? "" : ` (${call})`}`,
  );

test("a response: its texts, its calls by their place in the output, what it says of its request", () => {
  const extraction = read({
    id: "resp_1",
    object: "response",
    instructions: "i",
    output: [
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "a", annotations: [] }] },
      { type: "function_call", name: "n", arguments: '{"b":1}', call_id: "c" },
    ],
    error: { code: "server_error", message: "e" },
    metadata: { k: "v" },
    usage: { input_tokens: 1 },
  });
  assert.deepEqual(told(extraction), [
    "system content i",
    "assistant content a",
    "assistant tool-name n (item/1)",
    'assistant tool-arguments {"b":1} (item/1)',
    "assistant error e",
    "assistant metadata k",
    "assistant metadata v",
  ]);
});

test("calls of the provider's own tools are none that a request must have offered", () => {
  const extraction = read({ output: [{ type: "mcp_call", name: "n", arguments: "{}", server_label: "s" }] });
  assert.ok(extraction.pieces.every(({ call }) => call === null));
});

test("token scores go where anything of their text is masked, and only whole", () => {
  const logprobs = [{ token: "t", bytes: [116], logprob: -1, top_logprobs: [{ token: "u", logprob: -2 }] }];
  const body = { output: [{ type: "message", content: [{ type: "output_text", text: "t", logprobs }] }] };
  const { pieces, repeats } = read(body);
  const [repeat] = repeats;
  assert.ok(repeat !== undefined && repeats.length === 1);
  const { start, end } = repeat.whole;
  assert.deepEqual(JSON.parse(JSON.stringify(body).slice(start, end)), logprobs);
  for (const { location, lane, mask } of pieces) {
    if (location.place === "logprob") assert.deepEqual(mask, { kind: "drop", whole: repeat.whole });
    else assert.ok(lane?.startsWith(repeat.lanes));
  }
  assert.deepEqual(read({ output: [{ type: "message", content: [{ text: "t", logprobs: [] }] }] }).repeats, []);
});

test("items that a response was asked with are told as whose they are", () => {
  const data = [
    { type: "message", role: "user", content: [{ type: "input_text", text: "a" }] },
    { type: "function_call_output", output: "b" },
  ];
  assert.deepEqual(told(read({ object: "list", data, has_more: false }, itemParts)), [
    "user content a",
    "tool tool-result b",
  ]);
});

test("short replies hold no text", () => {
  assert.deepEqual(told(read({ id: "resp_1", object: "response.deleted", deleted: true }, itemParts)), []);
  assert.deepEqual(told(read({ object: "response.input_tokens", input_tokens: 5 }, inputTokens)), []);
  assert.deepEqual(told(read({ error: { message: "m", type: "invalid_request_error" } }, compact)), [
    "assistant error m",
  ]);
});

test("values of the wrong type are judged, wherever they stand", () => {
  for (const body of [
    { output: "lost" },
    { output: [["lost"]] },
    { output: [{ type: "message", content: { a: "lost" } }] },
    { output: [{ type: "message", content: [{ type: "output_text", text: ["lost"] }] }] },
    { output: [{ type: "message", content: [{ text: "t", logprobs: "lost" }] }] },
    { output: [{ type: "reasoning", content: "lost" }] },
    { output: [{ type: 5, words: "lost" }] },
    { usage: "lost words" },
    { error: ["lost"] },
    { status: { a: "lost words" } },
    "lost",
  ])
    assert.ok(
      read(body).pieces.some(({ text }) => text.startsWith("lost")),
      JSON.stringify(body),
    );
});

test("a refusal is a whole response; where no response is asked for there is none", () => {
  const refusal = JSON.parse(responses.refusal(facts) ?? "") as Record<string, unknown>;
  assert.equal(refusal["status"], "completed");
  assert.equal(refusal["model"], "asked");
  assert.deepEqual(refusal["output"], [
    {
      type: "message",
      id: "msg_ref1",
      status: "completed",
      role: "assistant",
      content: [{ type: "refusal", refusal: "Not allowed. (reference ref1)" }],
    },
  ]);
  assert.equal(item.refusal(facts), responses.refusal(facts));
  for (const operation of [inputTokens, compact, itemParts]) {
    assert.equal(operation.refusal(facts), null);
    assert.equal(operation.refusalStream(facts), null);
  }
  assert.deepEqual(JSON.parse(responses.error(facts)), {
    error: {
      message: "Not allowed. (reference ref1)",
      type: "invalid_request_error",
      param: null,
      code: "content_filter",
    },
  });
});

test("fetching a response has no body, and what is sent all the same is judged", () => {
  const without = runAtOnce(item.readRequest(""));
  assert.ok(without.ok && without.value.pieces.length === 0);
  const withText = runAtOnce(item.readRequest('{"a":"b"}'));
  assert.ok(withText.ok && withText.value.pieces.some(({ text }) => text === "b"));
});
