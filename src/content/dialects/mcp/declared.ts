/**
 * What a request says of the reply that it wants, and which requests a body holds: answers must name them. Tools are offered by the
 * server, in other exchanges; no request names any.
 */
import type { Declared } from "../../../domain/dialect.ts";
import { type JsonNode, lastMember } from "../../json/parse.ts";
import { isToken } from "../../table/shapes.ts";

export const declared: Declared = { tools: [], otherTools: true, replySchema: null };

/** A request that waits for an answer. `id`: a number or a short token. */
export type Asking = {
  readonly id: number | string;
  /** A result may say that the tool failed. */
  readonly form: "tool-result" | "any";
};
/** What one body asks; a batch is answered by a list. */
export type Askings = { readonly batch: boolean; readonly requests: readonly Asking[] };

/** Of more in one batch none is named. */
export const requestsMax = 256;

/** As JSON text; `null` where nothing waits for an answer, or its id is no short token. */
export function echoOf(root: JsonNode): string | null {
  const batch = root.kind === "list";
  const bodies = batch ? root.items : [root];
  if (bodies.length > requestsMax) return null;
  const requests = bodies.flatMap((body) => askingIn(body) ?? []);
  return requests.length === 0 ? null : JSON.stringify({ batch, requests } satisfies Askings);
}

/** Of an echo of ours; `null` where there is none. */
export const askingsOf = (echo: string | null): Askings | null =>
  echo === null ? null : (JSON.parse(echo) as Askings);

function askingIn(message: JsonNode): Asking | null {
  const method = lastMember(message, "method");
  const id = idOf(message);
  if (method?.kind !== "string" || id === null) return null;
  const params = lastMember(message, "params");
  // The answer to a call that is to run as a task is that task.
  const isTask = params !== null && lastMember(params, "task") !== null;
  return { id, form: method.value === "tools/call" && !isTask ? "tool-result" : "any" };
}

/** `null`: it has none that an answer may name. */
export function idOf(message: JsonNode): number | string | null {
  const id = lastMember(message, "id");
  if (id?.kind === "number") return Number.isSafeInteger(id.value) ? id.value : null;
  return id?.kind === "string" && id.value !== "" && isToken(id.value) ? id.value : null;
}
