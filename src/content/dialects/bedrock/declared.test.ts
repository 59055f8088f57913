import assert from "node:assert/strict";
import { test } from "node:test";
import type { Declared } from "../../../domain/dialect.ts";
import { parseJson } from "../../json/parse.ts";
import { declaredIn } from "./declared.ts";

function declared(body: string): Declared {
  const document = parseJson(body);
  assert.ok(document.ok);
  return declaredIn(document.value.root, body);
}

const tool = (spec: string): string => `{"toolConfig":{"tools":[{"toolSpec":${spec}}]}}`;

test("tools by their names, their schemas as they stand", () => {
  assert.deepEqual(declared(tool('{"name":"f","inputSchema":{"json":{"type" :"object"}}}')), {
    tools: [{ name: "f", schema: '{"type" :"object"}' }],
    otherTools: false,
    replySchema: null,
  });
  for (const none of ['{"name":"f"}', '{"name":"f","inputSchema":{"json":null}}'])
    assert.deepEqual(declared(tool(none)).tools, [{ name: "f", schema: "{}" }]);
});

test("tools of all lists that a body repeats", () => {
  const twice = '{"toolConfig":{"tools":[{"toolSpec":{"name":"a"}}],"tools":[{"toolSpec":{"name":"b"}}]}}';
  assert.deepEqual(
    declared(twice).tools.map(({ name }) => name),
    ["a", "b"],
  );
});

test("tools that nobody can name here", () => {
  assert.equal(declared('{"toolConfig":{"tools":[{"systemTool":{"name":"nova_grounding"}}]}}').otherTools, true);
  assert.equal(declared('{"additionalModelRequestFields":{"tools":[{"type":"computer"}]}}').otherTools, true);
  assert.equal(declared('{"toolConfig":{"tools":[{"cachePoint":{"type":"default"}}]}}').otherTools, false);
  for (const odd of ['{"toolConfig":1}', '{"toolConfig":{"tools":{}}}', "[]"])
    assert.deepEqual(declared(odd), { tools: [], otherTools: false, replySchema: null });
});

test("the reply's schema is the text of a string", () => {
  const format = (inner: string): string => `{"outputConfig":{"textFormat":${inner}}}`;
  const schema = '{"type":"json_schema","structure":{"jsonSchema":{"schema":"{\\"type\\":\\"object\\"}"}}}';
  assert.equal(declared(format(schema)).replySchema, '{"type":"object"}');
  assert.equal(declared(format('{"type":"json_schema"}')).replySchema, "{}");
  assert.equal(declared(format('{"type":"text"}')).replySchema, null);
});
