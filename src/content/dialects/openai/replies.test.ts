import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction } from "../../../domain/dialect.ts";
import { nothing } from "../../table/extraction.ts";
import { chatCompletions, completions, embeddings, models } from "./operations.ts";
import { runAtOnce } from "../../../stdx/paced.ts";

function read(body: unknown, operation = chatCompletions): Extraction {
  const extraction = runAtOnce(operation.readReply(typeof body === "string" ? body : JSON.stringify(body)));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

/** Pieces as `place text lane`. */
const told = (extraction: Extraction): string[] =>
  extraction.pieces.map(({ location: { place }, text, lane }) => `${place} ${text} ${lane ?? "-"}`);

const inChoice = (choice: object): string[] => told(read({ choices: [choice] }));

for (const [what, message, wanted] of [
  ["content", { role: "assistant", content: "a" }, ["content a choice/0/message/content"]],
  [
    "content in parts",
    { content: [{ type: "text", text: "a" }, { text: "b" }] },
    ["content a choice/0/message/content", "content b choice/0/message/content"],
  ],
  ["a refusal", { content: null, refusal: "a" }, ["refusal a choice/0/message/refusal"]],
  [
    "reasoning",
    { reasoning_content: "a", reasoning: "b" },
    ["reasoning a choice/0/message/reasoning-content", "reasoning b choice/0/message/reasoning"],
  ],
  [
    "reasoning details",
    { reasoning_details: [{ text: "a" }] },
    ["reasoning a choice/0/message/reasoning-details/0/text"],
  ],
  [
    "tool calls",
    {
      tool_calls: [
        { id: "c", function: { name: "f", arguments: "{}" } },
        { index: 7, function: { arguments: "[]" } },
      ],
    },
    [
      "tool-name f choice/0/message/tool/0/name",
      "tool-arguments {} choice/0/message/tool/0/arguments",
      "tool-arguments [] choice/0/message/tool/7/arguments",
    ],
  ],
  [
    "a function call",
    { function_call: { arguments: "{}" } },
    ["tool-arguments {} choice/0/message/function/arguments"],
  ],
  [
    "a transcript",
    { audio: { id: "a", data: "AAAA", transcript: "t" } },
    ["content t choice/0/message/audio-transcript"],
  ],
  [
    "sources",
    { annotations: [{ type: "url_citation", url_citation: { title: "t", url: "https://a.example", start_index: 1 } }] },
    ["annotation t -", "url https://a.example -"],
  ],
  [
    "an unknown field",
    { thinking: { x: "a" } },
    ["other thinking -", "other x -", "other a choice/0/message/other/thinking/x"],
  ],
  ["a repeated key", {}, []],
] as const) {
  test(`message: ${what}`, () => assert.deepEqual(inChoice({ message }), wanted));
}

test("the name and the arguments of one call share its name", () => {
  const message = {
    content: "a",
    tool_calls: [
      { function: { name: "f", arguments: "{}", note: "b" } },
      { index: 7, custom: { name: "g", input: "x" } },
    ],
    function_call: { name: "h", arguments: "[]" },
  };
  const { pieces } = read({ choices: [{ index: 2, message }] });
  assert.deepEqual(
    pieces.map(({ text, call }) => `${text} ${call ?? "-"}`),
    [
      "a -",
      "f choice/2/message/tool/0",
      "{} choice/2/message/tool/0",
      "note -",
      "b -",
      "g choice/2/message/tool/7",
      "x choice/2/message/tool/7",
      "h choice/2/message/function",
      "[] choice/2/message/function",
    ],
  );
});

test("a repeated name is one of the same call; a call that comes again is another", () => {
  const twice = '{"choices":[{"message":{"function_call":{"name":"a"},"function_call":{"name":"b","name":"c"}}}]}';
  assert.deepEqual(
    read(twice).pieces.map(({ text, lane, call }) => [text, lane, call]),
    [
      ["a", "choice/0/message/again/function/name", "choice/0/message/again/function"],
      ["b", "choice/0/message/function/again/name", "choice/0/message/function"],
      ["c", "choice/0/message/function/name", "choice/0/message/function"],
    ],
  );
});

test("depth of a reply", () => {
  assert.equal(read({ choices: [] }).depth, 2);
  assert.equal(read({ choices: [{ message: { content: "[[[[[[" } }] }).depth, 4);
});

test("sound is counted", () => {
  assert.deepEqual(read({ choices: [{ message: { audio: { data: "AAAA" } } }] }).unjudged, { audio: 1 });
});

test("repeated keys are both read, and only the last one is in the lane that clients see", () => {
  assert.deepEqual(told(read('{"choices":[{"message":{"content":"a","content":"b"}}]}')), [
    "content a choice/0/message/again/content",
    "content b choice/0/message/content",
  ]);
});

test("chat log-probabilities are one text per list, and go as a whole", () => {
  const token = (text: string, others: string[] = []) => ({
    token: text,
    logprob: -1,
    bytes: [1, 2],
    top_logprobs: others.map((other) => ({ token: other, logprob: -2, bytes: null })),
  });
  const body = JSON.stringify({
    choices: [
      { message: { content: "ab" }, logprobs: { content: [token("a", ["x"]), token("b")], refusal: [token("c")] } },
      { message: { content: "z" }, logprobs: null },
    ],
  });
  const extraction = read(body);
  assert.deepEqual(told(extraction), [
    "content ab choice/0/message/content",
    "logprob a choice/0/logprobs/content",
    "logprob x -",
    "logprob b choice/0/logprobs/content",
    "logprob c choice/0/logprobs/refusal",
    "content z choice/1/message/content",
  ]);
  const start = body.indexOf('{"content":[');
  const whole = { start, end: body.indexOf("},{", body.indexOf('"c"')) };
  assert.deepEqual(extraction.pieces[1]?.mask, { kind: "drop", whole });
  assert.deepEqual(extraction.pieces[2]?.mask, { kind: "drop", whole });
  assert.deepEqual(extraction.repeats, [{ lanes: "choice/0/", whole }]);
  assert.deepEqual(Object.keys(JSON.parse(body.slice(whole.start, whole.end))), ["content", "refusal"]);
});

test("completions: text and its log-probabilities", () => {
  const logprobs = {
    tokens: ["a", "b"],
    token_logprobs: [-1, -2],
    top_logprobs: [{ a: -1, x: -2 }, null],
    text_offset: [0, 1],
  };
  const extraction = read({ choices: [{ index: 3, text: "ab", logprobs, finish_reason: "stop" }] }, completions);
  assert.deepEqual(told(extraction), [
    "content ab choice/3/content",
    "logprob a choice/3/logprobs",
    "logprob b choice/3/logprobs",
    "logprob a -",
    "logprob x -",
  ]);
  assert.ok(extraction.pieces.slice(1).every(({ mask }) => mask.kind === "drop"));
  assert.deepEqual(
    extraction.repeats.map(({ lanes }) => lanes),
    ["choice/3/"],
  );
});

test("token ids repeat the text", () => {
  const extraction = read({ choices: [{ text: "a", token_ids: [1, 2] }], prompt_token_ids: [3, 4] }, completions);
  assert.deepEqual(
    extraction.repeats.map(({ lanes }) => lanes),
    ["choice/0/"],
  );
  assert.deepEqual(extraction.unjudged, { "token-ids": 2 });
});

test("what stands for token ids and is no number is judged", () => {
  assert.deepEqual(inChoice({ token_ids: "a b", prompt_token_ids: 1 }), ["other a b choice/0/other/token_ids"]);
  assert.deepEqual(told(read({ prompt_token_ids: [[1], ["c"], { d: "e" }] })), ["other c -", "other d -", "other e -"]);
});

test("counters and ids are no text", () => {
  const usage = { prompt_tokens: 1, prompt_tokens_details: { cached_tokens: 0 }, cost: 0.1 };
  const body = {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "gpt-4o",
    system_fingerprint: "fp_1",
    usage,
  };
  assert.deepEqual(told(read(body)), []);
  assert.deepEqual(told(read({ id: "an id of words", usage: { note: "two words" } })), [
    "other an id of words -",
    "other two words -",
  ]);
});

test("errors", () => {
  assert.deepEqual(told(read({ error: { message: "m", type: "server_error", code: null, param: "p q" } })), [
    "error m -",
    "other p q -",
  ]);
  assert.deepEqual(told(read({ error: "m" })), ["error m -"]);
  assert.deepEqual(told(read({ object: "error", message: "m" })), ["error m -"]);
  assert.deepEqual(told(read({ detail: [{ loc: ["body"], msg: "m" }] })), [
    "error loc -",
    "error body -",
    "error msg -",
    "error m -",
  ]);
});

test("embeddings are no text, whichever form they have", () => {
  const body = {
    object: "list",
    data: [{ object: "embedding", index: 0, embedding: [0.1, -2] }, { embedding: "AACAPw==" }],
    model: "m",
  };
  assert.deepEqual(told(read(body, embeddings)), []);
  assert.deepEqual(told(read({ data: [{ embedding: "not a vector" }] }, embeddings)), ["other not a vector -"]);
});

test("models: no prompt, and every string of the reply", () => {
  assert.deepEqual(runAtOnce(models.readRequest("")), {
    ok: true,
    value: nothing,
  });
  assert.ok(read({ data: [{ id: "m" }] }, models).pieces.some(({ text }) => text === "m"));
});

test("in a reply another role than the assistant's is unclear, and none at all is the assistant's", () => {
  for (const [role, unclear] of [
    [{}, false],
    [{ role: "assistant" }, false],
    [{ role: null }, false],
    [{ role: "" }, false],
    [{ role: "model" }, false],
    [{ role: "user" }, true],
    [{ role: "assistant", Role: "tool" }, true],
  ] as const) {
    const { pieces } = read({ choices: [{ message: { ...role, content: "a" } }] });
    const content = pieces.find(({ text }) => text === "a");
    assert.equal(content?.location.unclear === "role", unclear, JSON.stringify(role));
  }
});

test("reasoning in parts goes on from event to event, apart from the answer", () => {
  const thinking = (text: string) => ({ content: [{ type: "thinking", thinking: [{ type: "text", text }] }] });
  const lanes = [thinking("a"), { content: "b" }, { content: [{ type: "text", text: "c" }] }].map((delta) =>
    read({ choices: [{ index: 0, delta }] }).pieces.map(({ lane, location }) => `${location.place} ${lane}`),
  );
  assert.deepEqual(lanes, [
    ["reasoning choice/0/thinking"],
    ["content choice/0/content"],
    ["content choice/0/content"],
  ]);
});

test("arguments as a value are one text, masked as JSON", () => {
  const call = { function: { name: "f", arguments: { to: "a b" } } };
  const [, piece] = read({ choices: [{ message: { tool_calls: [call] } }] }).pieces;
  assert.equal(piece?.text, '{"to":"a b"}');
  assert.deepEqual([piece?.mask.kind, piece?.writing], ["json", "raw"]);
});

test("what stands beside the log-probabilities of a prompt goes with each token", () => {
  const { pieces } = read({ prompt_logprobs: [null, { "42": { decoded_token: "a b", logprob: -1, rank: 1 } }] });
  assert.deepEqual(
    pieces.map(({ text, mask, location }) => `${location.place} ${text} ${mask.kind}`),
    ["logprob a b drop"],
  );
});
