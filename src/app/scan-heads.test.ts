import assert from "node:assert/strict";
import { test } from "node:test";
import { createDialects, findOperation, knownOperations } from "../content/index.ts";
import { scanHead, scanHeads, scanNames } from "./scan-heads.ts";

const unsaid = { query: "", contentType: null, contentEncoding: null };
const acme = [{ id: "acme/answer", path: ["v1", null, "answer"] }].map((one) => ({
  id: "acme",
  operations: [
    {
      ...one,
      stream: false,
      prompt: [],
      reply: [],
      events: null,
      answers: { error: null, refusal: null, events: null },
    },
  ],
}));

test("every operation of every dialect has a request that is for it, and no other is named", () => {
  const dialects = createDialects();
  const { operations } = knownOperations(dialects);
  assert.deepEqual([...scanHeads.keys()].sort(), [...operations].sort());
  for (const [id, head] of scanHeads) assert.equal(findOperation(dialects, { ...head, ...unsaid })?.id, id);
});

test("a dialect stands for its first operation, also one that the policy describes", () => {
  assert.deepEqual(scanHead("openai", []), { method: "POST", path: "/v1/chat/completions" });
  assert.deepEqual(scanHead("mcp/leave", []), { method: "DELETE", path: "/mcp" });
  assert.deepEqual(scanHead("acme", acme), { method: "POST", path: "/v1/any/answer" });
  assert.deepEqual(scanHead("acme/answer", acme), scanHead("acme", acme));
  for (const id of ["", "open", "openai/", "openai/chat", "acme/other"]) assert.equal(scanHead(id, acme), null, id);
  assert.equal(scanHead("acme", []), null);
});

test("all names are taken", () => {
  const names = scanNames(acme);
  assert.ok(names.includes("bedrock") && names.includes("bedrock/invoke") && names.includes("acme/answer"));
  for (const name of names) assert.notEqual(scanHead(name, acme), null, name);
  assert.equal(new Set(names).size, names.length);
});
