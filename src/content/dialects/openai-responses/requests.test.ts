import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { createOpenAiResponses } from "./index.ts";
import { inputTokens, responses } from "./operations.ts";

function read(body: unknown, operation = responses): Extraction {
  const read = runAtOnce(operation.readRequest(JSON.stringify(body)));
  assert.ok(read.ok, read.ok ? "" : read.error);
  return read.value;
}

const told = (extraction: Extraction): string[] =>
  extraction.pieces.map(({ location: { place, role }, text }) => `${role} ${place} ${text}`);
const counts = (body: object): unknown => ({ ...read({ model: "m", ...body }).unjudged });

test("a text for an input is the user's, instructions are the system's", () => {
  const extraction = read({ model: "m", input: "a", instructions: "b", stream: true });
  assert.deepEqual(told(extraction), ["user content a", "system content b"]);
  assert.equal(extraction.stream, true);
  assert.equal(extraction.model, "m");
  assert.equal(extraction.messages, 1);
});

test("items are the words of whoever made them", () => {
  const input = [
    { role: "user", content: "a" },
    { type: "message", role: "developer", content: [{ type: "input_text", text: "b" }] },
    { type: "function_call", call_id: "c", name: "n", arguments: "{}" },
    { type: "function_call_output", call_id: "c", output: "d" },
    { type: "function_call_output", call_id: "c", output: [{ type: "input_text", text: "e" }] },
    { type: "reasoning", id: "r", summary: [{ type: "summary_text", text: "f" }], encrypted_content: "QUJD" },
    { type: "mcp_call", id: "m", server_label: "s", name: "n", arguments: "{}", output: "g", error: null },
    { type: "file_search_call", id: "i", queries: ["h"], results: [{ text: "j", attributes: { k: "l" } }] },
  ];
  const extraction = read({ input });
  assert.deepEqual(told(extraction), [
    "user content a",
    "developer content b",
    "assistant tool-name n",
    "assistant tool-arguments {}",
    "tool tool-result d",
    "tool tool-result e",
    "assistant reasoning f",
    "assistant name s",
    "assistant tool-name n",
    "assistant tool-arguments {}",
    "tool tool-result g",
    "assistant tool-arguments h",
    "tool document j",
    "tool document k",
    "tool document l",
  ]);
  assert.equal(extraction.messages, input.length);
  assert.deepEqual({ ...extraction.unjudged }, { encrypted: 1 });
});

test("what is named and not carried is counted", () => {
  assert.deepEqual(counts({ previous_response_id: "resp_1", conversation: "conv_1" }), { conversation: 2 });
  assert.deepEqual(counts({ conversation: { id: "conv_1" }, input: [{ id: "msg_1" }] }), { conversation: 2 });
  assert.deepEqual(counts({ input: [{ type: "item_reference", id: "msg_1" }] }), { conversation: 1 });
  assert.deepEqual(counts({ prompt: { id: "pmpt_1", variables: { a: "b" } } }), { "stored-prompt": 1 });
  assert.deepEqual(counts({ background: true }), { background: 1 });
  assert.deepEqual(counts({ background: false, previous_response_id: null, conversation: null }), {});
  const picture = { type: "input_image", image_url: "https://example.com/a.png" };
  assert.deepEqual(counts({ input: [{ role: "user", content: [picture] }] }), { image: 1, "remote-url": 1 });
  const file = { type: "input_file", file_id: "file-1" };
  assert.deepEqual(counts({ input: [{ role: "user", content: [file] }] }), { file: 1 });
});

test("tools of the client's are definitions, others are the provider's", () => {
  const tools = [
    { type: "function", name: "f", parameters: {} },
    { type: "custom", name: "c" },
    { type: "namespace", name: "n", tools: [] },
    { type: "web_search" },
    { type: "mcp", server_label: "s", server_url: "https://example.com/mcp", server_description: "words here" },
    { type: "a_tool_of_tomorrow", words: "some words" },
  ];
  const extraction = read({ tools });
  assert.deepEqual({ ...extraction.unjudged }, { "tool-definition": 4, "provider-tool": 3 });
  assert.deepEqual(told(extraction), ["none url https://example.com/mcp", "none other words", "none other some words"]);
  const asked = runAtOnce(responses.readRequest(JSON.stringify({ tools }), new Set(["tool-definition"])));
  assert.ok(asked.ok && asked.value.pieces.some(({ text }) => text === "words here"));
});

test("variables of a stored prompt are judged", () => {
  const variables = {
    a: "b",
    c: { type: "input_text", text: "d" },
    "e f": { type: "input_image", image_url: "data:image/png;base64,AA==" },
  };
  const extraction = read({ prompt: { id: "p", version: "1", variables } });
  assert.deepEqual(told(extraction), ["user content b", "user content d", "user name e f"]);
  assert.deepEqual({ ...extraction.unjudged }, { "stored-prompt": 1, "data-url": 1 });
});

test("values of the wrong type are judged, wherever they stand", () => {
  for (const body of [
    { input: { words: "lost" } },
    { input: [["lost"]] },
    { input: [{ role: "user", content: { text: "lost" } }] },
    { input: [{ type: "reasoning", summary: "lost" }] },
    { input: [{ type: "function_call", name: { a: "lost" }, arguments: "{}" }] },
    { input: [{ type: "image_generation_call", result: ["lost"] }] },
    { input: [{ type: ["message"], content: "lost" }] },
    { instructions: { a: "lost" } },
    { tools: "lost" },
    { conversation: ["lost words"] },
    { prompt: "lost" },
    { text: { format: "lost words" } },
    { stream: "lost words" },
    { a: { b: ["lost"] } },
    "lost",
    ["lost"],
  ])
    assert.ok(
      read(body).pieces.some(({ text }) => text.startsWith("lost")),
      JSON.stringify(body),
    );
});

test("counting tokens reads the same body", () => {
  assert.deepEqual(told(read({ input: "a", personality: "friendly" }, inputTokens)), ["user content a"]);
});

test("paths and methods are exact", () => {
  const dialect = createOpenAiResponses({ prefixes: ["", "/openai"] });
  const found = (method: string, path: string): string | null =>
    dialect.match({ method, path, query: "", contentType: null, contentEncoding: null })?.id ?? null;
  assert.equal(found("POST", "/v1/responses"), "openai/responses");
  assert.equal(found("POST", "/openai/v1/responses"), "openai/responses");
  assert.equal(found("POST", "/v1/responses/input_tokens"), "openai/responses-input-tokens");
  assert.equal(found("POST", "/v1/responses/compact"), "openai/responses-compact");
  for (const [method, path] of [
    ["GET", "/v1/responses/resp_1"],
    ["DELETE", "/v1/responses/resp_1"],
    ["GET", "/v1/responses/resp_1/input_items"],
    ["POST", "/v1/responses/resp_1/cancel"],
  ] as const)
    assert.equal(found(method, path), "openai/responses-item");
  for (const [method, path] of [
    ["GET", "/v1/responses"],
    ["POST", "/v1/responses/"],
    ["POST", "/V1/responses"],
    ["POST", "/v1/responses/resp_1"],
    ["PUT", "/v1/responses/resp_1"],
    ["GET", "/v1/responses/resp_1/cancel"],
    ["POST", "/v1/responses/resp_1/input_items"],
    ["GET", "/v1/responses/a/b"],
    ["GET", "/v1/responses/a%2Fb"],
    ["GET", `/v1/responses/${"a".repeat(257)}`],
  ] as const)
    assert.equal(found(method, path), null, `${method} ${path}`);
  assert.equal(found("GET", `/v1/responses/${"a".repeat(256)}`), "openai/responses-item");
});

test("an item that says twice what it is may be read as either: rules of each place look at it", () => {
  const read = (item: string): readonly unknown[] => {
    const told = runAtOnce(responses.readRequest(`{"input":[${item}]}`));
    assert.ok(told.ok);
    return told.value.pieces.filter(({ text }) => text === "some words").map(({ location }) => location.unclear);
  };
  const content = '"role":"user","content":"some words"';
  assert.deepEqual(read(`{"type":"message",${content}}`), [undefined]);
  for (const type of [
    '"type":"message","type":"mcp_list_tools"',
    '"type":"mcp_list_tools","type":"message"',
    '"Type":"mcp_list_tools","type":"message"',
    '"TYPE":"message"',
  ])
    assert.deepEqual(read(`{${type},${content}}`), ["place"], type);
});

test("secrets of a container are judged, and an image beside a tool is one", () => {
  const policy = { type: "allowlist", domain_secrets: [{ domain: "a.example", name: "KEY", value: "sk-1" }] };
  const tools = [
    { type: "code_interpreter", container: { type: "auto", file_ids: ["file-1"], network_policy: policy } },
    { type: "image_generation", input_image_mask: { image_url: "data:image/png;base64,AAAA" } },
    { type: "code_interpreter", container: "cntr_1" },
    { type: "web_search", search_context_size: "low" },
  ];
  const found = told(read({ model: "m", input: "a", tools }));
  assert.ok(found.includes("none metadata sk-1"), found.join("\n"));
  assert.ok(
    found.every((text) => text.startsWith("none metadata ") || text === "user content a"),
    found.join("\n"),
  );
  assert.deepEqual(counts({ tools }), { "provider-tool": 4, "data-url": 1 });
});
