/** Whose an object's texts are, as it says itself. */
import { roles } from "../../domain/segment.ts";
import type { JsonObject } from "../json/parse.ts";
import type { Here } from "./here.ts";
import type { ObjectSpec } from "./spec.ts";

type RoleRead = Pick<Here, "role" | "unclear">;

/** Some readers take keys whatever their case, the first or the last; some take any word for a role. */
export function roleOf(node: JsonObject, spec: ObjectSpec, outer: RoleRead): RoleRead {
  if (spec.role !== "own") return { role: spec.role ?? outer.role, unclear: outer.unclear };
  const named = node.members.filter(({ key }) => key.length === "role".length && key.toLowerCase() === "role");
  const told = lastString(node, "role");
  const known = roles.find((role) => role === told) ?? (told === null ? undefined : spec.roleNames.get(told));
  const isOnly = named.length === 0 || (named.length === 1 && named[0]?.key === "role");
  // Who replies is known, whatever it calls itself; but a gateway may be made to say that it is another.
  const isClear =
    outer.role === "none" ? known !== undefined && known !== "none" : known === undefined || known === outer.role;
  return { role: known ?? outer.role, unclear: isOnly && isClear ? outer.unclear : (outer.unclear ?? "role") };
}

/** Of the last member of that name. */
export function lastString(node: JsonObject, key: string): string | null {
  const member = node.members.findLast((candidate) => candidate.key === key);
  return member?.value.kind === "string" ? member.value.value : null;
}
