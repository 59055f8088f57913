/** The wire formats that this build knows, in the shape that exchanges ask for. */
import { createDialects } from "../content/index.ts";
import { anyJson, readPlainText } from "../content/generic/index.ts";
import type { Operation, RequestHead } from "../domain/dialect.ts";
import type { Formats } from "../exchange/reading.ts";

export function createFormats(): Formats {
  const dialects = createDialects();
  return {
    match(head: RequestHead): Operation | null {
      for (const dialect of dialects) {
        const operation = dialect.match(head);
        if (operation !== null) return operation;
      }
      return null;
    },
    fallback: anyJson,
    readText: readPlainText,
  };
}
