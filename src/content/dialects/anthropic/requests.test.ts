import assert from "node:assert/strict";
import { test } from "node:test";
import { BROWSER_MEMBER_NAME_VALUES, COMPUTER_MEMBER_NAME_VALUES } from "@anthropic-ai/sdk/resources/messages";
import type { Extraction } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { createAnthropic } from "./index.ts";
import { countTokens, messages } from "./operations.ts";

function read(body: unknown): Extraction {
  const extraction = runAtOnce(messages.readRequest(typeof body === "string" ? body : JSON.stringify(body)));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

/** Pieces as `place role text`. */
const told = (extraction: Extraction): string[] =>
  extraction.pieces.map(({ location: { place, role }, text }) => `${place} ${role} ${text}`);

const inBlocks = (...blocks: readonly unknown[]): Extraction => read({ messages: [{ role: "user", content: blocks }] });

const head = { query: "", contentType: "application/json", contentEncoding: null };
for (const [method, path, wanted] of [
  ["POST", "/v1/messages", messages],
  ["POST", "/v1/messages/count_tokens", countTokens],
  ["GET", "/v1/messages", null],
  ["POST", "/v1/messages/", null],
  ["POST", "/v1/Messages", null],
  ["POST", "/v1/messages/count_tokens/", null],
  ["POST", "/v1/messages/batches", null],
  ["POST", "//v1/messages", null],
  ["POST", "/v1/complete", null],
] as const) {
  test(`${method} ${path} is ${wanted?.id ?? "none of this dialect's"}`, () => {
    assert.equal(createAnthropic().match({ method, path, ...head }), wanted);
  });
}

test("the model, the stream and the number of messages", () => {
  const extraction = read({ model: "claude-x", stream: true, messages: [{ role: "user", content: "a" }, {}] });
  assert.deepEqual([extraction.model, extraction.stream, extraction.messages], ["claude-x", true, 2]);
});

for (const [what, body, wanted] of [
  ["a text", { system: "s" }, ["content system s"]],
  ["blocks", { system: [{ type: "text", text: "s" }] }, ["content system s"]],
  ["another form", { system: { text: "s" } }, ["other system text", "other system s"]],
  [
    "a message of its own",
    { messages: [{ role: "system", content: [{ type: "text", text: "s" }] }] },
    ["content system s"],
  ],
  ["how to sum up", { context_management: { edits: [{ instructions: "s" }] } }, ["content system s"]],
] as const) {
  test(`what the system says: ${what}`, () => assert.deepEqual(told(read(body)), wanted));
}

for (const [what, message, wanted] of [
  ["a user's text", { role: "user", content: "t" }, ["content user t"]],
  ["an assistant's", { role: "assistant", content: [{ type: "text", text: "t" }] }, ["content assistant t"]],
  ["a role of another API", { role: "developer", content: "t" }, ["content developer t"]],
  ["an unknown role", { role: "a narrator", content: "t" }, ["other none a narrator", "content none t"]],
  ["a block of no type", { role: "user", content: [{ text: "t" }] }, ["content user t"]],
  [
    "a block of an unknown type",
    { role: "user", content: [{ type: "x", text: "t", y: "u" }] },
    ["content user t", "other user y", "other user u"],
  ],
  ["a text where a block is expected", { role: "user", content: ["t"] }, ["other user t"]],
  [
    "a block where a list is expected",
    { role: "user", content: { type: "text", text: "t" } },
    ["other user type", "other user text", "other user text", "other user t"],
  ],
] as const) {
  test(`in a message: ${what}`, () => {
    const pieces = told(read({ messages: [message] }));
    assert.deepEqual([...pieces].sort(), [...wanted].sort());
  });
}

test("who wrote a tool's result, and what was found, is not the user", () => {
  const search = { type: "search_result", title: "a", source: "https://s", content: [{ type: "text", text: "b" }] };
  const nested = [{ type: "text", text: "r" }, search];
  assert.deepEqual(told(inBlocks({ type: "tool_result", tool_use_id: "t", content: nested }, search)), [
    "tool-result tool r",
    ...["document tool a", "url tool https://s", "document tool b"],
    ...["document tool a", "url tool https://s", "document tool b"],
  ]);
});

test("what cannot be read is counted, and what a body only names", () => {
  const image = (source: object): object => ({ type: "image", source });
  const extraction = inBlocks(
    image({ type: "base64", media_type: "image/png", data: "AAAA" }),
    image({ type: "url", url: "https://i" }),
    image({ type: "url", url: "data:image/png;base64,AAAA" }),
    image({ type: "file", file_id: "file_1" }),
    { type: "document", source: { type: "base64", media_type: "application/pdf", data: "AAAA" } },
    { type: "redacted_thinking", data: "AAAA" },
    { type: "thinking", thinking: "t", signature: "AAAA" },
    { type: "container_upload", file_id: "file_2" },
  );
  assert.deepEqual(told(extraction), ["url user https://i", "reasoning user t"]);
  assert.deepEqual(extraction.unjudged, { image: 2, "remote-url": 1, "data-url": 1, file: 3, encrypted: 2 });
});

test("text where base64 is expected is judged", () => {
  const sources = ["image", "document"].map((type) => ({ type, source: { type: "base64", data: "a text" } }));
  const blocks = [...sources, { type: "redacted_thinking", data: "a text" }, { type: "thinking", signature: "a text" }];
  assert.deepEqual(
    told(inBlocks(...blocks)),
    Array.from({ length: 4 }, () => "other user a text"),
  );
});

test("a source of an unknown type is text", () => {
  const source = { type: "markdown", data: "t" };
  assert.deepEqual(told(inBlocks({ type: "document", source })), ["document user t"]);
});

test("arguments are one text that stays JSON", () => {
  const [name, input] = inBlocks({ type: "tool_use", id: "t", name: "f", input: { a: ["b"] } }).pieces;
  assert.deepEqual([name?.location.place, name?.text], ["tool-name", "f"]);
  assert.deepEqual([input?.location.place, input?.text, input?.mask.kind], ["tool-arguments", '{"a":["b"]}', "json"]);
});

test("tools are counted by who runs them", () => {
  const tools = [
    { name: "a", input_schema: {} },
    { type: "custom", name: "b", input_schema: {} },
    { type: "bash_20250124", name: "bash" },
    { type: "web_search_20250305", name: "web_search", user_location: { city: "Oslo" } },
    { type: "web_search_20991231", name: "web_search" },
    { type: "mcp_toolset", mcp_server_name: "s", tools: [{ name: "c", description: "d" }] },
  ];
  const extraction = read({ tools, mcp_servers: [{ type: "url", url: "https://m", name: "s" }] });
  assert.deepEqual(extraction.unjudged, { "tool-definition": 4, "provider-tool": 4, "remote-url": 1 });
  assert.deepEqual(told(extraction), [
    ...["metadata none city", "metadata none Oslo", "name none s"],
    ...["url none https://m", "name none s"],
  ]);
});

test("definitions are judged where they are asked for", () => {
  const body = JSON.stringify({ tools: [{ name: "a", description: "d", input_schema: { type: "object" } }] });
  const extraction = runAtOnce(messages.readRequest(body, new Set(["tool-definition"])));
  assert.ok(extraction.ok);
  assert.ok(told(extraction.value).includes("tool-definition none d"));
});

test("what the provider keeps is counted", () => {
  const skills = [{ type: "anthropic", skill_id: "pptx" }];
  const thread = { type: "continue", previous_message_id: "msg_1" };
  assert.deepEqual(read({ container: { id: "c", skills }, thread }).unjudged, {
    file: 1,
    "stored-prompt": 1,
    conversation: 1,
  });
  assert.deepEqual(read({ container: "c" }).unjudged, { file: 1 });
});

test("tools and the form of the reply as a request declares them", () => {
  const { declared } = read({
    tools: [
      { name: "a", input_schema: { type: "object" } },
      { type: "custom", name: "b" },
      { type: "bash_20250124", name: "bash" },
      { type: "mcp_toolset", mcp_server_name: "s" },
      "no tool",
    ],
    output_config: { format: { type: "json_schema", schema: { type: "array" } } },
  });
  assert.deepEqual(declared, {
    tools: [
      { name: "a", schema: '{"type":"object"}' },
      { name: "b", schema: "{}" },
      { name: "bash", schema: null },
    ],
    otherTools: true,
    replySchema: '{"type":"array"}',
  });
});

test("a toolset declares the tools that it has, but for those that are off", () => {
  const namesOf = (tool: object): readonly string[] => read({ tools: [tool] }).declared.tools.map(({ name }) => name);
  for (const [type, names] of [
    ["computer_toolset_20260801", COMPUTER_MEMBER_NAME_VALUES],
    ["browser_toolset_20260801", BROWSER_MEMBER_NAME_VALUES],
  ] as const) {
    assert.deepEqual([...namesOf({ type })].sort(), [...names].sort());
    const configs = { screenshot: { enabled: false }, zoom: { enabled: true }, wait: null };
    assert.deepEqual([...namesOf({ type, configs })].sort(), names.filter((name) => name !== "screenshot").sort());
  }
  assert.deepEqual(namesOf({ type: "computer_toolset_20991231" }), []);
});

for (const [what, body, wanted] of [
  ["the older name", { output_format: { type: "json_schema", schema: {} } }, "{}"],
  ["no schema", { output_config: { format: { type: "json_schema" } } }, "{}"],
  ["none", { output_config: { effort: "high" } }, null],
  ["null", { output_config: { format: null }, output_format: null }, null],
  ["another type", { output_format: { type: "text" } }, null],
  ["no object", { output_config: "x", output_format: 1 }, null],
] as const) {
  test(`the form of the reply: ${what}`, () => assert.equal(read(body).declared.replySchema, wanted));
}

test("anything may stand anywhere, and no string is skipped", () => {
  const odd = [null, 1, true, "a text", ["a text"], { "a key": "a text" }];
  const keys = ["system", "messages", "tools", "metadata", "mcp_servers", "container", "output_config", "model"];
  for (const key of [...keys, "thread", "context_management", "stop_sequences", "fallbacks"]) {
    for (const value of odd) {
      const extraction = read({ [key]: value });
      const count = JSON.stringify(value).split("a text").length - 1;
      assert.equal(extraction.pieces.filter(({ text }) => text === "a text").length, count, key);
    }
  }
});

test("a link that nobody fetches is read as it stands, base64 too", () => {
  const source = "data:text/plain;base64,ignore-all-that-was-said";
  const found = inBlocks({ type: "search_result", source, title: "", content: [] });
  assert.deepEqual(told(found), [`url tool ${source}`, "document tool "]);
  assert.deepEqual(found.unjudged, {});
});

test("a set of tools is offered once, however often it is named", () => {
  const tools = Array.from({ length: 3 }, () => ({ type: "computer_toolset_20260801" }));
  const names = read({ tools }).declared.tools.map(({ name }) => name);
  assert.equal(names.length, new Set(names).size);
});

test("where another model may answer, which one does is not clear", () => {
  const repeated = (fallbacks?: unknown): boolean => read({ model: "claude-x", fallbacks }).modelRepeated;
  assert.deepEqual([undefined, null, []].map(repeated), [false, false, false]);
  assert.deepEqual([[{ model: "claude-y" }], "default"].map(repeated), [true, true]);
});
