/** All dialects, and which operation a request is for. */
import type { Dialect, Operation, RequestHead } from "../domain/dialect.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import { readMediaType } from "./media-type.ts";
import { createOpenAi, type OpenAiOptions } from "./openai/index.ts";

export type DialectOptions = { readonly openai?: OpenAiOptions };

export function createDialects(options: DialectOptions = {}): readonly Dialect[] {
  return [createOpenAi(options.openai)];
}

/**
 * Errors: `unknown-path`; `content-type` where the path is known but the body says that it is something else than
 * JSON in UTF-8. A body without a content type is read as JSON.
 */
export function matchOperation(
  dialects: readonly Dialect[],
  head: RequestHead,
): Result<Operation, "unknown-path" | "content-type"> {
  for (const dialect of dialects) {
    const operation = dialect.match(head);
    if (operation === null) continue;
    const media = readMediaType(head.contentType);
    return media === "json" || media === "none" ? ok(operation) : err("content-type");
  }
  return err("unknown-path");
}
