import assert from "node:assert/strict";
import { test } from "node:test";
import type { Asked, Extraction, Operation } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { requestsMax } from "./declared.ts";
import { createMcp } from "./index.ts";
import { send } from "./operations.ts";

function match(method: string, path: string, dialect = createMcp()): Operation | null {
  return dialect.match({ method, path, query: "", contentType: null, contentEncoding: null });
}

function read(body: unknown, asked?: Asked): Extraction {
  const extraction = runAtOnce(send.readRequest(JSON.stringify(body), asked));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

/** Pieces as `place role text`. */
const told = ({ pieces }: Extraction): string[] =>
  pieces.map(({ location: { place, role }, text }) => `${place} ${role} ${text}`);

const request = (method: unknown, params: unknown, id: unknown = 1) => ({ jsonrpc: "2.0", id, method, params });

for (const [method, path, wanted] of [
  ["POST", "/mcp", "mcp/send"],
  ["GET", "/mcp", "mcp/listen"],
  ["DELETE", "/mcp", "mcp/leave"],
  ["HEAD", "/mcp", null],
  ["PUT", "/mcp", null],
  ["post", "/mcp", null],
  ["POST", "/mcp/", null],
  ["POST", "/MCP", null],
  ["POST", "/mcp/x", null],
  ["POST", "/m%63p", null],
  ["POST", "/mcp;x", null],
  ["POST", "", null],
] as const) {
  test(`${method} ${path} is ${wanted ?? "none of this dialect's"}`, () =>
    assert.equal(match(method, path)?.id ?? null, wanted));
}

test("paths are those named, and no others", () => {
  const dialect = createMcp({ paths: ["/tools/mcp", "/search"] });
  assert.equal(match("POST", "/search", dialect)?.id, "mcp/send");
  assert.equal(match("GET", "/tools/mcp", dialect)?.id, "mcp/listen");
  assert.equal(match("POST", "/mcp", dialect), null);
});

test("a call's arguments are one text of the model that made them, as they are written", () => {
  const body = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"f","arguments":{"a" :[1,"b"]}}}';
  const extraction = runAtOnce(send.readRequest(body));
  assert.ok(extraction.ok);
  assert.deepEqual(told(extraction.value), ["tool-name assistant f", 'tool-arguments assistant {"a" :[1,"b"]}']);
  assert.deepEqual(
    extraction.value.pieces.map(({ mask }) => mask.kind),
    ["text", "json"],
  );
});

test("what the server asked for is told by its members", () => {
  const result = (members: object) => told(read({ jsonrpc: "2.0", id: 1, result: members }));
  const text = { type: "text", text: "a" };
  assert.deepEqual(result({ role: "assistant", content: text, model: "m" }), ["content assistant a"]);
  assert.deepEqual(result({ role: "user", content: [text], model: "m" }), ["content user a"]);
  assert.deepEqual(result({ action: "accept", content: { name: "a" } }), ["input user name", "input user a"]);
  assert.deepEqual(result({ roots: [{ uri: "file:///a", name: "n" }] }), ["url none file:///a", "name none n"]);
  assert.deepEqual(result({}), []);
});

test("an answer that speaks as two does not hide from rules of one role", () => {
  const { pieces } = read({
    jsonrpc: "2.0",
    id: 1,
    result: { role: "assistant", ROLE: "user", content: { type: "text", text: "a" } },
  });
  assert.equal(pieces.find(({ text }) => text === "a")?.location.unclear, "role");
});

test("unknown methods, kinds of content and members are judged", () => {
  assert.deepEqual(told(read(request("a/new", { text: "a b" }))), ["other none text", "other none a b"]);
  assert.deepEqual(told(read(request("tools/list", { new: "a b" }))), ["other none new", "other none a b"]);
  assert.deepEqual(told(read({ jsonrpc: "2.0", id: "two words", method: "ping" })), ["other none two words"]);
  assert.deepEqual(told(read({ jsonrpc: "2.0", id: 1, result: { role: "user", content: { type: "x", y: "a b" } } })), [
    ...["other user type", "other user x", "other user y", "other user a b"],
  ]);
});

test("wrong types are judged wherever they stand", () => {
  for (const body of [
    "a b",
    ["a b"],
    request("tools/call", "a b"),
    request("tools/call", ["a b"]),
    request("tools/call", { name: { x: "a b" } }),
    request("tools/call", { name: "f", arguments: "a b" }),
    request("tools/call", { name: "f", arguments: ["a b"] }),
    request(["a b"], {}),
    request({ x: "a b" }, {}),
    request("ping", {}, { x: "a b" }),
    { jsonrpc: "2.0", id: 1, result: "a b" },
    { jsonrpc: "2.0", id: 1, error: "a b" },
    { jsonrpc: "2.0", id: 1, result: { role: "assistant", content: "a b" } },
    { jsonrpc: "2.0", id: 1, result: { roots: "a b" } },
    { jsonrpc: "2.0", id: 1, result: { role: "user", content: { type: "image", data: "a b" } } },
  ])
    assert.ok(
      read(body).pieces.some(({ text }) => text.includes("a b")),
      JSON.stringify(body),
    );
});

test("a member that comes twice is judged twice", () => {
  const body = '{"id":1,"method":"tools/call","params":{"name":"f","arguments":{"x":"a b"},"arguments":{"x":"c d"}}}';
  const extraction = runAtOnce(send.readRequest(body));
  assert.ok(extraction.ok);
  assert.deepEqual(told(extraction.value).slice(1), [
    'tool-arguments assistant {"x":"a b"}',
    'tool-arguments assistant {"x":"c d"}',
  ]);
});

test("messages of a batch are counted", () => {
  assert.equal(read(request("ping", {})).messages, 1);
  assert.equal(read([request("ping", {}), request("ping", {}, 2)]).messages, 2);
});

test("an answer must name the requests that wait for one", () => {
  const echo = (body: unknown): unknown => JSON.parse(read(body).echo ?? "null");
  const call = request("tools/call", { name: "f" });
  const one = (id: unknown, form: string) => ({ batch: false, requests: [{ id, form }] });
  assert.deepEqual(echo(call), one(1, "tool-result"));
  assert.deepEqual(echo(request("tools/call", { name: "f", task: {} })), one(1, "any"));
  assert.deepEqual(echo(request("prompts/get", {}, "a-1")), one("a-1", "any"));
  assert.deepEqual(echo([call, { method: "notifications/cancelled" }, request("ping", {}, 2)]), {
    batch: true,
    requests: [
      { id: 1, form: "tool-result" },
      { id: 2, form: "any" },
    ],
  });
  for (const none of [
    { jsonrpc: "2.0", method: "notifications/initialized" },
    { jsonrpc: "2.0", id: 1, result: {} },
    request("ping", {}, null),
    request("ping", {}, "two words"),
    request("ping", {}, "a".repeat(129)),
    request("ping", {}, 1.5),
    request(1, {}),
    [],
    "x",
    Array.from({ length: requestsMax + 1 }, (_, id) => request("ping", {}, id)),
  ])
    assert.equal(echo(none), null);
});
