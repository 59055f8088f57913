/**
 * Azure OpenAI's dialect, where the path names a deployment. Its paths without one (`/openai/v1/...`) are OpenAI's behind a prefix,
 * and are found there.
 */
import type { Dialect } from "../../../domain/dialect.ts";
import { dialect, operationNamed, operations } from "./operations.ts";

/** Names of deployments are letters, digits, `.`, `_` and `-`; 64 at most. */
const path = /^\/openai\/deployments\/([\w.-]{1,64})\/([a-z/]{1,32})$/;

export function createAzure(): Dialect {
  return {
    id: dialect,
    operations,
    match({ method, path: asked }) {
      const [, deployment = "", name = ""] = (method === "POST" ? path.exec(asked) : null) ?? [];
      return operationNamed(name, deployment);
    },
  };
}
