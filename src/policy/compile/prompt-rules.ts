/** Rules of the reply that ask whether one of the prompt matched: what they name must be there, and be able to match. Pure. */
import type { Rule } from "../../domain/policy.ts";
import { suggestion } from "../nearest.ts";
import { writtenId } from "../tenant-id.ts";
import type { Named } from "./scope.ts";
import type { Tenant } from "./tenant.ts";

type Naming = { readonly rule: Rule; readonly named: Named | null };
type Excepting = { readonly named: Named | null };
type Known = {
  /** As files write them, also of rules whose form is wrong. */
  readonly ids: ReadonlySet<string>;
  /** By the id as it is written: the rule, and what tenants made of it. */
  readonly rules: ReadonlyMap<string, readonly Rule[]>;
};

/** `ids`: of the base's rules, also of those whose form is wrong. Tenants may name the base's rules and their own. */
export function checkPromptRules(
  base: readonly Naming[],
  exceptions: readonly Excepting[],
  tenants: readonly Tenant[],
  ids: ReadonlyMap<string, unknown>,
): void {
  const ofBase: Known = {
    ids: new Set(ids.keys()),
    rules: new Map(
      base.map(({ rule }) => [rule.id, [rule, ...tenants.flatMap((it) => it.overrides.get(rule.id)?.rule ?? [])]]),
    ),
  };
  for (const { rule, named } of base) check(named, ofBase, rule);
  for (const { named } of exceptions) check(named, ofBase, null);
  for (const tenant of tenants) {
    const known: Known = {
      ids: tenant.ids,
      rules: new Map([...ofBase.rules, ...tenant.rules.map(({ rule }) => [writtenId(rule.id), [rule]] as const)]),
    };
    for (const { rule, named } of [...tenant.rules, ...tenant.overrides.values()]) check(named, known, rule);
    for (const { named } of tenant.exceptions) check(named, known, null);
  }
}

/** `rule`: whose condition it is; `null` for an exception. */
function check(named: Named | null, { ids, rules }: Known, rule: Rule | null): void {
  if (named === null) return;
  if (rule?.stages.includes("prompt") === true)
    named.note([], "whether rules of the prompt matched is known when the reply comes; write stage: reply");
  const ofPrompt = [...rules].filter(([, [first]]) => first?.stages.includes("prompt") === true).map(([id]) => id);
  for (const [index, id] of named.ids.entries()) {
    if (!ids.has(id)) named.note([index], `there is no rule "${id}"${suggestion(id, ofPrompt) || "; remove it"}`);
    else if (rules.has(id) && !ofPrompt.includes(id))
      named.note([index], `"${id}" judges replies alone; name a rule that judges prompts`);
  }
  const heard = named.ids.flatMap((id) => rules.get(id) ?? []);
  if (rule !== null && !rule.shadow && heard.length > 0 && heard.every(({ shadow }) => shadow))
    named.note(
      [],
      "what rules in shadow match counts for rules in shadow alone; write shadow: true here, or not there",
    );
}
