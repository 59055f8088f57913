/**
 * Where a rule or an exception applies. Invariant: what is not known of an exchange makes a rule apply and an exception
 * not, so that no gap in what Envoy tells lets content pass. Pure.
 */
import type { RuleMatch, Scope, ScopeTest } from "../../domain/facts.ts";
import { type Place, places, type Role, roles } from "../../domain/segment.ts";
import { compileCondition } from "../condition/condition.ts";
import { factText, foldModel } from "../facts.ts";
import { writtenId } from "../tenant-id.ts";
import { suggestion } from "../nearest.ts";
import { type MatchSource, type TextKey, textKeys, type WhenSource } from "../source/when-source.ts";
import type { PolicyTools } from "../tools.ts";
import { alternativesOf, compileMatch, globFits } from "./match.ts";
import { type Note, within } from "./note.ts";

/** What a test says where its fact is not known. */
export type OnMissing = "holds" | "fails";

/** Rules of the prompt that a rule of the reply names, to be looked for once all rules are known. */
export type Named = { readonly ids: readonly string[]; readonly note: Note };

export type CompiledScope = {
  readonly scope: Scope;
  readonly headers: readonly string[];
  /** `null`: it names none. */
  readonly named: Named | null;
};

/** Notes may come beside a scope. */
export function compileScope(when: WhenSource, onMissing: OnMissing, tools: PolicyTools, note: Note): CompiledScope {
  const holdsUnknown = onMissing === "holds";
  const tests: ScopeTest[] = [];
  const headers: string[] = [];
  for (const key of textKeys) {
    const source = when[key];
    if (source === undefined) continue;
    checkKnown(key, source, tools, within(note, key));
    tests.push(textTest(key, source, holdsUnknown));
  }
  for (const [written, source] of Object.entries(when.header ?? {})) {
    const name = written.toLowerCase();
    if (headers.includes(name)) note(["header", written], `the header ${name} stands here twice; keep one`);
    headers.push(name);
    const matcher = compileMatch(source);
    const negated = typeof source === "object" && !Array.isArray(source);
    tests.push({
      field: `header ${name}`,
      holds: ({ headers: sent }) => {
        const value = sent.get(name);
        return value === undefined ? negated : matcher.fits(value);
      },
    });
  }
  if (when.condition !== undefined) {
    const condition = compileCondition(when.condition, tools);
    if (condition.ok) {
      headers.push(...condition.value.headers);
      tests.push({ field: "condition", holds: (facts) => condition.value.judge(facts) ?? holdsUnknown });
    } else {
      for (const { message, offset } of condition.error) note(["condition"], message, offset);
    }
  }
  const named = namedIn(when, note);
  if (named !== null) tests.push(promptTest(new Set(named.ids), holdsUnknown));
  const scope = { roles: listed(roles, when.role), places: listed(places, when.place), tests };
  return { scope, headers, named };
}

function namedIn({ promptMatched }: WhenSource, note: Note): Named | null {
  if (promptMatched === undefined) return null;
  if (typeof promptMatched === "string")
    return { ids: [promptMatched], note: (path, message) => note(["promptMatched", ...path.slice(1)], message) };
  return { ids: promptMatched, note: within(note, "promptMatched") };
}

/** Rules in shadow act on nothing: what they match is heard by rules in shadow alone. */
function promptTest(ids: ReadonlySet<string>, holdsUnknown: boolean): ScopeTest {
  return {
    field: "promptMatched",
    holds({ promptRules }, shadow) {
      if (promptRules === null) return holdsUnknown;
      const names = (each: RuleMatch): boolean => ids.has(writtenId(each.rule)) && (shadow || !each.shadow);
      return promptRules.matched.some(names) || (holdsUnknown && promptRules.unsure.some(names));
    },
  };
}

/** For one tenant alone, or for all but some. */
export function tenantTest(names: ReadonlySet<string>, among: boolean, onMissing: OnMissing): ScopeTest {
  return {
    field: "tenant",
    holds: ({ tenant }) => (tenant === null ? onMissing === "holds" : names.has(tenant) === among),
  };
}

function textTest(key: TextKey, source: MatchSource, holdsUnknown: boolean): ScopeTest {
  const matcher = key === "model" ? compileMatch(source, foldModel) : compileMatch(source);
  return {
    field: key,
    holds: (facts) => {
      const text = factText(key, facts);
      return text === null ? holdsUnknown : matcher.fits(text);
    },
  };
}

/** What can never fit would leave a rule without force, and nobody would see it. */
function checkKnown(key: TextKey, source: MatchSource, { known: ofProgram }: PolicyTools, note: Note): void {
  const known = key === "dialect" ? ofProgram?.dialects : key === "operation" ? ofProgram?.operations : undefined;
  for (const text of alternativesOf(source)) {
    if (key === "path" && !/^[/*]/.test(text))
      note([], `no path is like "${text}": each begins with /; write /${text}`);
    if (key === "method" && /[a-z]/.test(text)) note([], `no method is called "${text}"; write ${text.toUpperCase()}`);
    if (known === undefined || known.some((each) => globFits(text, each))) continue;
    note([], `no ${key} is called "${text}"${suggestion(text, known) || `; there are ${known.join(", ")}`}`);
  }
}

type Choice<T> = T | readonly T[] | { readonly not: T | readonly T[] };

function listed(all: readonly Role[], choice: Choice<Role> | undefined): readonly Role[] | null;
function listed(all: readonly Place[], choice: Choice<Place> | undefined): readonly Place[] | null;
function listed(all: readonly string[], choice: Choice<string> | undefined): readonly string[] | null {
  if (choice === undefined) return null;
  if (typeof choice === "object" && "not" in choice) {
    const without = typeof choice.not === "string" ? [choice.not] : choice.not;
    return all.filter((each) => !without.includes(each));
  }
  const written = typeof choice === "string" ? [choice] : choice;
  return all.filter((each) => written.includes(each));
}
