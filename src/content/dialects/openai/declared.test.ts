import assert from "node:assert/strict";
import { test } from "node:test";
import { type Declared, nothingDeclared } from "../../../domain/dialect.ts";
import { anyJson } from "../../generic/index.ts";
import { chatCompletions } from "./operations.ts";
import { runAtOnce } from "../../../stdx/paced.ts";

function declared(body: unknown, operation = chatCompletions): Declared {
  const read = runAtOnce(operation.readRequest(typeof body === "string" ? body : JSON.stringify(body)));
  assert.ok(read.ok, read.ok ? "" : read.error);
  return read.value.declared;
}

const tool = (name: string, parameters?: unknown) => ({ type: "function", function: { name, parameters } });

for (const [what, body, wanted] of [
  ["nothing", {}, {}],
  ["no tools", { tools: [] }, {}],
  ["tools that are no list", { tools: "f", functions: {} }, {}],
  ["a function", { tools: [tool("f", { type: "object" })] }, { tools: [{ name: "f", schema: '{"type":"object"}' }] }],
  ["a guided form", { guided_json: { type: "object" } }, { replySchema: '{"type":"object"}' }],
  ["a structured output", { structured_outputs: { json: { type: "array" } } }, { replySchema: '{"type":"array"}' }],
  ["a guided form as a string", { guided_json: '{"type":"object"}' }, { replySchema: "{}" }],
  ["a guided form that is none", { guided_json: null, structured_outputs: { regex: "a" } }, {}],
  ["a function without parameters", { tools: [tool("f")] }, { tools: [{ name: "f", schema: "{}" }] }],
  ["parameters that are null", { tools: [tool("f", null)] }, { tools: [{ name: "f", schema: "{}" }] }],
  ["parameters that are no schema", { tools: [tool("f", "x")] }, { tools: [{ name: "f", schema: '"x"' }] }],
  [
    "a custom tool",
    { tools: [{ type: "custom", custom: { name: "g", format: { type: "text" } } }] },
    { tools: [{ name: "g", schema: null }] },
  ],
  [
    "a tool of the provider's",
    { tools: [{ type: "web_search" }, tool("f")] },
    { tools: [{ name: "f", schema: "{}" }], otherTools: true },
  ],
  ["a function without a name", { tools: [{ function: {} }, { function: { name: 1 } }, 7] }, { otherTools: true }],
  [
    "functions of the older form",
    { functions: [{ name: "f", parameters: { type: "object" } }, { name: "g" }, {}] },
    {
      tools: [
        { name: "f", schema: '{"type":"object"}' },
        { name: "g", schema: "{}" },
      ],
    },
  ],
  ["a text", { response_format: { type: "text" } }, {}],
  ["a form that nobody knows", { response_format: { type: "grammar", schema: {} } }, {}],
  ["a form that is no object", { response_format: "json_object" }, {}],
  ["JSON", { response_format: { type: "json_object" } }, { replySchema: "{}" }],
  ["JSON with a schema", { response_format: { type: "json_object", schema: { a: 1 } } }, { replySchema: '{"a":1}' }],
  [
    "a schema",
    { response_format: { type: "json_schema", json_schema: { name: "n", schema: { type: "array" } } } },
    { replySchema: '{"type":"array"}' },
  ],
  ["a schema that is missing", { response_format: { type: "json_schema" } }, { replySchema: "{}" }],
] as const) {
  test(`a request declares ${what}`, () => assert.deepEqual(declared(body), { ...nothingDeclared, ...wanted }));
}

test("schemas are cut from the body as they stand", () => {
  const body =
    '{"tools":[{"type":"function","function":{"parameters": { "type" : "ob\\u006aect" } ,"name":"\\u0066"}}]}';
  assert.deepEqual(declared(body).tools, [{ name: "f", schema: '{ "type" : "ob\\u006aect" }' }]);
});

test("of repeated keys the tools of all are offered, and the last form counts", () => {
  const body =
    '{"tools":[{"function":{"name":"f"}}],"tools":[{"function":{"name":"g","name":"h"}}],' +
    '"response_format":{"type":"json_object"},"response_format":{"type":"text"}}';
  const { tools, replySchema } = declared(body);
  assert.deepEqual([tools.map(({ name }) => name), replySchema], [["f", "h"], null]);
});

test("bodies of no known shape declare nothing", () => {
  assert.deepEqual(declared({ tools: [tool("f")] }, anyJson), nothingDeclared);
});
