/**
 * Ollama's own dialect: which request is for which operation. Paths must be exact. What changes the server's models (`/api/pull`,
 * `/api/create`, `/api/delete` ...) is none of these.
 */
import type { Dialect, Operation } from "../../../domain/dialect.ts";
import { chat, dialect, embed, embeddings, generate, models, show } from "./operations.ts";

const posted: ReadonlyMap<string, Operation> = new Map([
  ["/api/generate", generate],
  ["/api/chat", chat],
  ["/api/embed", embed],
  ["/api/embeddings", embeddings],
  ["/api/show", show],
]);

const asked: ReadonlyMap<string, Operation> = new Map([
  ["/api/tags", models],
  ["/api/ps", models],
  ["/api/version", models],
]);

export function createOllama(): Dialect {
  return {
    id: dialect,
    operations: [...posted.values(), models],
    match({ method, path }) {
      if (method === "POST") return posted.get(path) ?? null;
      return (method === "GET" || method === "HEAD" ? asked.get(path) : undefined) ?? null;
    },
  };
}
