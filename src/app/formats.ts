/** The wire formats that this build knows, in the shape that exchanges ask for. */
import { createDialects, findOperation } from "../content/index.ts";
import { anyJson, readPlainText } from "../content/generic/index.ts";
import type { Formats } from "../exchange/reading.ts";

export function createFormats(): Formats {
  const dialects = createDialects();
  return {
    match(head, { coverage }) {
      const operation = findOperation(dialects, head);
      return operation === null || (coverage.dialects?.includes(operation.dialect) ?? true) ? operation : null;
    },
    fallback: anyJson,
    readText: readPlainText,
  };
}
