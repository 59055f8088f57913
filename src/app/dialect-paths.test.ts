import assert from "node:assert/strict";
import { test } from "node:test";
import { mistakesOfFiles, policyHeadText, policyTools, setOf, told } from "../../test/helpers/policy.ts";
import { knownOperations } from "../content/index.ts";
import { createFormats } from "./formats.ts";

const tools = { ...policyTools, known: knownOperations() };
const formats = createFormats();
const found = async (dialects: string) => {
  const { policy } = await setOf({ "policy.yaml": `${policyHeadText}dialects: ${dialects}\nrules: []\n` }, { tools });
  return (path: string, method = "POST"): string | undefined =>
    formats.match({ method, path, query: "", contentType: null, contentEncoding: null }, policy)?.id;
};

test("a dialect is found behind a prefix of the policy, and where it was before", async () => {
  const at = await found("{ openai: { prefixes: [/llm, /a/b] } }");
  for (const path of ["/llm/v1/chat/completions", "/a/b/v1/chat/completions", "/v1/chat/completions"])
    assert.equal(at(path), "openai/chat-completions", path);
  assert.equal(at("/llm/v1/responses"), "openai/responses", "all that speaks its form");
  for (const path of [
    ...[
      "/llmv1/chat/completions",
      "/llm//v1/chat/completions",
      "/llm/llm/v1/chat/completions",
      "/LLM/v1/chat/completions",
    ],
    ...["/llm", "/llm/", "/llm/x/v1/chat/completions", "/llm/v1/messages", "/a/v1/chat/completions"],
  ])
    assert.equal(at(path), undefined, path);
});

test("other dialects have prefixes too", async () => {
  const names = ["anthropic", "gemini", "bedrock", "ollama", "azure"];
  const at = await found(`{ ${names.map((name) => `${name}: { prefixes: [/llm] }`).join(", ")} }`);
  assert.equal(at("/llm/v1/messages"), "anthropic/messages");
  assert.equal(at("/llm/v1beta/models/g:generateContent"), "gemini/generate-content");
  assert.equal(at("/llm/model/m/invoke"), "bedrock/invoke");
  assert.equal(at("/llm/api/chat"), "ollama/chat");
  assert.equal(at("/llm/openai/deployments/d/embeddings"), "azure/embeddings");
});

test("MCP is at paths of the policy, and where it was before", async () => {
  const at = await found("{ mcp: { paths: [/tools/mcp] } }");
  assert.deepEqual([at("/tools/mcp"), at("/mcp"), at("/tools/mcp", "DELETE")], ["mcp/send", "mcp/send", "mcp/leave"]);
  assert.deepEqual([at("/tools/mcp/"), at("/tools"), at("/tools/mcp/mcp")], [undefined, undefined, undefined]);
});

test("settings that fit no dialect are told", async () => {
  for (const [dialects, wanted] of [
    ["{ acme: { prefixes: [/llm] } }", /paths and prefixes are for dialects of the program/],
    ["{ openai: { paths: [/llm] } }", /only mcp has paths of your choice/],
    ["{ mcp: { prefixes: [/llm] } }", /write it whole: paths/],
    ["{ acme: {} }", /nothing is said of this dialect/],
    ["{ openai: { prefixes: [/llm/] } }", /prefixes\[0\] is not valid/],
    ["{ openai: { prefixes: [/../llm] } }", /prefixes\[0\] is not valid/],
    ["{ openai: { prefixes: [] } }", /prefixes is an empty list/],
  ] as const) {
    const text = `${policyHeadText}dialects: ${dialects}\nrules: []\n`;
    assert.match(told(await mistakesOfFiles({ "policy.yaml": text }, { tools })).join("\n"), wanted);
  }
});
