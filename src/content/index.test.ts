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
  ["POST", "/v1/moderations", "openai/moderations"],
  ["POST", "/v1/fim/completions", "openai/fim-completions"],
  ["POST", "/v1/agents/completions", "openai/agents-completions"],
  ["POST", "/v1/rerank", "openai/rerank"],
  ["POST", "/rerank", "openai/rerank"],
  ["POST", "/v1/score", "openai/score"],
  ["POST", "/chat/completions", "openai/chat-completions"],
  ["POST", "/beta/chat/completions", "openai/chat-completions"],
  ["POST", "/beta/completions", "openai/completions"],
  ["POST", "/openai/v1/chat/completions", "openai/chat-completions"],
  ["POST", "/api/v1/chat/completions", "openai/chat-completions"],
  ["GET", "/models", "openai/models"],
  ["GET", "/v1/chat/completions", "openai/stored-completions"],
  ["GET", "/v1/chat/completions/chatcmpl-1", "openai/stored-completions"],
  ["GET", "/v1/chat/completions/chatcmpl-1/messages", "openai/stored-completions"],
  ["POST", "/v1/chat/completions/chatcmpl-1", "openai/stored-completions"],
  ["DELETE", "/v1/chat/completions/chatcmpl-1", "openai/stored-completions"],
  ["DELETE", "/v1/chat/completions", "unknown-path"],
  ["POST", "/v1/chat/completions/chatcmpl-1/messages", "unknown-path"],
  ["POST", "/openai/deployments/gpt-4o.eu/chat/completions", "azure/chat-completions"],
  ["POST", "/openai/deployments/d/completions", "azure/completions"],
  ["POST", "/openai/deployments/d/embeddings", "azure/embeddings"],
  ["POST", "/openai/deployments/d/chat/completions/", "unknown-path"],
  ["POST", "/openai/deployments/d/e/embeddings", "unknown-path"],
  ["POST", "/openai/deployments/d%2Fe/embeddings", "unknown-path"],
  ["POST", "/openai/deployments//embeddings", "unknown-path"],
  ["POST", "/openai/deployments/d/toString", "unknown-path"],
  ["GET", "/openai/deployments/d/embeddings", "unknown-path"],
  ["POST", "/openai/deployments/d/audio/transcriptions", "openai/audio-transcriptions"],
  ["POST", "/openai/deployments/d/images/generations", "openai/images-generations"],
  ["POST", "/openai/deployments/d/files", "unknown-path"],
  ["POST", "/openai/responses", "openai/responses"],
  ["GET", "/openai/responses/resp_1", "openai/responses-item"],
  ["POST", "/openai/responses/", "unknown-path"],
  ["POST", "/openai/v1/responses", "openai/responses"],
  ["post", "/v1/chat/completions", "unknown-path"],
  ["POST", "/v1/chat/completions/", "unknown-path"],
  ["POST", "/v1//chat/completions", "unknown-path"],
  ["POST", "/V1/chat/completions", "unknown-path"],
  ["POST", "/v1/Chat/Completions", "unknown-path"],
  ["POST", "/v1/chat%2Fcompletions", "unknown-path"],
  ["POST", "/v1/chat/completions;x", "unknown-path"],
  ["POST", "/v1/responses", "openai/responses"],
  ["POST", "/other/v1/chat/completions", "unknown-path"],
  ["POST", "/api/chat/completions", "unknown-path"],
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
