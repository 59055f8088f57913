/**
 * The part of OpenAI's dialect that is the Responses API: which request is for which operation. Paths must be exact: a slash, case
 * or escape more is another path, for which an upstream may have another operation.
 */
import type { Dialect, Operation } from "../../../domain/dialect.ts";
import { compact, dialect, inputTokens, item, itemParts, responses } from "./operations.ts";
import { knownPrefixes, type OpenAiOptions } from "../openai/index.ts";

const posted: ReadonlyMap<string, Operation> = new Map([
  ["/v1/responses", responses],
  ["/v1/responses/input_tokens", inputTokens],
  ["/v1/responses/compact", compact],
]);

/** `/v1/responses/ID`, and what is asked of it. */
const kept = /^\/v1\/responses\/[\w-]{1,256}(?:\/(cancel|input_items))?$/;

export function createOpenAiResponses({ prefixes = knownPrefixes }: OpenAiOptions = {}): Dialect {
  return {
    id: dialect,
    operations: [...posted.values(), item],
    match({ method, path }) {
      for (const prefix of prefixes) {
        if (!path.startsWith(prefix)) continue;
        const rest = path.slice(prefix.length);
        const operation = (method === "POST" ? posted.get(rest) : undefined) ?? ofKept(method, kept.exec(rest));
        if (operation !== null) return operation;
      }
      return null;
    },
  };
}

function ofKept(method: string, path: RegExpExecArray | null): Operation | null {
  if (path === null) return null;
  switch (`${method} ${path[1] ?? ""}`) {
    case "GET ":
    case "POST cancel":
      return item;
    case "GET input_items":
    case "DELETE ":
      return itemParts;
    default:
      return null;
  }
}
