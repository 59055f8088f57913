/** YAML bytes to a policy's parts, each with its place. Reports every mistake of form; compile.ts adds those of sense. */
import type { Mistake } from "../domain/policy.ts";
import { type Path, readDocument, type SourceTree } from "./document.ts";
import { checkValue } from "./explain.ts";
import { type PolicyHead, policyHead, type RuleSource, ruleSource } from "./source.ts";

/** `null` marks a part whose form is wrong; its mistakes are listed. Rules keep their index in the file. */
export type Reading = {
  readonly tree: SourceTree | null;
  readonly head: PolicyHead | null;
  readonly rules: readonly (RuleSource | null)[];
  readonly mistakes: readonly Mistake[];
};

export function readPolicy(source: Uint8Array): Reading {
  const document = readDocument(source);
  if (!document.ok) return { tree: null, head: null, rules: [], mistakes: document.error };
  return readPolicyTree(document.value);
}

export function readPolicyTree(tree: SourceTree): Reading {
  const mistakes: Mistake[] = [];
  if (tree.value === null) {
    mistakes.push({
      line: 1,
      column: 1,
      message: "the file is empty; a policy begins with kind: Policy and version: 1",
    });
    return { tree, head: null, rules: [], mistakes };
  }
  const keep = <T>(result: { ok: true; value: T } | { ok: false; error: readonly Mistake[] }): T | null => {
    if (result.ok) return result.value;
    mistakes.push(...result.error);
    return null;
  };
  const head = keep(checkValue(policyHead, tree));
  const rules = rulePaths(tree, head).map((path) => keep(checkValue(ruleSource, tree, path)));
  return { tree, head, rules, mistakes };
}

/** Rules are read even where the head is wrong, unless there are too many. */
function rulePaths(tree: SourceTree, head: PolicyHead | null): Path[] {
  const written =
    typeof tree.value === "object" && tree.value !== null && "rules" in tree.value ? tree.value.rules : [];
  if (!Array.isArray(written)) return [];
  const fewEnough = policyHead.shape.rules.safeParse(written).success;
  return head === null && !fewEnough ? [] : written.map((_, index) => ["rules", index]);
}
