/** What is known of an exchange by now, as rules ask it. Pure. */
import type { Operation, RequestHead } from "../domain/dialect.ts";
import type { ExchangeFacts, ModelName } from "../domain/facts.ts";
import type { RequestContext } from "./parts.ts";

/** `head`: `null` before it has come; `operation`: `null` where it is unknown. What became of the prompt is not known yet. */
export function factsOf(
  head: RequestHead | null,
  { headers, route, cluster, tenant, principal }: RequestContext,
  operation: Operation | null,
  model: ModelName,
): ExchangeFacts {
  const { method = "", path = "" } = head ?? {};
  const named = { dialect: operation?.dialect ?? "unknown", operation: operation?.id ?? "unknown" };
  return { method, path, headers, route, cluster, tenant, principal, ...named, model, promptRules: null };
}
