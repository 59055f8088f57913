/**
 * Anthropic's dialect: which request is for which operation. Paths must be exact: a slash, case or escape more is another path,
 * for which an upstream may have another operation.
 */
import type { Dialect, Operation } from "../../../domain/dialect.ts";
import { countTokens, dialect, messages } from "./operations.ts";

const posted: ReadonlyMap<string, Operation> = new Map([
  ["/v1/messages", messages],
  ["/v1/messages/count_tokens", countTokens],
]);

export function createAnthropic(): Dialect {
  return {
    id: dialect,
    operations: [...posted.values()],
    match: ({ method, path }) => (method === "POST" ? (posted.get(path) ?? null) : null),
  };
}
