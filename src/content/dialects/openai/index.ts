/**
 * OpenAI's dialect and that of its vendors: which request is for which operation. Paths must be exact: a slash, case or escape more
 * is another path, for which an upstream may have another operation.
 */
import type { Dialect, Operation } from "../../../domain/dialect.ts";
import { formOperations } from "./forms.ts";
import {
  agentsCompletions,
  chatCompletions,
  completions,
  dialect,
  embeddings,
  fimCompletions,
  models,
  moderations,
  rerank,
  score,
  storedCompletions,
} from "./operations.ts";

/** None, Groq's and Azure's, OpenRouter's. */
export const knownPrefixes: readonly string[] = ["", "/openai", "/api"];

export type OpenAiOptions = {
  /** What may stand before `/v1/...`. By default `knownPrefixes`. */
  readonly prefixes?: readonly string[];
};

const posted: ReadonlyMap<string, Operation> = new Map([
  ["/v1/chat/completions", chatCompletions],
  ["/v1/completions", completions],
  ["/v1/embeddings", embeddings],
  ["/v1/moderations", moderations],
  ["/v1/fim/completions", fimCompletions],
  ["/v1/agents/completions", agentsCompletions],
  ["/v1/rerank", rerank],
  ["/v1/score", score],
  ...formOperations,
]);

/** Paths that some vendors have beside those; no prefix stands before them. */
const alsoPosted: ReadonlyMap<string, Operation> = new Map([
  ["/chat/completions", chatCompletions],
  ["/beta/chat/completions", chatCompletions],
  ["/beta/completions", completions],
  ["/rerank", rerank],
  ["/v2/rerank", rerank],
  ["/score", score],
]);

/** Ids may have slashes in them, as in `org/model`. */
const modelPath = /^(?:\/v1)?\/models(?:\/(?!\.+(?:\/|$))[\w.:@-]{1,128}){0,4}$/;
const storedPath = /^\/v1\/chat\/completions(?:\/[\w-]{1,128}(?:\/messages)?)?$/;
const itemPath = /^\/v1\/chat\/completions\/[\w-]{1,128}$/;

export function createOpenAi({ prefixes = knownPrefixes }: OpenAiOptions = {}): Dialect {
  return {
    id: dialect,
    operations: [...posted.values(), storedCompletions, models],
    match({ method, path }) {
      const also = method === "POST" ? alsoPosted.get(path) : undefined;
      if (also !== undefined) return also;
      for (const prefix of prefixes) {
        const operation = path.startsWith(prefix) ? operationAt(method, path.slice(prefix.length)) : null;
        if (operation !== null) return operation;
      }
      return null;
    },
  };
}

function operationAt(method: string, path: string): Operation | null {
  switch (method) {
    case "POST":
      return posted.get(path) ?? (itemPath.test(path) ? storedCompletions : null);
    case "DELETE":
      return itemPath.test(path) ? storedCompletions : null;
    case "GET":
    case "HEAD":
      return modelPath.test(path) ? models : storedPath.test(path) ? storedCompletions : null;
    default:
      return null;
  }
}
