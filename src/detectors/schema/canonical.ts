/** Equal JSON values have equal canonical texts, whatever the order of their keys and the form of their numbers. */
import type { JsonValue } from "../../stdx/json-value.ts";
import type { Run } from "./run.ts";

/** Writing costs more than looking. */
const stepsPerValue = 3;

/** `null` where the budget is used up. */
export function canonical(run: Run, value: JsonValue): string | null {
  if (!run.spend(stepsPerValue)) return null;
  if (typeof value === "string") return run.spendOn(value) ? JSON.stringify(value) : null;
  if (value === null || typeof value !== "object") return Object.is(value, -0) ? "0" : String(value);
  const parts: string[] = [];
  if (value instanceof Map) {
    for (const key of [...value.keys()].toSorted((a, b) => (a < b ? -1 : 1))) {
      const member = canonical(run, value.get(key) as JsonValue);
      if (member === null || !run.spendOn(key)) return null;
      parts.push(`${JSON.stringify(key)}:${member}`);
    }
    return `{${parts.join(",")}}`;
  }
  for (const item of value as readonly JsonValue[]) {
    const text = canonical(run, item);
    if (text === null) return null;
    parts.push(text);
  }
  return `[${parts.join(",")}]`;
}
