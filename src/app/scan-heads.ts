/**
 * A request for each operation, so that bodies from files can be read as its: the method and path by which dialects know it.
 * Where the path names a model, that is "model". A test holds the table to the dialects.
 */
import type { RequestHead } from "../domain/dialect.ts";
import type { Policy } from "../domain/policy.ts";

type ScanHead = Pick<RequestHead, "method" | "path">;

/** By the operation's id; the first of a dialect stands for the dialect. */
export const scanHeads: ReadonlyMap<string, ScanHead> = new Map(
  Object.entries({
    "openai/chat-completions": "/v1/chat/completions",
    "openai/completions": "/v1/completions",
    "openai/embeddings": "/v1/embeddings",
    "openai/responses": "/v1/responses",
    "openai/responses-input-tokens": "/v1/responses/input_tokens",
    "openai/responses-compact": "/v1/responses/compact",
    "openai/responses-item": "GET /v1/responses/id",
    "openai/moderations": "/v1/moderations",
    "openai/fim-completions": "/v1/fim/completions",
    "openai/agents-completions": "/v1/agents/completions",
    "openai/rerank": "/v1/rerank",
    "openai/score": "/v1/score",
    "openai/audio-transcriptions": "/v1/audio/transcriptions",
    "openai/audio-translations": "/v1/audio/translations",
    "openai/images-generations": "/v1/images/generations",
    "openai/images-edits": "/v1/images/edits",
    "openai/images-variations": "/v1/images/variations",
    "openai/files": "/v1/files",
    "openai/stored-completions": "GET /v1/chat/completions/id",
    "openai/models": "GET /v1/models",
    "azure/chat-completions": "/openai/deployments/model/chat/completions",
    "azure/completions": "/openai/deployments/model/completions",
    "azure/embeddings": "/openai/deployments/model/embeddings",
    "anthropic/messages": "/v1/messages",
    "anthropic/count-tokens": "/v1/messages/count_tokens",
    "gemini/generate-content": "/v1beta/models/model:generateContent",
    "gemini/stream-generate-content": "/v1beta/models/model:streamGenerateContent",
    "gemini/count-tokens": "/v1beta/models/model:countTokens",
    "gemini/embed-content": "/v1beta/models/model:embedContent",
    "gemini/batch-embed-contents": "/v1beta/models/model:batchEmbedContents",
    "gemini/predict": "/v1/publishers/google/models/model:predict",
    "gemini/cached-contents": "/v1beta/cachedContents",
    "gemini/models": "GET /v1beta/models",
    "bedrock/converse": "/model/model/converse",
    "bedrock/converse-stream": "/model/model/converse-stream",
    "bedrock/count-tokens": "/model/model/count-tokens",
    "bedrock/invoke": "/model/model/invoke",
    "bedrock/invoke-stream": "/model/model/invoke-with-response-stream",
    "ollama/chat": "/api/chat",
    "ollama/generate": "/api/generate",
    "ollama/embed": "/api/embed",
    "ollama/embeddings": "/api/embeddings",
    "ollama/show": "/api/show",
    "ollama/models": "GET /api/tags",
    "mcp/send": "/mcp",
    "mcp/listen": "GET /mcp",
    "mcp/leave": "DELETE /mcp",
  }).map(([id, asked]) => {
    const [path = "", method = "POST"] = asked.split(" ").toReversed();
    return [id, { method, path }];
  }),
);

/** The request for a dialect or an operation of the program or of the policy; `null` where none is called `id`. */
export function scanHead(id: string, described: Policy["dialects"]): ScanHead | null {
  for (const [operation, head] of scanHeads) if (isOf(operation, id)) return head;
  for (const { operations } of described)
    for (const operation of operations) if (isOf(operation.id, id)) return headOf(operation.path);
  return null;
}

/** What `scanHead` takes: all dialects, then their operations. */
export function scanNames(described: Policy["dialects"]): readonly string[] {
  const operations = [...scanHeads.keys(), ...described.flatMap((dialect) => dialect.operations.map(({ id }) => id))];
  return [...new Set(operations.map((id) => id.split("/")[0] as string)), ...operations];
}

const isOf = (operation: string, id: string): boolean => operation === id || operation.startsWith(`${id}/`);

const headOf = (path: readonly (string | null)[]): ScanHead => ({
  method: "POST",
  path: `/${path.map((step) => step ?? "any").join("/")}`,
});
