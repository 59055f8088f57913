/**
 * The places that a table names, as a list: what the matrix is made of. Goes by the same specs as the walk, so that a place that is
 * read cannot be missing here. What a table holds in several places, of the same roles, is told once.
 */
import type { CoverageLocation } from "../../domain/coverage.ts";
import type { Place, Role, UnjudgedKind } from "../../domain/segment.ts";
import type { ObjectSpec, Spec } from "../table/spec.ts";

export type Leaf = {
  /** A JSON pointer with `*` for items of lists, and `**` for what may stand at any depth below. */
  readonly pattern: string;
  readonly location: CoverageLocation;
  readonly holds: "editable" | "judged" | "not-judged" | "refused";
};

/** Whose texts an object with a role of its own may be, where its table does not say. */
const speakers: readonly Role[] = ["system", "developer", "user", "assistant"];

type At = {
  readonly pattern: string;
  readonly roles: readonly Role[];
  readonly drop: boolean;
  /** What was told of each object. */
  readonly seen: Map<ObjectSpec, Set<string>>;
};

/** `role`: of texts whose object names none. */
export function leavesOf(spec: Spec, role: Role): readonly Leaf[] {
  return [...leaves(spec, { pattern: "", roles: [role], drop: false, seen: new Map() })];
}

function* leaves(spec: Spec, at: At): Generator<Leaf> {
  switch (spec.kind) {
    case "text":
      return yield* texts(spec.place, at, at.drop);
    case "json-value":
      return yield* texts(spec.place, at, at.drop);
    case "tree":
      return yield* texts(spec.place, { ...at, pattern: `${at.pattern}/**` }, at.drop);
    case "growing":
      return yield* texts("other", { ...at, pattern: `${at.pattern}/**` }, at.drop);
    case "url":
      yield* texts(spec.place, at, at.drop);
      if (spec.as !== null) yield notJudged(spec.as, at);
      if (spec.leadsTo !== null) yield* [notJudged(spec.leadsTo, at), notJudged("remote-url", at)];
      return;
    case "media":
    case "reference":
    case "unjudged":
      return yield notJudged(spec.as, at);
    case "counted":
      yield notJudged(spec.as, at);
      return yield* leaves(spec.inner, at);
    case "asked":
      return yield notJudged(spec.as, at);
    case "unreadable":
      return yield {
        pattern: at.pattern,
        location: spec.why === "token-ids" ? "token-ids" : "other",
        holds: "refused",
      };
    case "protocol":
    case "label":
    case "base64":
      return;
    case "list":
      return yield* leaves(spec.items, { ...at, pattern: `${at.pattern}/*`, drop: at.drop || spec.drop });
    case "choice":
      for (const one of [spec.string, spec.number, spec.list, spec.object])
        if (one !== undefined) yield* leaves(one, at);
      return;
    case "flag":
      yield* leaves(spec.whenTrue, at);
      return yield* leaves(spec.otherwise, at);
    case "variant":
      for (const [name, one] of spec.cases) yield* leaves(one, spec.key === "role" ? ofRole(at, name) : at);
      if (spec.absent !== spec.otherwise) yield* leaves(spec.absent, at);
      return yield* leaves(spec.otherwise, at);
    case "said":
      return yield* leaves(spec.inner, { ...at, roles: [spec.by] });
    case "object":
      return yield* members(spec, at);
  }
}

function* members(spec: ObjectSpec, at: At): Generator<Leaf> {
  const told = at.seen.get(spec) ?? new Set();
  at.seen.set(spec, told);
  const way = `${at.roles.join()} ${at.drop}`;
  if (told.has(way)) return;
  told.add(way);
  const roles = rolesOf(spec, at);
  for (const [key, one] of spec.members)
    yield* leaves(one, { ...at, pattern: `${at.pattern}/${key}`, roles, drop: at.drop || spec.drop });
  if (spec.rest !== null)
    yield* leaves(spec.rest, { ...at, pattern: `${at.pattern}/*`, roles, drop: at.drop || spec.drop });
  // What nobody names is judged too. Where texts go with the object alone, so does it.
  if (!at.drop && !spec.drop)
    yield { pattern: `${at.pattern}/**`, location: locationOf(spec.keyPlace, "none"), holds: "editable" };
}

function rolesOf({ role, roleNames }: ObjectSpec, { roles }: At): readonly Role[] {
  if (role === null) return roles;
  if (role !== "own") return [role];
  if (roles[0] !== "none") return roles;
  return roleNames.size > 0 ? [...new Set(roleNames.values())] : speakers;
}

/** A variant by role: the case is for that one. */
const ofRole = (at: At, name: string): At => (name === "tool" || name === "function" ? { ...at, roles: [name] } : at);

function* texts(place: Place, { pattern, roles }: At, drop: boolean): Generator<Leaf> {
  for (const role of place === "content" ? roles : roles.slice(0, 1))
    yield { pattern, location: locationOf(place, role), holds: drop ? "judged" : "editable" };
}

export const locationOf = (place: Place, role: Role): CoverageLocation =>
  place !== "content" ? place : role === "none" ? "text" : `${role}-text`;

const notJudged = (as: UnjudgedKind, { pattern }: At): Leaf => ({ pattern, location: as, holds: "not-judged" });
