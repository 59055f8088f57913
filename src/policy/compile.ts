/**
 * Policy files to one checked, frozen Policy. Applies the defaults that the files write; the only defaults of its own are
 * harmless ones (all kinds, whole words, region), named beside the schemas. Pure: what day it is, the digest, the files and
 * the engine for expressions are parameters.
 */
import type { Mistake, Policy, PolicyException, Rule } from "../domain/policy.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import { checkCoverage } from "./compile/coverage.ts";
import { refusedBy } from "./compile/refused.ts";
import { compileFile, type PlacedException, type PlacedRule } from "./compile/base.ts";
import { compileDialects } from "./compile/dialects.ts";
import { noteInto } from "./compile/note.ts";
import { checkPromptRules } from "./compile/prompt-rules.ts";
import type { CompiledRule } from "./compile/rule.ts";
import { tenantTest } from "./compile/scope.ts";
import { compileTenant, type Tenant } from "./compile/tenant.ts";
import { type SourceTree, sorted } from "./document.ts";
import { type FileSet, loadFiles, type PolicyFile, type ReadFile, singleFile } from "./files.ts";
import { suggestion } from "./nearest.ts";
import { type FileKind, type ReadDocument, readPolicyFile, readPolicyTree } from "./read.ts";
import { reportOf } from "./source/report-source.ts";
import { defaultPolicyName, rulesMax } from "./source.ts";
import { tenantId } from "./tenant-id.ts";
import type { PolicyTools } from "./tools.ts";

export type { KnownModel, PolicyTools } from "./tools.ts";
export type { ReadFile } from "./files.ts";
export type { ReadDocument } from "./read.ts";

/** Lower-case hex of the SHA-256 of the bytes. */
export type Sha256Hex = (bytes: Uint8Array) => string;

/** Where and when a policy is compiled. */
export type CompileParts = {
  readonly main: { readonly path: string; readonly bytes: Uint8Array };
  readonly readFile: ReadFile;
  /** What a file's bytes say; `readDocument` where left out. */
  readonly document?: ReadDocument;
  readonly tools: PolicyTools;
  /** Seconds since the Unix epoch. */
  readonly nowS: number;
  /** An exception that is out of date is a mistake, or is left out and told in the notices: a start must not fail on it. */
  readonly expired: "mistake" | "skip";
};

export type PolicySet = {
  readonly policy: Policy;
  /** Paths of all files, the main one first. */
  readonly files: readonly string[];
  /** Worth a line in the log: exceptions that were left out. */
  readonly notices: readonly Mistake[];
};
/** `files`: also those that could not be read, so that their return can be watched for. */
export type PolicyFault = { readonly mistakes: readonly Mistake[]; readonly files: readonly string[] };

/** The error lists every mistake, file by file in reading order. */
export async function compilePolicySet(parts: CompileParts): Promise<Result<PolicySet, PolicyFault>> {
  const set = await loadFiles(parts.main, parts.readFile, parts.document);
  const { policy, mistakes, notices } = compileSet(set, parts.tools, parts.nowS, parts.expired);
  if (policy === null) return err({ mistakes: sortedByFile(mistakes, set.paths), files: set.paths });
  return ok({ policy, files: set.paths, notices });
}

/** A policy in one file. The error lists every mistake, in reading order. */
export function compilePolicy(
  source: Uint8Array,
  sha256Hex: Sha256Hex,
  tools: PolicyTools = withoutEngine(sha256Hex),
): Result<Policy, readonly Mistake[]> {
  const reading = readPolicyFile(source, ["Policy"]);
  const { policy, mistakes } = compileSet(singleFile(source, reading), tools, 0, "skip");
  const alone = [...mistakes, ...refuseOthers(reading)];
  return policy === null || alone.length > 0 ? err(sorted(alone)) : ok(policy);
}

/** All mistakes of one document already read, of any of a policy's kinds. What it includes is not looked at. */
export function checkPolicy(tree: SourceTree, tools: PolicyTools = unread): readonly Mistake[] {
  const kinds: readonly FileKind[] = ["Policy", "PolicyPart", "TenantPolicy"];
  const reading = readPolicyTree(tree, kinds);
  const { mistakes } = compileSet(singleFile(new Uint8Array(), reading), tools, 0, "skip");
  return sorted(mistakes);
}

/** Every expression is refused: for policies of one file that have none. */
const withoutEngine = (sha256Hex: Sha256Hex): PolicyTools => ({
  sha256Hex,
  checkPattern: () => null,
  linearMatcher: () => err("no engine for it is at hand here"),
  known: null,
  cellsOf: () => [],
  models: null,
});
/** Expressions are taken unread. Only for looking for mistakes: what is compiled with it is thrown away. */
const unread: PolicyTools = {
  sha256Hex: () => "",
  checkPattern: () => null,
  linearMatcher: () => ok({ test: () => true }),
  known: null,
  cellsOf: () => [],
  models: null,
};

type Outcome = {
  /** `null` where there are mistakes. */
  readonly policy: Policy | null;
  readonly mistakes: readonly Mistake[];
  readonly notices: readonly Mistake[];
};

function compileSet(set: FileSet, given: PolicyTools, nowS: number, expired: CompileParts["expired"]): Outcome {
  const mistakes: Mistake[] = [...set.mistakes];
  const main = set.base.at(-1);
  const { described: dialects, paths: dialectPaths } = dialectsOf(main, given, mistakes);
  const tools = withDialects(given, dialects);
  const notices: Mistake[] = [];
  const ids = { rules: new Map(), exceptions: new Map() };
  const base = set.base.map((file) => compileFile(file, tools, ids, mistakes));
  const rules = new Map(base.flatMap((each) => each.rules).map((each) => [each.rule.id, each]));
  const tenants = set.tenants.map(({ tenant, file }) => compileTenant(tenant, file, rules, ids, tools, mistakes));
  const ofBase = base.flatMap((each) => each.exceptions);
  if (set.isWhole) {
    checkNamed(ofBase, ids.rules, mistakes);
    checkPromptRules([...rules.values()], ofBase, tenants, ids.rules);
  }
  const exceptions = [
    ...ofBase.map((each) => tenants.reduce(withOverrides, each)),
    ...tenants.flatMap((tenant) => tenant.exceptions.map((each) => withOverrides(each, tenant))),
  ].filter((each) => isInForce(each, nowS, expired === "mistake" ? { mistakes } : { notices }));
  const all = assemble([...rules.values()], tenants);
  const head = main?.reading.head;
  if (all.length > rulesMax && main?.reading.tree) {
    const note = noteInto(mistakes, main.reading.tree, null, ["rules"]);
    note([], `all files together have ${all.length} rules, of at most ${rulesMax}; join some`);
  }
  if (set.isWhole && main?.reading.tree && head?.kind === "Policy" && head.head !== null && tools.known !== null) {
    const { defaults, coverage = {} } = head.head;
    checkCoverage(
      {
        source: coverage,
        refuses: refusedBy(defaults.onUnjudged),
        onUnreadable: defaults.onUnreadable,
        rules: all.map(({ rule }) => rule),
      },
      tools.known.cells,
      noteInto(mistakes, main.reading.tree, null, []),
      (id) => rules.get(id)?.noteInto(mistakes) ?? null,
    );
  }
  if (mistakes.length > 0 || head?.kind !== "Policy" || head.head === null) return { policy: null, mistakes, notices };
  const policy: Policy = {
    version: `${head.head.name ?? defaultPolicyName}@${digestOf(set, tools).slice(0, 12)}`,
    onUnreadable: head.head.defaults.onUnreadable,
    refuses: refusedBy(head.head.defaults.onUnjudged),
    coverage: { dialects: head.head.coverage?.dialects ?? null },
    dialects,
    dialectPaths,
    rules: all.map(({ rule }) => rule),
    exceptions: exceptions.map(({ exception }) => exception),
    report: reportOf(head.head.report),
    headers: [...new Set([...all, ...exceptions].flatMap(({ headers }) => headers))].sort(),
  };
  return { policy: freeze(policy), mistakes, notices };
}

function dialectsOf(
  main: PolicyFile | undefined,
  { known }: PolicyTools,
  mistakes: Mistake[],
): ReturnType<typeof compileDialects> {
  const { head = null, tree = null } = main?.reading ?? {};
  if (main === undefined || tree === null || head?.kind !== "Policy" || head.head === null)
    return { described: [], paths: [] };
  const note = noteInto(mistakes, tree, main.label, ["dialects"]);
  return compileDialects(head.head.dialects, known?.dialects ?? [], note);
}

/** Rules may ask for them as for those of the program. */
function withDialects(tools: PolicyTools, described: Policy["dialects"]): PolicyTools {
  const { known, cellsOf } = tools;
  if (known === null || described.length === 0) return tools;
  const operations = described.flatMap((dialect) => dialect.operations.map(({ id }) => id));
  return {
    ...tools,
    known: {
      dialects: [...known.dialects, ...described.map(({ id }) => id)],
      operations: [...known.operations, ...operations],
      cells: [...known.cells, ...described.flatMap(cellsOf)],
    },
  };
}

/** The base's rules in their order, each followed by those that stand in for it; then what tenants add. */
function assemble(base: readonly PlacedRule[], tenants: readonly Tenant[]): readonly CompiledRule[] {
  return [
    ...base.flatMap(({ rule, headers, named }): CompiledRule[] => {
      const changed = tenants.filter(({ overrides }) => overrides.has(rule.id));
      if (changed.length === 0) return [{ rule, headers, named }];
      const others = tenantTest(new Set(changed.map(({ name }) => name)), false, "holds");
      const { roles = null, places = null, tests = [] } = rule.scope ?? {};
      const rest: Rule = { ...rule, scope: { roles, places, tests: [others, ...tests] } };
      return [{ rule: rest, headers, named }, ...changed.flatMap(({ overrides }) => overrides.get(rule.id) ?? [])];
    }),
    ...tenants.flatMap(({ rules }) => rules),
  ];
}

/** The rules that an exception names must be there. */
function checkNamed(
  exceptions: readonly PlacedException[],
  ids: ReadonlyMap<string, unknown>,
  mistakes: Mistake[],
): void {
  for (const { source, noteInto: into } of exceptions) {
    for (const [index, id] of (source.rules ?? []).entries()) {
      if (ids.has(id)) continue;
      into(mistakes)(["rules", index], `there is no rule "${id}"${suggestion(id, [...ids.keys()]) || "; remove it"}`);
    }
  }
}

/** What counts for a rule counts for what a tenant made of it. */
function withOverrides(placed: PlacedException, { name, overrides }: Tenant): PlacedException {
  const { exception } = placed;
  if (exception.rules === null) return placed;
  const more = exception.rules.filter((id) => overrides.has(id)).map((id) => tenantId(id, name));
  const changed: PolicyException = { ...exception, rules: [...exception.rules, ...more] };
  return { ...placed, exception: changed };
}

function isInForce(
  { exception, source, noteInto: into }: PlacedException,
  nowS: number,
  lists: { readonly mistakes: Mistake[] } | { readonly notices: Mistake[] },
): boolean {
  if (exception.expiresS > nowS) return true;
  const ended = `the exception "${source.id}" ended on ${source.expires}`;
  if ("mistakes" in lists)
    into(lists.mistakes)(["expires"], `${ended}; remove it, or agree on a new day with its owner`);
  else into(lists.notices)(["expires"], `${ended} and does not count`);
  return false;
}

/** Of one file, its own; of several, of all their names and digests. */
function digestOf(set: FileSet, { sha256Hex }: PolicyTools): string {
  const files = [...set.base, ...set.tenants.map(({ file }) => file)];
  const [only] = files;
  if (only !== undefined && files.length === 1) return sha256Hex(only.bytes);
  const lines = files.map(({ name, bytes }) => `${sha256Hex(bytes)} ${name}\n`);
  return sha256Hex(new TextEncoder().encode(lines.join("")));
}

function refuseOthers({ tree, head }: ReturnType<typeof readPolicyFile>): readonly Mistake[] {
  if (tree === null || head?.kind !== "Policy") return [];
  const mistakes: Mistake[] = [];
  for (const key of ["include", "tenants"] as const) {
    if (head.head?.[key] === undefined) continue;
    noteInto(mistakes, tree, null, [key])([], `${key} needs the file's place; name this policy by its path`);
  }
  return mistakes;
}

function sortedByFile(mistakes: readonly Mistake[], paths: readonly string[]): readonly Mistake[] {
  const files = [undefined, ...paths.slice(1)];
  return files.flatMap((file) =>
    sorted(mistakes.filter((each) => each.file === file)).map((each) =>
      file === undefined ? each : { ...each, file },
    ),
  );
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) freeze(member);
  }
  return value;
}
