/**
 * JSON text -> a tree with UTF-16 positions. Accepts exactly what JSON.parse accepts, within the limits. Repeated keys
 * are all kept: readers disagree on which one counts, so all are judged.
 */
import type { Unreadable } from "../../domain/verdict.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { defaultJsonLimits, type JsonLimits, measureJson } from "./measure.ts";
import { buildTree, type JsonNode } from "./tree.ts";

export type { JsonMember, JsonNode, JsonObject } from "./tree.ts";

/** `depth`: how many lists and objects are open at one place at the most; 1 for a flat object. */
export type JsonDocument = { readonly root: JsonNode; readonly depth: number };

/** Errors: `too-deep`, `too-many-values`, `not-json` (also for a byte order mark). */
export function parseJson(text: string, limits: JsonLimits = defaultJsonLimits): Result<JsonDocument, Unreadable> {
  const depth = measureJson(text, limits);
  if (!depth.ok) return depth;
  try {
    JSON.parse(text);
  } catch {
    return err("not-json");
  }
  return ok({ root: buildTree(text), depth: depth.value });
}

/** The last member of that name: the one that JSON.parse shows. */
export function lastMember(node: JsonNode, key: string): JsonNode | null {
  if (node.kind !== "object") return null;
  return node.members.findLast((member) => member.key === key)?.value ?? null;
}
