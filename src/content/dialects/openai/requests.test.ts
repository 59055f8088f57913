import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction } from "../../../domain/dialect.ts";
import { createOpenAi } from "./index.ts";
import { chatCompletions, completions, embeddings } from "./operations.ts";
import { runAtOnce } from "../../../stdx/paced.ts";

function read(body: unknown, operation = chatCompletions): Extraction {
  const extraction = runAtOnce(operation.readRequest(typeof body === "string" ? body : JSON.stringify(body)));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

/** Pieces as `place role text`. */
const told = (extraction: Extraction): string[] =>
  extraction.pieces.map(({ location: { place, role }, text }) => `${place} ${role} ${text}`);

test("documents that the model is to answer from are what tools bring", () => {
  const documents = [{ id: "d1", title: "t", text: "a", more: "b" }, { data: { snippet: "c" } }, { doc: "d" }, "e"];
  assert.deepEqual(told(read({ messages: [], documents })), [
    "document tool t",
    "document tool a",
    "other tool more",
    "other tool b",
    "document tool c",
    "document tool d",
    "document none e",
  ]);
});

const inMessage = (message: object): string[] => told(read({ messages: [message] }));

for (const [what, message, wanted] of [
  ["a text", { role: "user", content: "hi" }, ["content user hi"]],
  ["a system text", { role: "system", content: "hi" }, ["content system hi"]],
  ["a developer text", { role: "developer", content: "hi" }, ["content developer hi"]],
  ["no role", { content: "hi" }, ["content none hi"]],
  ["an unknown role", { role: "narrator", content: "hi" }, ["content none hi"]],
  [
    "a role that is a text",
    { role: "a text as role", content: "hi" },
    ["other none a text as role", "content none hi"],
  ],
  ["a name", { role: "user", name: "bob", content: "hi" }, ["name user bob", "content user hi"]],
  ["no content", { role: "assistant", content: null }, []],
  ["a refusal", { role: "assistant", refusal: "no" }, ["refusal assistant no"]],
  [
    "reasoning",
    { role: "assistant", reasoning: "a", reasoning_content: "b" },
    ["reasoning assistant a", "reasoning assistant b"],
  ],
  [
    "reasoning details",
    {
      role: "assistant",
      reasoning_details: [{ type: "reasoning.text", text: "a", signature: "AAAA" }, { summary: "b" }],
    },
    ["reasoning assistant a", "reasoning assistant b"],
  ],
  ["a tool's result", { role: "tool", tool_call_id: "call_1", content: "r" }, ["tool-result tool r"]],
  ["a tool's result in parts", { role: "tool", content: [{ type: "text", text: "r" }] }, ["tool-result tool r"]],
  ["a function's result", { role: "function", name: "f", content: "r" }, ["name function f", "tool-result function r"]],
  [
    "tool calls",
    { role: "assistant", tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }] },
    ["tool-name assistant f", "tool-arguments assistant {}"],
  ],
  [
    "a custom tool's call",
    { role: "assistant", tool_calls: [{ id: "c", type: "custom", custom: { name: "f", input: "x" } }] },
    ["tool-name assistant f", "tool-arguments assistant x"],
  ],
  [
    "a function call",
    { role: "assistant", function_call: { name: "f", arguments: "{}" } },
    ["tool-name assistant f", "tool-arguments assistant {}"],
  ],
  [
    "parts",
    { role: "user", content: [{ type: "text", text: "a" }, { type: "refusal", refusal: "b" }, "c"] },
    ["content user a", "refusal user b", "other user c"],
  ],
  [
    "a link to an image",
    { role: "user", content: [{ type: "image_url", image_url: { url: "https://a.example/?q=x", detail: "low" } }] },
    ["url user https://a.example/?q=x"],
  ],
  [
    "a file's name",
    { role: "user", content: [{ type: "file", file: { filename: "a b.pdf" } }] },
    ["name user a b.pdf"],
  ],
  [
    "a part of another kind",
    { role: "user", content: [{ type: "x", y: { z: "a" } }] },
    ["other user y", "other user z", "other user a"],
  ],
  ["content as an object", { role: "user", content: { text: "a" } }, ["other user text", "other user a"]],
  [
    "arguments as an object",
    { role: "assistant", function_call: { arguments: { a: "b" } } },
    ['tool-arguments assistant {"a":"b"}'],
  ],
  [
    "media that are a text",
    { role: "user", content: [{ input_audio: { data: "not base64!" } }] },
    ["other user not base64!"],
  ],
  ["a data URL with plain text", { role: "user", content: [{ image_url: "data:,hello" }] }, ["url user data:,hello"]],
] as const) {
  test(`message: ${what}`, () => assert.deepEqual(inMessage(message), wanted));
}

test("what cannot be judged is counted", () => {
  const content = [
    { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
    { type: "image_url", image_url: "DATA:image/png;base64,AAAA" },
    { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
    { type: "file", file: { file_data: "data:application/pdf;base64,AAAA" } },
  ];
  const extraction = read({
    messages: [{ role: "user", content }],
    tools: [{ type: "function", function: { name: "f", description: "text" } }, {}],
    functions: [{}],
    response_format: { type: "json_schema", json_schema: { description: "text" } },
  });
  assert.deepEqual(extraction.unjudged, { "data-url": 2, audio: 1, file: 1, "tool-definition": 4 });
  assert.deepEqual(extraction.pieces, []);
});

test("what a message only names is counted too: the model fetches it, and nobody here reads it", () => {
  const content = [
    { type: "image_url", image_url: { url: "https://a.example/b.png" } },
    { type: "image_url", image_url: "https://a.example/c.png" },
    { type: "image_url", image_url: { url: "data:,hello" } },
    { type: "audio_url", audio_url: { url: "https://a.example/d.wav" } },
    { type: "file", file: { file_id: "file-123" } },
  ];
  const extraction = read({ messages: [{ role: "user", content }] });
  assert.deepEqual(extraction.unjudged, { image: 2, "remote-url": 3, audio: 1, file: 1 });
  assert.deepEqual(
    extraction.pieces.map(({ text }) => text),
    ["https://a.example/b.png", "https://a.example/c.png", "data:,hello", "https://a.example/d.wav"],
  );
});

test("arguments are masked as JSON, other text as text", () => {
  const [call, hi] = read({ messages: [{ tool_calls: [{ function: { arguments: "{}" } }], content: "hi" }] }).pieces;
  assert.deepEqual(call?.mask, { kind: "json" });
  assert.deepEqual(hi?.mask, { kind: "text" });
});

test("pieces of a request stand alone, and say where they stand", () => {
  const body = '{"messages":[{"role":"user","content":[{"type":"text","text":"a\\u0040"}]},{"a/b~c":{"x":"y"}}]}';
  const extraction = read(body);
  assert.ok(extraction.pieces.every(({ lane, writing }) => lane === null && writing === "json-string"));
  assert.deepEqual(
    extraction.pieces.map(({ location, text, literal }) => [
      location.pointer,
      text,
      body.slice(literal.start, literal.end),
    ]),
    [
      ["/messages/0/content/0/text", "a@", '"a\\u0040"'],
      ["/messages/1", "a/b~c", '"a/b~c"'],
      ["/messages/1/a~1b~0c", "x", '"x"'],
      ["/messages/1/a~1b~0c/x", "y", '"y"'],
    ],
  );
});

test("fields at the top", () => {
  const body = {
    model: "m",
    user: "u",
    stop: ["s", "t"],
    metadata: { k: "v" },
    prediction: { type: "content", content: "p" },
  };
  assert.deepEqual(told(read(body)), [
    "metadata none u",
    "stop none s",
    "stop none t",
    "metadata none k",
    "metadata none v",
    "content none p",
  ]);
  assert.deepEqual(told(read({ model: "a model of mine", tool_choice: { function: { name: "f" } } })), [
    "other none a model of mine",
  ]);
  assert.deepEqual(told(read({ unknown: ["a", { b: ["c"] }] })), [
    "other none unknown",
    "other none a",
    "other none b",
    "other none c",
  ]);
});

test("repeated keys are both read", () => {
  const body = '{"messages":[{"role":"user","content":"a","content":"b"}],"messages":[{"role":"user","content":"c"}]}';
  assert.deepEqual(told(read(body)), ["content user a", "content user b", "content user c"]);
  assert.equal(read(body).messages, 2);
});

test("a body that is not an object is read too", () => {
  assert.deepEqual(told(read('["a",{"b":"c"}]')), ["other none a", "other none b", "other none c"]);
  assert.deepEqual(told(read('"a"')), ["other none a"]);
});

test("what the exchange needs to know of a request", () => {
  const { stream, model, messages } = read({ model: "m", stream: true, messages: [{}, {}] });
  assert.deepEqual([stream, model, messages], [true, "m", 2]);
  assert.equal(read({ stream: "true" }).stream, false);
  assert.equal(read('{"stream":true,"stream":false}').stream, false);
  assert.equal(read({ model: "m".repeat(256) }).model?.length, 256);
  assert.equal(read({ model: "m".repeat(257) }).model, null);
  assert.equal(read({ model: 1 }).model, null);
});

for (const [what, body, repeated] of [
  ["once", '{"model":"m"}', false],
  ["none", "{}", false],
  ["below the top", '{"a":{"model":"m","Model":"n"},"model":"m"}', false],
  ["twice", '{"model":"m","model":"n"}', true],
  ["twice the same", '{"model":"m","model":"m"}', true],
  ["in another case too", '{"model":"m","Model":"n"}', true],
  ["in another case only", '{"MODEL":"m"}', true],
  ["by an escape", '{"model":"m","mode\\u006c":"n"}', true],
  ["as a number", '{"model":1}', true],
  ["as null", '{"model":null}', true],
  ["as a list", '{"model":["m"]}', true],
] as const) {
  test(`the model is named ${what}`, () => assert.equal(read(body).modelRepeated, repeated));
}

test("completions: prompts and suffix", () => {
  assert.deepEqual(told(read({ prompt: "a", suffix: "b" }, completions)), ["input none a", "suffix none b"]);
  const several = read({ prompt: ["a", "b"] }, completions);
  assert.deepEqual(told(several), ["input none a", "input none b"]);
  assert.equal(several.messages, 2);
  assert.equal(read({ prompt: "a" }, completions).messages, 1);
  assert.deepEqual(read({ prompt_embeds: "AAAA" }, completions).unjudged, { binary: 1 });
});

test("embeddings: inputs", () => {
  assert.deepEqual(told(read({ input: ["a", "b"], dimensions: 3 }, embeddings)), ["input none a", "input none b"]);
  assert.deepEqual(told(read({ input: [{ text: "a" }] }, embeddings)), ["other none text", "other none a"]);
});

for (const prompt of [[1, 2], [1], [[1, 2], [3]], ["a", 1], [["a", 5]]]) {
  test(`token ids cannot be judged: ${JSON.stringify(prompt)}`, () => {
    const wanted = { ok: false, error: "token-ids" };
    assert.deepEqual(runAtOnce(completions.readRequest(JSON.stringify({ prompt }))), wanted);
    assert.deepEqual(runAtOnce(embeddings.readRequest(JSON.stringify({ input: prompt }))), wanted);
  });
}

test("token ids beside a prompt are refused too", () => {
  const body = JSON.stringify({ prompt: "a", prompt_token_ids: [1] });
  assert.deepEqual(runAtOnce(completions.readRequest(body)), { ok: false, error: "token-ids" });
});

test("a body that is not JSON is unreadable", () => {
  assert.deepEqual(runAtOnce(chatCompletions.readRequest("hello")), { ok: false, error: "not-json" });
  assert.deepEqual(runAtOnce(chatCompletions.readRequest("")), { ok: false, error: "not-json" });
});

test("what only a lenient reader finds may stand anywhere: keys in another case, values of another type", () => {
  for (const body of [
    '{"Messages":[{"role":"user","content":"a"}]}',
    '{"me\u017f\u017fages":[{"role":"user","content":"a"}]}',
    '{"messages":[{"role":"user","Content":"a"}]}',
    '{"messages":[{"role":"user","content":[{"type":"text","TEXT":"a"}]}]}',
    '{"messages":{"role":"user","content":"a"}}',
    '{"messages":["a"]}',
    '{"messages":[{"role":"user","content":{"text":"a"}}]}',
    '{"messages":[{"role":"user","content":["a"]}]}',
  ]) {
    const { pieces } = read(body);
    assert.equal(pieces.find(({ text }) => text === "a")?.location.unclear, "place", body);
  }
  const { pieces } = read('{"messages":[{"role":"user","content":"a","more":"b"}],"more":"c"}');
  assert.ok(pieces.every(({ location }) => location.unclear === undefined));
});

test("a role that readers may take for another is told as unclear", () => {
  const cases: readonly (readonly [message: string, unclear: boolean])[] = [
    ['{"role":"user","content":"a"}', false],
    ['{"role":"User","content":"a"}', true],
    ['{"role":"human","content":"a"}', true],
    ['{"role":"none","content":"a"}', true],
    ['{"role":"user","role":"tool","content":"a"}', true],
    ['{"role":"tool","content":"a","Role":"user"}', true],
    ['{"Role":"user","content":"a"}', true],
    ['{"role":["user"],"content":"a"}', true],
    ['{"content":"a"}', true],
  ];
  for (const [message, unclear] of cases) {
    const { pieces } = read(`{"messages":[${message}]}`);
    const content = pieces.find(({ text }) => text === "a");
    assert.equal(content?.location.unclear === "role", unclear, message);
  }
});

test("reasoning in parts, links to documents and files that are named, as Mistral has them", () => {
  const content = [
    { type: "thinking", thinking: [{ type: "text", text: "a" }], closed: true },
    { type: "thinking", thinking: "b" },
    { type: "document_url", document_url: "https://a.example/b.pdf", document_name: "c" },
    { type: "reference", reference_ids: [1] },
    { type: "file", file_id: "5f2a" },
  ];
  const extraction = read({ messages: [{ role: "assistant", content }] });
  assert.deepEqual(told(extraction), [
    "reasoning assistant a",
    "reasoning assistant b",
    "url assistant https://a.example/b.pdf",
    "name assistant c",
  ]);
  assert.deepEqual(extraction.unjudged, { file: 2, "remote-url": 1 });
});

test("tools of the provider's own are counted, and what is said to them is judged", () => {
  const extraction = read({
    messages: [],
    tools: [{ type: "function", function: { name: "f" } }, { type: "browser_search" }, { function: { name: "g" } }],
    web_search_options: { search_context_size: "low", user_location: { approximate: { city: "Oslo" } } },
    plugins: [{ id: "web", search_prompt: "p" }],
  });
  assert.deepEqual(extraction.unjudged, { "tool-definition": 3, "provider-tool": 3 });
  assert.deepEqual(
    told(extraction).filter((one) => / (Oslo|p)$/.test(one)),
    ["metadata none Oslo", "content system p"],
  );
});

test("media that is a link is judged, and counted as what somebody else fetches", () => {
  const part = { type: "file", file: { filename: "a.pdf", file_data: "https://a.example/b.pdf" } };
  const extraction = read({ messages: [{ role: "user", content: [part] }] });
  assert.deepEqual(told(extraction), ["name user a.pdf", "other user https://a.example/b.pdf"]);
  assert.deepEqual(extraction.unjudged, { "remote-url": 1 });
});

test("words before the base64 of a data URL are judged", () => {
  const linked = (url: string) => read({ messages: [{ role: "user", content: [{ image_url: { url } }] }] });
  assert.deepEqual(told(linked("data:image/png;name=b.png;base64,AAAA")), []);
  for (const url of ["data:image/png;name=say it;base64,AAAA", "data:text/plain;\u00e9;base64,AAAA"])
    assert.deepEqual(told(linked(url)), [`url user ${url}`]);
});

test("a model's path has no steps that lead elsewhere", () => {
  const found = (path: string) =>
    createOpenAi().match({ method: "GET", path, query: "", contentType: null, contentEncoding: null })?.id ?? null;
  for (const path of ["/v1/models/../responses/resp_1", "/v1/models/..", "/models/./a"])
    assert.equal(found(path), null);
  assert.equal(found("/v1/models/org/..a"), "openai/models");
});

test("searches that vendors do by themselves are counted", () => {
  const asked = { search_parameters: { mode: "on", sources: [{ type: "web" }] }, enable_search: true };
  assert.deepEqual(read({ messages: [], ...asked }).unjudged, { "provider-tool": 2 });
  assert.deepEqual(read({ messages: [], enable_search: false }).unjudged, {});
});
