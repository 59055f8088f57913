/**
 * The dialect of the Model Context Protocol over streamable HTTP (2025-03-26, 2025-06-18, 2025-11-25). A server has one path for
 * all of its methods, and where that is, is its operator's choice. Paths must be exact.
 */
import type { Dialect, Operation } from "../../../domain/dialect.ts";
import { dialect, leave, listen, send } from "./operations.ts";

export type McpOptions = {
  /** Where servers are. `/mcp` by default. */
  readonly paths?: readonly string[];
};

const byMethod: ReadonlyMap<string, Operation> = new Map([
  ["POST", send],
  ["GET", listen],
  ["DELETE", leave],
]);

export function createMcp({ paths = ["/mcp"] }: McpOptions = {}): Dialect {
  const known: ReadonlySet<string> = new Set(paths);
  return {
    id: dialect,
    operations: [...byMethod.values()],
    match: ({ method, path }) => (known.has(path) ? (byMethod.get(method) ?? null) : null),
  };
}
