/**
 * What one tenant changes. Invariant: where the base does not say otherwise a tenant only tightens: its rules add to the
 * base's, and what it changes of one of them can be no weaker. What it changes is a rule of its own, `ID@TENANT`, that
 * stands in for the base's within that tenant alone. Pure.
 */
import { isLooserThan, type Mistake, type Rule, stableOf } from "../../domain/policy.ts";
import { score } from "../../domain/score.ts";
import type { PolicyFile } from "../files.ts";
import { suggestion } from "../nearest.ts";
import type { OverrideSource } from "../source/rule-source.ts";
import { strictness } from "../strictness.ts";
import { tenantId } from "../tenant-id.ts";
import type { PolicyTools } from "../tools.ts";
import { compileAction, headersOf } from "./action.ts";
import { compileFile, type Ids, type PlacedException, type PlacedRule } from "./base.ts";
import { type Note, noteInto, within } from "./note.ts";
import { checkHold, type CompiledRule } from "./rule.ts";
import { compileScope, tenantTest } from "./scope.ts";

export type Tenant = {
  readonly name: string;
  /** Of rules: the base's and its own, also of those whose form is wrong. */
  readonly ids: ReadonlySet<string>;
  /** By the id of the base's rule. */
  readonly overrides: ReadonlyMap<string, CompiledRule>;
  readonly rules: readonly CompiledRule[];
  readonly exceptions: readonly PlacedException[];
};

export function compileTenant(
  tenant: string,
  file: PolicyFile,
  base: ReadonlyMap<string, PlacedRule>,
  ids: { readonly rules: Ids; readonly exceptions: Ids },
  tools: PolicyTools,
  mistakes: Mistake[],
): Tenant {
  const own = { rules: new Map(ids.rules), exceptions: new Map(ids.exceptions) };
  const compiled = compileFile(file, tools, own, mistakes);
  const { tree, head } = file.reading;
  if (tree !== null) refuseHeaders(file, mistakes);
  const overrides = new Map<string, CompiledRule>();
  const written = head?.kind === "TenantPolicy" ? (head.head?.override ?? {}) : {};
  for (const [id, source] of Object.entries(written)) {
    if (tree === null) break;
    const note = noteInto(mistakes, tree, file.label, ["override", id]);
    const of = base.get(id);
    if (of !== undefined) overrides.set(id, overridden(tenant, of, source, tools, note));
    else if (!ids.rules.has(id)) {
      note(
        [],
        `the base has no rule "${id}"${suggestion(id, [...base.keys()]) || "; remove this, or write it as a rule"}`,
      );
    }
  }
  return {
    name: tenant,
    ids: new Set(own.rules.keys()),
    overrides,
    rules: compiled.rules.map((each) => ({ ...each, rule: ofTenant(each.rule, tenant) })),
    exceptions: compiled.exceptions.map((each) => exceptionOf(tenant, each, compiled.rules, base, mistakes)),
  };
}

/** Headers tell routers and models what to do: they are the base's to choose. */
function refuseHeaders(file: PolicyFile, mistakes: Mistake[]): void {
  const { tree, rules } = file.reading;
  for (const [index, rule] of rules.entries()) {
    if (rule === null || tree === null || typeof rule.action === "string") continue;
    if (rule.action.route === undefined && rule.action.flag === undefined) continue;
    noteInto(mistakes, tree, file.label, ["rules", index, "action"])(
      [],
      "a tenant's own rules set no headers; write flag, or let the base have the rule with tenantMayLoosen: true",
    );
  }
}

function overridden(
  tenant: string,
  { rule, source: base, headers }: PlacedRule,
  source: OverrideSource,
  tools: PolicyTools,
  note: Note,
): CompiledRule {
  if (Object.keys(source).length === 0) note([], "write what is different, or remove this");
  const fit = { detect: rule.detect.kind, stages: rule.stages };
  const action =
    source.action === undefined
      ? rule.action
      : (compileAction(source.action, fit, within(note, "action")) ?? rule.action);
  const where = source.when === undefined ? null : compileScope(source.when, "holds", tools, within(note, "when"));
  const changed: Rule = {
    ...rule,
    scope: {
      roles: both(rule.scope?.roles ?? null, where?.scope.roles ?? null),
      places: both(rule.scope?.places ?? null, where?.scope.places ?? null),
      tests: [...(rule.scope?.tests ?? []), ...(where?.scope.tests ?? [])],
    },
    minScore: score(source.minScore ?? rule.minScore),
    action,
    hold: rule.hold || source.hold === "reply",
    shadow: source.shadow ?? rule.shadow,
    onUnknown: source.onUnknown ?? rule.onUnknown,
  };
  if (source.hold === "reply") checkHold(rule.stages, action, note);
  if (base.tenantMayLoosen !== true) {
    for (const [key, how] of loosened(rule, changed, where !== null)) {
      note([key], `${how}; a tenant may only tighten "${rule.id}" unless the base gives it tenantMayLoosen: true`);
    }
  }
  return {
    rule: ofTenant(changed, tenant),
    headers: [...headers, ...(where?.headers ?? []), ...headersOf(action)],
    named: where?.named ?? null,
  };
}

/** Each key that makes the rule weaker, and how. */
function loosened(before: Rule, after: Rule, narrower: boolean): readonly (readonly [keyof OverrideSource, string])[] {
  const found: (readonly [keyof OverrideSource, string])[] = [];
  if (narrower) found.push(["when", "this makes it apply to less"]);
  if (after.minScore > before.minScore) found.push(["minScore", "this lets more findings pass"]);
  if (strictness(after.action) < strictness(before.action)) found.push(["action", "this action is weaker"]);
  else if (dropsHeader(before, after)) found.push(["action", "this leaves out the header that the rule sets"]);
  else if (lastsLonger(before, after)) found.push(["action", "this keeps a text's placeholder from turn to turn"]);
  if (after.shadow && !before.shadow) found.push(["shadow", "in shadow it does not act"]);
  if (isLooserThan(after.onUnknown, before.onUnknown)) {
    found.push(["onUnknown", "this lets pass what could not be judged"]);
  }
  return found;
}

function dropsHeader({ action: before }: Rule, { action: after }: Rule): boolean {
  if ((before.kind !== "flag" && before.kind !== "route") || before.header === null || after.kind === "block")
    return false;
  const header = after.kind === "flag" || after.kind === "route" ? after.header : null;
  return header?.name !== before.header.name || header.value !== before.header.value;
}

/** What keeps its name can be told to be the same by who sees several turns. */
const lastsLonger = ({ action: before }: Rule, { action: after }: Rule): boolean =>
  before.kind === "redact" && stableOf(before) === null && stableOf(after) !== null;

function ofTenant(rule: Rule, tenant: string): Rule {
  const { roles = null, places = null, tests = [] } = rule.scope ?? {};
  const only = tenantTest(new Set([tenant]), true, "holds");
  return { ...rule, id: tenantId(rule.id, tenant), scope: { roles, places, tests: [only, ...tests] } };
}

function both<T>(some: readonly T[] | null, others: readonly T[] | null): readonly T[] | null {
  return some === null || others === null ? (some ?? others) : some.filter((each) => others.includes(each));
}

/** Counts for the tenant's own rules, and for those of the base that allow it; within the tenant alone. */
function exceptionOf(
  tenant: string,
  placed: PlacedException,
  own: readonly PlacedRule[],
  base: ReadonlyMap<string, PlacedRule>,
  mistakes: Mistake[],
): PlacedException {
  const { exception } = placed;
  const note = placed.noteInto(mistakes);
  const ownIds = own.map(({ rule }) => rule.id);
  const open = [...base.values()].filter(({ source }) => source.tenantMayExcept === true).map(({ rule }) => rule.id);
  for (const [index, id] of (placed.source.rules ?? []).entries()) {
    if (ownIds.includes(id) || open.includes(id)) continue;
    if (base.has(id))
      note(
        ["rules", index],
        `a tenant makes no exception from "${id}" unless the base gives it tenantMayExcept: true; remove it here, or change the base`,
      );
    else note(["rules", index], `there is no rule "${id}"${suggestion(id, [...ownIds, ...open]) || "; remove it"}`);
  }
  const wanted = exception.rules ?? [...ownIds, ...open];
  const { roles = null, places = null, tests = [] } = exception.scope ?? {};
  return {
    ...placed,
    exception: {
      ...exception,
      id: tenantId(exception.id, tenant),
      rules: wanted.map((id) => (ownIds.includes(id) ? tenantId(id, tenant) : id)),
      scope: { roles, places, tests: [tenantTest(new Set([tenant]), true, "fails"), ...tests] },
    },
  };
}
