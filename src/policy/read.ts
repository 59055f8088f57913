/**
 * YAML bytes to the parts of a policy's file, each with its place. Reports every mistake of form; compile/ adds those of
 * sense. Reads one file: what it includes is files.ts's.
 */
import type * as z from "zod";
import type { Mistake } from "../domain/policy.ts";
import type { Result } from "../stdx/result.ts";
import { type Path, readDocument, shorten, type SourceTree } from "./document.ts";
import { checkValue } from "./explain.ts";
import { suggestion } from "./nearest.ts";
import {
  type PartHead,
  partHead,
  type PolicyHead,
  policyHead,
  policyVersion,
  type TenantHead,
  tenantHead,
} from "./source.ts";
import { type ExceptionSource, exceptionSource } from "./source/exception-source.ts";
import { type RuleSource, ruleSource, tenantRuleSource } from "./source/rule-source.ts";

export type FileKind = "Policy" | "PolicyPart" | "TenantPolicy";
type Heads = { readonly Policy: PolicyHead; readonly PolicyPart: PartHead; readonly TenantPolicy: TenantHead };
/** `null`: its form is wrong, and the mistakes are listed. */
export type Head = { [K in FileKind]: { readonly kind: K; readonly head: Heads[K] | null } }[FileKind];

/** `null` marks a part whose form is wrong; its mistakes are listed. Parts keep their index in the file. */
export type Reading = {
  readonly tree: SourceTree | null;
  /** `null` where the file does not say what it is. */
  readonly head: Head | null;
  readonly rules: readonly (RuleSource | null)[];
  readonly exceptions: readonly (ExceptionSource | null)[];
  readonly mistakes: readonly Mistake[];
};

/** What bytes say as YAML; the error holds every mistake of form. */
export type ReadDocument = (source: Uint8Array) => Result<SourceTree, readonly Mistake[]>;

/** `kinds`: what the file may be, where it is named. */
export function readPolicyFile(
  source: Uint8Array,
  kinds: readonly FileKind[],
  documentOf: ReadDocument = readDocument,
): Reading {
  const document = documentOf(source);
  return document.ok ? readPolicyTree(document.value, kinds) : nothingRead(null, document.error);
}

export function readPolicyTree(tree: SourceTree, kinds: readonly FileKind[]): Reading {
  const begin = `begin it with kind: ${kinds.join(" or ")} and version: 1`;
  if (tree.value === null) return nothingRead(tree, [{ line: 1, column: 1, message: `the file is empty; ${begin}` }]);
  const kind = kindOf(tree, kinds);
  if (kind === null) {
    const written = member(tree.value, "kind");
    if (typeof tree.value !== "object" || kinds.length === 1 || written === undefined)
      return read(tree, kinds[0] ?? "Policy");
    const wrong =
      typeof written === "string"
        ? `kind must be ${kinds.join(" or ")} here, not "${shorten(written)}"${suggestion(written, kinds)}`
        : `kind must be ${kinds.join(" or ")}`;
    return nothingRead(tree, [{ ...tree.placeOf(["kind"]), message: wrong }]);
  }
  return read(tree, kind);
}

function read(tree: SourceTree, kind: FileKind): Reading {
  const foreign = foreignVersion(tree);
  if (foreign !== null) return nothingRead(tree, [foreign]);
  const mistakes: Mistake[] = [];
  const keep = <T>(result: Result<T, readonly Mistake[]>): T | null => {
    if (result.ok) return result.value;
    mistakes.push(...result.error);
    return null;
  };
  const head = headOf(kind, tree, keep);
  const partsOf = <T extends z.ZodType>(key: string, schema: T): (z.output<T> | null)[] =>
    paths(tree, key, head.head !== null).map((path) => keep(checkValue(schema, tree, path)));
  const rules = partsOf("rules", kind === "TenantPolicy" ? tenantRuleSource : ruleSource);
  const exceptions = partsOf("exceptions", exceptionSource);
  return { tree, head, rules, exceptions, mistakes };
}

function headOf(kind: FileKind, tree: SourceTree, keep: <T>(result: Result<T, readonly Mistake[]>) => T | null): Head {
  switch (kind) {
    case "Policy":
      return { kind, head: keep(checkValue(policyHead, tree)) };
    case "PolicyPart":
      return { kind, head: keep(checkValue(partHead, tree)) };
    case "TenantPolicy":
      return { kind, head: keep(checkValue(tenantHead, tree)) };
  }
}

const nothingRead = (tree: SourceTree | null, mistakes: readonly Mistake[]): Reading => ({
  tree,
  head: null,
  rules: [],
  exceptions: [],
  mistakes,
});

function kindOf(tree: SourceTree, kinds: readonly FileKind[]): FileKind | null {
  const written = member(tree.value, "kind");
  return kinds.find((kind) => kind === written) ?? null;
}

function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** Parts are read even where the head is wrong, unless there are too many. */
function paths(tree: SourceTree, key: string, headIsGood: boolean): Path[] {
  const written = member(tree.value, key);
  if (!Array.isArray(written)) return [];
  const list = key === "rules" ? policyHead.shape.rules : policyHead.shape.exceptions;
  return headIsGood || list.safeParse(written).success ? written.map((_, index) => [key, index]) : [];
}

/** A version that another program reads: nothing else of the file is guessed. `null` where it is ours, or no number. */
function foreignVersion(tree: SourceTree): Mistake | null {
  const version = member(tree.value, "version");
  if (typeof version !== "number" || version === policyVersion) return null;
  const what =
    Number.isInteger(version) && version > policyVersion
      ? "it was written for a newer program: take that program, or write the policy as docs/policy.md tells"
      : "no such version was ever in use: write version: 1 and check the file against docs/policy.md";
  const message = `version ${version} cannot be read here, only version ${policyVersion}; ${what}`;
  return { ...tree.placeOf(["version"]), message };
}
