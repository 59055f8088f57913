/** The wire formats that this build knows, in the shape that exchanges ask for. */
import { createDescribed } from "../content/described/index.ts";
import { createMcp } from "../content/dialects/mcp/index.ts";
import { createDialects, findOperation } from "../content/index.ts";
import { anyJson, readPlainText } from "../content/generic/index.ts";
import type { Dialect } from "../domain/dialect.ts";
import type { DialectPaths } from "../domain/described.ts";
import type { Policy } from "../domain/policy.ts";
import type { Formats } from "../exchange/reading.ts";

export function createFormats(): Formats {
  const dialects = createDialects();
  /** Made once for each policy. A dialect of its own goes before those of the program: its author knows the server. */
  const made = new WeakMap<Policy["dialects"], readonly Dialect[]>();
  const ownOf = (described: Policy["dialects"]): readonly Dialect[] => {
    const known = made.get(described) ?? described.map(createDescribed);
    made.set(described, known);
    return known;
  };
  const placed = new WeakMap<Policy["dialectPaths"], readonly Dialect[]>();
  const placedOf = (paths: Policy["dialectPaths"]): readonly Dialect[] => {
    const known = placed.get(paths) ?? paths.flatMap((one) => placedAt(one, dialects));
    placed.set(paths, known);
    return known;
  };
  return {
    match(head, { coverage, dialects: described, dialectPaths }) {
      const operation =
        findOperation(ownOf(described), head) ??
        findOperation(dialects, head) ??
        findOperation(placedOf(dialectPaths), head);
      return operation === null || (coverage.dialects?.includes(operation.dialect) ?? true) ? operation : null;
    },
    fallback: anyJson,
    readText: readPlainText,
  };
}

/** The dialect where the policy says that it is, too: what stands after a prefix must be a path of its own, exactly. */
function placedAt({ id, paths, prefixes }: DialectPaths, dialects: readonly Dialect[]): readonly Dialect[] {
  if (id === "mcp") return [createMcp({ paths })];
  return dialects
    .filter((dialect) => dialect.id === id)
    .map((dialect) => ({
      ...dialect,
      match(head) {
        for (const prefix of prefixes) {
          if (!head.path.startsWith(`${prefix}/`)) continue;
          const operation = dialect.match({ ...head, path: head.path.slice(prefix.length) });
          if (operation !== null) return operation;
        }
        return null;
      },
    }));
}
