/**
 * OpenAI's dialect: which request is for which operation. Paths must be exact: a slash, case or escape more is another
 * path, for which an upstream may have another operation.
 */
import type { Dialect, Operation } from "../../../domain/dialect.ts";
import { formOperations } from "./forms.ts";
import { chatCompletions, completions, dialect, embeddings, models } from "./operations.ts";

export type OpenAiOptions = {
  /** What may stand before `/v1/...`, such as `/openai` or `/api`. By default nothing may. */
  readonly prefixes?: readonly string[];
};

const posted: ReadonlyMap<string, Operation> = new Map([
  ["/v1/chat/completions", chatCompletions],
  ["/v1/completions", completions],
  ["/v1/embeddings", embeddings],
  ...formOperations,
]);

/** Ids may have slashes in them, as in `org/model`. */
const modelPath = /^\/v1\/models(?:\/[\w.:@-]{1,128}){0,4}$/;

export function createOpenAi({ prefixes = [""] }: OpenAiOptions = {}): Dialect {
  return {
    id: dialect,
    operations: [...posted.values(), models],
    match({ method, path }) {
      for (const prefix of prefixes) {
        if (!path.startsWith(prefix)) continue;
        const rest = path.slice(prefix.length);
        const operation =
          method === "POST"
            ? posted.get(rest)
            : (method === "GET" || method === "HEAD") && modelPath.test(rest)
              ? models
              : undefined;
        if (operation !== undefined) return operation;
      }
      return null;
    },
  };
}
