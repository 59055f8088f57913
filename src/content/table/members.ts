/** What a spec asks of an object's members before they are read. */
import { fold, type ObjectSpec, type Spec } from "./spec.ts";
import { type JsonNode, type JsonObject, lastMember } from "../json/parse.ts";
import { indexOf, laneName } from "./here.ts";
import { lastString } from "./roles.ts";

export function caseOf(spec: Extract<Spec, { kind: "variant" }>, node: JsonObject): Spec {
  const named = lastString(node, spec.key);
  return named === null ? spec.absent : (spec.cases.get(spec.naming?.(named) ?? named) ?? spec.otherwise);
}

/** Readers differ in which of several keys counts, so each may take another case. Of a role the object itself says so. */
export const isToldOnce = ({ members }: JsonObject, name: string): boolean =>
  name === "role" ||
  members.every(
    ({ key, shadowed }) => key.length !== name.length || (key === name ? !shadowed : fold(key) !== fold(name)),
  );

export const isTrue = (node: JsonNode, key: string): boolean => {
  const member = lastMember(node, key);
  return member?.kind === "literal" && member.value === true;
};

/** The part of a lane's name that an object's own members tell. */
export function numbers(node: JsonObject, { numbered }: ObjectSpec): string {
  if (numbered === null) return "";
  const { as, by, named } = numbered;
  const indexes = by.map((key) => indexOf(lastMember(node, key)) ?? 0);
  return `${[as, ...indexes, ...(named === undefined ? [] : [laneName(lastString(node, named))])].join("/")}/`;
}

export const isEmpty = (node: JsonNode): boolean => isNull(node) || (node.kind === "list" && node.items.length === 0);
const isNull = (node: JsonNode): boolean => node.kind === "literal" && node.value === null;
