/** The wire formats that this build knows, in the shape that exchanges ask for. */
import { createDescribed } from "../content/described/index.ts";
import { createDialects, findOperation } from "../content/index.ts";
import { anyJson, readPlainText } from "../content/generic/index.ts";
import type { Dialect } from "../domain/dialect.ts";
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
  return {
    match(head, { coverage, dialects: described }) {
      const operation = findOperation(ownOf(described), head) ?? findOperation(dialects, head);
      return operation === null || (coverage.dialects?.includes(operation.dialect) ?? true) ? operation : null;
    },
    fallback: anyJson,
    readText: readPlainText,
  };
}
