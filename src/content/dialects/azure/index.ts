/**
 * Azure OpenAI's dialect, where the path names a deployment. Its paths without one (`/openai/v1/...`) are OpenAI's behind a prefix,
 * and are found there. `/openai/responses` is the Responses API of before.
 */
import type { Dialect } from "../../../domain/dialect.ts";
import { createOpenAiResponses } from "../openai-responses/index.ts";
import { dialect, operationNamed, operations } from "./operations.ts";

/** Names of deployments are letters, digits, `.`, `_` and `-`; 64 at most. One of dots alone is none: it leads to another path. */
const path = /^\/openai\/deployments\/(?!\.+\/)([\w.-]{1,64})\/([a-z/]{1,32})$/;

const responses = createOpenAiResponses({ prefixes: [""] });
const prefix = "/openai";

export function createAzure(): Dialect {
  return {
    id: dialect,
    operations,
    match(head) {
      const { method, path: asked } = head;
      if (asked.startsWith(`${prefix}/responses`))
        return responses.match({ ...head, path: `/v1${asked.slice(prefix.length)}` });
      const [, deployment = "", name = ""] = (method === "POST" ? path.exec(asked) : null) ?? [];
      return operationNamed(name, deployment);
    },
  };
}
