/** Azure's operations: OpenAI's forms, with the deployment in the path for a model. */
import type { Operation } from "../../../domain/dialect.ts";
import { chatForm, completionForm, embeddingForm, operation, requestReader } from "../openai/operations.ts";

export const dialect = "azure";

const named = new Map(
  Object.entries({
    "chat/completions": { dialect, id: "azure/chat-completions", ...chatForm } as const,
    completions: { dialect, id: "azure/completions", ...completionForm } as const,
    embeddings: { dialect, id: "azure/embeddings", ...embeddingForm } as const,
  }).map(([name, row]) => [name, { row, operation: operation(row) }]),
);

export const operations: readonly Operation[] = [...named.values()].map((each) => each.operation);

/** What stands behind the deployment in the path; `null` where no operation is of that name. */
export function operationNamed(name: string, deployment: string): Operation | null {
  const found = named.get(name);
  return found === undefined
    ? null
    : { ...found.operation, readRequest: requestReader(found.row, { model: deployment }) };
}
