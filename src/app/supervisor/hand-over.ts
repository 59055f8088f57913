/**
 * What supervisor and serving process tell each other: down, in a variable, why it was started; up, in a message, that it
 * serves. Pure, and light: a supervisor loads this file and little more. What it reads comes from its own kind; anything else
 * in its place counts as nothing said.
 */
import type { LogLevel } from "../../domain/log-level.ts";
import { type RestartHistory, restartReasons } from "../../domain/restart.ts";

/** Set for a serving process that has a supervisor. */
export const handOverVariable = "SALLYPORT_SUPERVISED";

/** What it is told of those before it; `null`: it is the first. */
export type HandOver = { readonly history: RestartHistory | null };

export type Served = { readonly kind: "served"; readonly logLevel: LogLevel };

export const writeHandOver = (handOver: HandOver): string => JSON.stringify(handOver);

/** `null`: none of ours. */
export function readHandOver(text: string | undefined): HandOver | null {
  const read = parsed(text ?? "");
  return isObject(read) && "history" in read ? { history: historyIn(read["history"]) } : null;
}

export const isServed = (message: unknown): message is Served => isObject(message) && message["kind"] === "served";

function historyIn(value: unknown): RestartHistory | null {
  if (!isObject(value) || !isObject(value["counts"]) || typeof value["endedAtMs"] !== "number") return null;
  const last = restartReasons.find((reason) => reason === value["last"]);
  if (last === undefined) return null;
  const said = value["counts"];
  const counts = Object.fromEntries(
    restartReasons.flatMap((reason) => {
      const count = said[reason];
      return typeof count === "number" && count > 0 ? [[reason, count]] : [];
    }),
  );
  return { counts, last, endedAtMs: value["endedAtMs"] };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
