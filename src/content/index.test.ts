import assert from "node:assert/strict";
import { test } from "node:test";
import { createDialects, findOperation } from "./index.ts";

const dialects = createDialects();

function match(method: string, path: string, known = dialects): string {
  return (
    findOperation(known, { method, path, query: "", contentType: null, contentEncoding: null })?.id ?? "unknown-path"
  );
}

for (const [method, path, wanted] of [
  ["POST", "/v1/chat/completions", "openai/chat-completions"],
  ["POST", "/v1/completions", "openai/completions"],
  ["POST", "/v1/embeddings", "openai/embeddings"],
  ["GET", "/v1/models", "openai/models"],
  ["HEAD", "/v1/models", "openai/models"],
  ["GET", "/v1/models/gpt-4o", "openai/models"],
  ["GET", "/v1/models/org/model:1", "openai/models"],
  ["GET", "/v1/models/", "unknown-path"],
  ["POST", "/v1/models", "unknown-path"],
  ["GET", "/v1/chat/completions", "unknown-path"],
  ["post", "/v1/chat/completions", "unknown-path"],
  ["POST", "/v1/chat/completions/", "unknown-path"],
  ["POST", "/v1//chat/completions", "unknown-path"],
  ["POST", "/V1/chat/completions", "unknown-path"],
  ["POST", "/v1/Chat/Completions", "unknown-path"],
  ["POST", "/v1/chat%2Fcompletions", "unknown-path"],
  ["POST", "/v1/chat/completions;x", "unknown-path"],
  ["POST", "/openai/v1/chat/completions", "unknown-path"],
  ["POST", "/v1/responses", "openai/responses"],
  ["POST", "/", "unknown-path"],
  ["POST", "", "unknown-path"],
] as const) {
  test(`${method} ${path} is ${wanted}`, () => assert.equal(match(method, path), wanted));
}

test("prefixes are those named, and no others", () => {
  const known = createDialects({ openai: { prefixes: ["/openai", "/api"] } });
  assert.equal(match("POST", "/openai/v1/chat/completions", known), "openai/chat-completions");
  assert.equal(match("GET", "/api/v1/models", known), "openai/models");
  assert.equal(match("POST", "/v1/chat/completions", known), "unknown-path");
  assert.equal(match("POST", "/openai/api/v1/chat/completions", known), "unknown-path");
});
