/** Which content that nobody reads is refused. */
import { type UnjudgedKind, unjudgedKinds } from "../../domain/segment.ts";

type OnUnjudged = "pass" | "block" | { readonly block: readonly UnjudgedKind[] };

/** `block` leaves tool definitions out: nearly every agent sends some, and a rule that names their place judges them. */
export function refusedBy(onUnjudged: OnUnjudged = "pass"): ReadonlySet<UnjudgedKind> {
  if (onUnjudged === "pass") return new Set();
  if (onUnjudged === "block") return new Set(unjudgedKinds.filter((kind) => kind !== "tool-definition"));
  return new Set(onUnjudged.block);
}
