import assert from "node:assert/strict";
import { test } from "node:test";
import type { Declared } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { responses } from "./operations.ts";

function declared(body: object): Declared {
  const read = runAtOnce(responses.readRequest(JSON.stringify(body)));
  assert.ok(read.ok);
  return read.value.declared;
}

test("functions, custom tools and those of namespaces are offered by name", () => {
  const { tools, otherTools } = declared({
    tools: [
      { type: "function", name: "f", parameters: { type: "object" } },
      { type: "function", name: "g", parameters: null },
      { type: "custom", name: "c", format: { type: "text" } },
      { type: "namespace", name: "n", tools: [{ type: "function", name: "h" }] },
    ],
  });
  assert.deepEqual(tools, [
    { name: "f", schema: '{"type":"object"}' },
    { name: "g", schema: "{}" },
    { name: "c", schema: null },
    { name: "h", schema: "{}" },
  ]);
  assert.equal(otherTools, false);
});

test("tools of the provider's, and what is no tool, are others", () => {
  for (const tool of [{ type: "web_search" }, { type: "mcp", server_label: "s" }, { type: "function" }, "x", null, 5])
    assert.deepEqual(declared({ tools: [tool] }), { tools: [], otherTools: true, replySchema: null });
  assert.deepEqual(declared({ tools: "x" }), { tools: [], otherTools: false, replySchema: null });
});

test("items of the input may bring tools", () => {
  const input = [{ type: "additional_tools", role: "developer", tools: [{ type: "function", name: "late" }] }];
  assert.deepEqual(declared({ input }).tools, [{ name: "late", schema: "{}" }]);
});

test("the form of the text, as the last word has it", () => {
  const asked = (format: unknown, input: readonly object[] = []): string | null =>
    declared({ text: { format }, input }).replySchema;
  assert.equal(asked({ type: "json_schema", name: "n", schema: { type: "array" } }), '{"type":"array"}');
  assert.equal(asked({ type: "json_schema", name: "n" }), "{}");
  assert.equal(asked({ type: "json_object" }), "{}");
  for (const format of [{ type: "text" }, { type: 5 }, "json_object", null, undefined])
    assert.equal(asked(format), null);
  const update = (format: object): object => ({ type: "configuration_update", text: { format } });
  assert.equal(asked({ type: "text" }, [update({ type: "json_object" })]), "{}");
  assert.equal(asked({ type: "json_object" }, [update({ type: "text" }), { type: "message", role: "user" }]), null);
});
