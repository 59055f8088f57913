/** The facts of an exchange as rules read them. Pure. */
import type { ExchangeFacts } from "../domain/facts.ts";
import type { TextKey } from "./source/when-source.ts";

/** Upstreams read a model's name with less care than they write it. */
export const foldModel = (name: string): string => name.trim().toLowerCase();

/** `null`: not known. */
export function factText(key: TextKey, facts: ExchangeFacts): string | null {
  if (key === "model") return facts.model.kind === "named" ? foldModel(facts.model.name) : null;
  const value = facts[key];
  return (key === "dialect" || key === "operation") && value === "unknown" ? null : value;
}
