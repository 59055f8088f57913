/** Azure's operations: OpenAI's forms, with the deployment in the path for a model. */
import type { Extraction, Operation } from "../../../domain/dialect.ts";
import type { Unreadable } from "../../../domain/verdict.ts";
import type { Steps } from "../../../stdx/paced.ts";
import { ok, type Result } from "../../../stdx/result.ts";
import { formOperations } from "../openai/forms.ts";
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

/** What stands behind the deployment in the path; `null` where no operation is of that name. Audio and images are OpenAI's. */
export function operationNamed(name: string, deployment: string): Operation | null {
  const found = named.get(name);
  if (found !== undefined) return { ...found.operation, readRequest: requestReader(found.row, { model: deployment }) };
  const form = /^(audio|images)\//.test(name) ? formOperations.get(`/v1/${name}`) : undefined;
  return form === undefined ? null : ofDeployment(form, deployment);
}

function ofDeployment(form: Operation, model: string): Operation {
  const { readForm, readRequest } = form;
  return {
    ...form,
    readRequest: (body, asked) => withModel(readRequest(body, asked), model),
    ...(readForm === undefined
      ? {}
      : { readForm: (body, boundary, asked) => withModel(readForm(body, boundary, asked), model) }),
  };
}

type Read = Result<Extraction, Unreadable>;

/** A model that the body names beside the deployment is not looked at there. */
function* withModel(reading: Steps<Read>, model: string): Steps<Read> {
  const read = yield* reading;
  return read.ok ? ok({ ...read.value, model, modelRepeated: false }) : read;
}
