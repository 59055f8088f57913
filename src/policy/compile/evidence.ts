/** From the texts that a policy names as evidence to where they stand. Pure. */
import { defaultEvidence, defaultMarkedRoles, type EvidenceSpec, evidenceKinds } from "../../domain/policy.ts";
import { type Role, roles } from "../../domain/segment.ts";
import type { EvidenceSource } from "../source/evidence-source.ts";
import type { Note } from "./note.ts";

type Named = Exclude<EvidenceSource[number], string>;

const pointerStepsMax = 32;

/** Where a rule says nothing of it, the usual texts. */
export function compileEvidence(source: EvidenceSource | undefined): EvidenceSpec {
  if (source === undefined) return defaultEvidence;
  const named = source.filter((each): each is Named => typeof each !== "string");
  return {
    kinds: evidenceKinds.filter((kind) => source.includes(kind)),
    paths: once(named.flatMap(({ path }) => (path === undefined ? [] : [stepsOf(path)]))),
    marked: once(
      named.flatMap(({ between, role }) =>
        between === undefined ? [] : [{ open: between[0] ?? "", close: between[1] ?? "", roles: rolesOf(role) }],
      ),
    ),
  };
}

export function checkEvidence(source: EvidenceSource | undefined, note: Note): void {
  for (const [index, each] of (source ?? []).entries()) {
    if (typeof each === "string") continue;
    const { path, between, role } = each;
    if ((path === undefined) === (between === undefined))
      note([index], "must hold either path or between; write one entry for each");
    if (between?.length === 1)
      note([index, "between"], "needs two marks; write the one before and the one behind: [<context>, </context>]");
    if (path !== undefined && role !== undefined)
      note([index, "role"], "a path says where its texts stand; remove role, or write between");
    if (path !== undefined && stepsOf(path).length > pointerStepsMax)
      note(
        [index, "path"],
        `a path of more than ${pointerStepsMax} steps; write a shorter one, what stands below counts`,
      );
  }
}

const rolesOf = (role: Named["role"]): readonly Role[] => {
  const wanted: readonly Role[] = role === undefined ? defaultMarkedRoles : [role].flat();
  return roles.filter((each) => wanted.includes(each));
};

const stepsOf = (pointer: string): readonly (string | null)[] =>
  pointer
    .slice(1)
    .split("/")
    .map((step) => (step === "*" ? null : step.replaceAll("~1", "/").replaceAll("~0", "~")));

const once = <T>(list: readonly T[]): readonly T[] => [
  ...new Map(list.map((each) => [JSON.stringify(each), each])).values(),
];
