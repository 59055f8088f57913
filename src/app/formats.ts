/** The wire formats that this build knows, in the shape that exchanges ask for. */
import { createDialects, findOperation } from "../content/index.ts";
import { anyJson, readPlainText } from "../content/generic/index.ts";
import type { Formats } from "../exchange/reading.ts";

export function createFormats(): Formats {
  const dialects = createDialects();
  return {
    match: (head) => findOperation(dialects, head),
    fallback: anyJson,
    readText: readPlainText,
  };
}
