import assert from "node:assert/strict";
import { test } from "node:test";
import { type Declared, nothingDeclared } from "../../../domain/dialect.ts";
import { parseJson } from "../../json/parse.ts";
import { declaredIn } from "./declared.ts";

function declared(body: string): Declared {
  const document = parseJson(body);
  assert.ok(document.ok);
  return declaredIn(document.value.root, body);
}

for (const [what, body, wanted] of [
  ["nothing", "{}", {}],
  ["tools that are no list", '{"tools":{"function":{"name":"f"}}}', {}],
  ["no object", "[]", {}],
  [
    "a tool",
    '{"tools":[{"type":"function","function":{"name":"f","parameters":{"type" :"object"}}}]}',
    { tools: [{ name: "f", schema: '{"type" :"object"}' }] },
  ],
  [
    "tools without parameters",
    '{"tools":[{"function":{"name":"f"}},{"function":{"name":"g","parameters":null}}]}',
    {
      tools: [
        { name: "f", schema: "{}" },
        { name: "g", schema: "{}" },
      ],
    },
  ],
  ["tools without a name", '{"tools":[{"type":"web"},{"function":{"name":1}},7]}', { otherTools: true }],
  [
    "tools in two lists",
    '{"tools":[{"function":{"name":"f"}}],"tools":[{"function":{"name":"g"}}]}',
    {
      tools: [
        { name: "f", schema: "{}" },
        { name: "g", schema: "{}" },
      ],
    },
  ],
  ["JSON", '{"format":"json"}', { replySchema: "{}" }],
  ["a schema", '{"format":{"type" : "array"}}', { replySchema: '{"type" : "array"}' }],
  ["no form", '{"format":""}', {}],
  ["a form that nobody knows", '{"format":"xml"}', {}],
  ["the last of two forms", '{"format":"json","format":null}', {}],
] as const) {
  test(`a request declares ${what}`, () => assert.deepEqual(declared(body), { ...nothingDeclared, ...wanted }));
}
