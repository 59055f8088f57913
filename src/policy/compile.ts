/**
 * Policy text to a checked, frozen Policy. Applies the defaults that the file writes; the only defaults of its own are
 * harmless ones (all kinds, whole words, region), named in source.ts. Pure: the digest is a parameter.
 */
import type { Action, DetectSpec, Mistake, Policy, Rule } from "../domain/policy.ts";
import { piiKinds } from "../domain/pii-kinds.ts";
import { secretKinds } from "../domain/secret-kinds.ts";
import { score } from "../domain/score.ts";
import { stages } from "../domain/segment.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import { type SourceTree, sorted } from "./document.ts";
import { type Reading, readPolicy, readPolicyTree } from "./read.ts";
import { regions } from "./regions.ts";
import { defaultPolicyName, defaultRegion, type RuleSource } from "./source.ts";

/** Lower-case hex of the SHA-256 of the bytes. */
export type Sha256Hex = (bytes: Uint8Array) => string;

/** The error lists every mistake, in reading order. */
export function compilePolicy(source: Uint8Array, sha256Hex: Sha256Hex): Result<Policy, readonly Mistake[]> {
  const reading = readPolicy(source);
  const { tree, head } = reading;
  const mistakes = [...reading.mistakes, ...(tree === null ? [] : mistakesOfSense(tree, reading))];
  if (mistakes.length > 0 || head === null) return err(sorted(mistakes));
  const rules = reading.rules.filter((rule) => rule !== null);
  return ok(
    freeze({
      version: `${head.name ?? defaultPolicyName}@${sha256Hex(source).slice(0, 12)}`,
      onUnreadable: head.defaults.onUnreadable,
      rules: rules.map((rule) => compileRule(rule, head.defaults.onUnknown)),
      exceptions: [],
      headers: [],
    }),
  );
}

/** All mistakes of a document already read, for callers that do not need the policy. */
export function checkPolicy(tree: SourceTree): readonly Mistake[] {
  const reading = readPolicyTree(tree);
  return sorted([...reading.mistakes, ...mistakesOfSense(tree, reading)]);
}

function compileRule(source: RuleSource, onUnknown: Rule["onUnknown"]): Rule {
  const detect = compileDetect(source.detect);
  const written = Array.isArray(source.stage) ? source.stage : [source.stage];
  return {
    id: source.id,
    stages: stages.filter((stage) => written.includes(stage)),
    scope: null,
    detect,
    views: [],
    detectKey: JSON.stringify(detect),
    minScore: score(0),
    action: compileAction(source.action),
    shadow: source.shadow ?? false,
    onUnknown: source.onUnknown ?? onUnknown,
  };
}

/** Kinds in the closed lists' order and keywords sorted, each once: equal meanings give equal keys. */
function compileDetect({ secrets, pii, keywords, size }: RuleSource["detect"]): DetectSpec {
  if (secrets !== undefined) {
    return { kind: "secrets", kinds: secretKinds.filter((kind) => secrets.kinds?.includes(kind) ?? true), allow: [] };
  }
  if (pii !== undefined) {
    return {
      kind: "pii",
      kinds: piiKinds.filter((kind) => pii.kinds?.includes(kind) ?? true),
      region: pii.region ?? defaultRegion,
    };
  }
  if (keywords !== undefined) {
    const { list, caseSensitive = false, wholeWords = true } = keywords;
    return { kind: "keywords", list: [...new Set(list)].sort(), caseSensitive, wholeWords };
  }
  const { maxBytes = null, maxCharacters = null, maxMessages = null } = size ?? {};
  return { kind: "size", maxBytes, maxCharacters, maxMessages, maxTokens: null, maxDepth: null };
}

function compileAction(source: RuleSource["action"]): Action {
  if (typeof source === "object") return { kind: "block", form: source.block, status: null, message: null };
  switch (source) {
    case "block":
      return { kind: "block", form: "error", status: null, message: null };
    case "redact":
      return { kind: "redact", style: { kind: "label" } };
    case "flag":
      return { kind: "flag", header: null };
    default:
      return { kind: "allow" };
  }
}

/** What the schema cannot say. Looks only at rules whose form is right, and at ids wherever they are text. */
function mistakesOfSense(tree: SourceTree, reading: Reading): Mistake[] {
  const mistakes = repeatedIds(tree, reading.rules.length);
  for (const [index, rule] of reading.rules.entries()) {
    if (rule === null) continue;
    const add = (path: readonly PropertyKey[], message: string): void => {
      mistakes.push({ ...tree.placeOf(["rules", index, ...path]), message });
    };
    checkDetect(rule.detect, add);
    if (rule.detect.size !== undefined && rule.action === "redact") {
      add(["action"], "a size limit has no text to redact; use flag or block");
    }
  }
  return mistakes;
}

function checkDetect(detect: RuleSource["detect"], add: (path: readonly PropertyKey[], message: string) => void): void {
  const written = Object.keys(detect);
  if (written.length !== 1) {
    const found = written.length === 0 ? "nothing" : written.join(" and ");
    add(
      ["detect"],
      `detect must hold exactly one of secrets, pii, keywords, size, not ${found}; write one rule for each`,
    );
  }
  if (detect.size !== undefined && Object.keys(detect.size).length === 0) {
    add(["detect", "size"], "size needs at least one of maxBytes, maxCharacters, maxMessages");
  }
  const region = detect.pii?.region;
  if (region !== undefined && !regions.includes(region)) {
    add(
      ["detect", "pii", "region"],
      `no phone numbers are known for region "${region}"; use an ISO 3166 code such as US, GB or DE`,
    );
  }
  for (const [index, keyword] of (detect.keywords?.list ?? []).entries()) {
    if (keyword.trim() === "") add(["detect", "keywords", "list", index], "a keyword of white space only; remove it");
    else if (!keyword.isWellFormed())
      add(["detect", "keywords", "list", index], "a keyword with half a character (a lone surrogate)");
  }
}

function repeatedIds(tree: SourceTree, ruleCount: number): Mistake[] {
  const mistakes: Mistake[] = [];
  const lineOf = new Map<string, number>();
  const rules = (tree.value as { rules?: unknown[] } | null)?.rules ?? [];
  for (let index = 0; index < ruleCount; index++) {
    const rule = rules[index];
    const id = typeof rule === "object" && rule !== null && "id" in rule ? rule.id : null;
    if (typeof id !== "string") continue;
    const place = tree.placeOf(["rules", index, "id"]);
    const before = lineOf.get(id);
    if (before === undefined) lineOf.set(id, place.line);
    else
      mistakes.push({
        ...place,
        message: `the id "${id.slice(0, 64)}" stands already on line ${before}; give this rule its own`,
      });
  }
  return mistakes;
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) freeze(member);
  }
  return value;
}
