import assert from "node:assert/strict";
import { test } from "node:test";
import type { Declared } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { operationFor } from "./operations.ts";

function declared(body: object): Declared {
  const read = runAtOnce(
    operationFor("generateContent", { model: null, events: "sse" }).readRequest(JSON.stringify(body)),
  );
  assert.ok(read.ok);
  return read.value.declared;
}
const schemaOf = (parameters: unknown): unknown => {
  const [tool] = declared({ tools: [{ functionDeclarations: [{ name: "f", parameters }] }] }).tools;
  return JSON.parse(tool?.schema ?? "null");
};

test("functions of all tools, in either spelling, and what else is offered", () => {
  const plain = { type: "object", properties: { a: { type: "string" } } };
  const tools = [
    { functionDeclarations: [{ name: "f" }, { name: 7 }, "x", { name: "g", parametersJsonSchema: plain }] },
    { function_declarations: { name: "h", parameters_json_schema: plain } },
    "odd",
  ];
  const wanted = [
    { name: "f", schema: "{}" },
    { name: "g", schema: JSON.stringify(plain) },
    { name: "h", schema: JSON.stringify(plain) },
  ];
  assert.deepEqual(declared({ tools }), { tools: wanted, otherTools: false, replySchema: null });
  assert.equal(declared({ tools: [...tools, { googleSearch: {} }] }).otherTools, true);
  assert.deepEqual(declared({}), { tools: [], otherTools: false, replySchema: null });
});

test("Google's schemas are told as JSON Schema", () => {
  assert.deepEqual(
    schemaOf({
      type: "OBJECT",
      properties: {
        type: { type: "STRING", nullable: true, description: "OBJECT", enum: ["STRING"] },
        list: { type: "ARRAY", items: { type: "INTEGER" }, minItems: "1", maxItems: 4 },
        either: { anyOf: [{ type: "NUMBER" }, { type: "BOOLEAN" }] },
        maxItems: { type: "string", max_length: "9" },
      },
      required: ["type"],
    }),
    {
      type: "object",
      properties: {
        type: { type: ["string", "null"], nullable: true, description: "OBJECT", enum: ["STRING"] },
        list: { type: "array", items: { type: "integer" }, minItems: 1, maxItems: 4 },
        either: { anyOf: [{ type: "number" }, { type: "boolean" }] },
        maxItems: { type: "string", maxLength: 9 },
      },
      required: ["type"],
    },
  );
});

test("what is no schema of Google's is left as it is", () => {
  for (const schema of ["x", 7, [1], { type: "TYPE_UNSPECIFIED" }, { minItems: "many", items: "OBJECT" }])
    assert.deepEqual(schemaOf(schema), schema);
  assert.deepEqual(schemaOf(null), {});
});

test("a schema as deep as a body may be", () => {
  let schema: object = { type: "STRING" };
  for (let depth = 0; depth < 55; depth += 1) schema = { type: "ARRAY", items: schema };
  assert.match(JSON.stringify(schemaOf(schema)), /^\{"type":"array".*"type":"string"\}+$/);
});

for (const [what, generationConfig, wanted] of [
  ["none", {}, null],
  ["plain text", { responseMimeType: "text/plain", responseSchema: { type: "STRING" } }, null],
  ["any JSON", { responseMimeType: "application/json" }, {}],
  ["Google's schema", { responseMimeType: "application/json", responseSchema: { type: "ARRAY" } }, { type: "array" }],
  ["a JSON Schema", { responseMimeType: "application/json", responseJsonSchema: { type: "array" } }, { type: "array" }],
  [
    "the other spelling",
    { response_mime_type: "application/json", response_schema: { type: "OBJECT" } },
    { type: "object" },
  ],
  ["an enum", { responseMimeType: "text/x.enum", responseSchema: { type: "STRING" } }, null],
  [
    "the newer form",
    { responseFormat: [{ text: { mimeType: "application/json", schema: { type: "object" } } }] },
    { type: "object" },
  ],
  ["the newer form, of a picture", { responseFormat: { image: { mimeType: "image/png" } } }, null],
] as const) {
  test(`the form of the reply: ${what}`, () => {
    const { replySchema } = declared({ generationConfig });
    assert.deepEqual(replySchema === null ? null : JSON.parse(replySchema), wanted);
  });
}
