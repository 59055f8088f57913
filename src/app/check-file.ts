/** Finds what is wrong with a policy, a part of one, or a configuration, told apart by their `kind`. */
import { checkConfig } from "../config/config.ts";
import type { Mistake } from "../domain/policy.ts";
import { checkPolicy, type PolicyTools } from "../policy/compile.ts";
import { readDocument, shorten, type SourceTree } from "../policy/document.ts";
import { suggestion } from "../policy/nearest.ts";
import { checkCase } from "./policy-case.ts";
import { askedModels } from "./models/asked-models.ts";
import { modelNames, type ModelWords } from "./models/policy-models.ts";
import { policyTools, policyToolsFor } from "./policy-tools.ts";
import { readPolicySet } from "./read-policy.ts";

type Check = (tree: SourceTree, tools: PolicyTools) => readonly Mistake[];
const checkPart: Check = (tree, tools) => checkPolicy(tree, tools);
const checks: ReadonlyMap<string, Check> = new Map([
  ["Policy", checkPart],
  ["PolicyPart", checkPart],
  ["TenantPolicy", checkPart],
  ["Config", checkConfig],
  ["PolicyCase", checkCase],
]);
const kinds = [...checks.keys()];
const wanted = "kind: Policy or kind: Config";

/**
 * As `checkFile`; a policy is checked with all that it includes, its exceptions against today, and what it asks of models
 * against `words`.
 */
export async function checkFileWhole(path: string, source: Uint8Array, words: ModelWords): Promise<readonly Mistake[]> {
  const document = readDocument(source);
  const value: unknown = document.ok ? document.value.value : null;
  const kind = typeof value === "object" && value !== null && "kind" in value ? value.kind : null;
  if (kind !== "Policy") {
    const isPart = kind === "PolicyPart" || kind === "TenantPolicy";
    return checkFile(source, isPart ? policyToolsFor((await words(null)).models) : policyTools);
  }
  const main = { path, bytes: source };
  const asked = await askedModels(main);
  const { models, problems } = asked?.length === 0 ? { models: null, problems: [] } : await words(asked);
  const read = await readPolicySet(main, "mistake", { tools: policyToolsFor(models) });
  if (!read.ok) return read.error.mistakes;
  if (modelNames(read.value.policy).length === 0) return [];
  return problems.map((message) => ({ line: 1, column: 1, message: `the models cannot be used: ${message}` }));
}

/** Every mistake of this file alone in reading order; none for a good one. */
export function checkFile(source: Uint8Array, tools = policyTools): readonly Mistake[] {
  const document = readDocument(source);
  if (!document.ok) return document.error;
  const { value, placeOf } = document.value;
  const kind: unknown = typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
  if (typeof kind !== "string")
    return [{ ...placeOf(["kind"]), message: `kind is missing; begin the file with ${wanted}` }];
  const check = checks.get(kind);
  if (check !== undefined) return check(document.value, tools);
  return [
    {
      ...placeOf(["kind"]),
      message: `unknown kind "${shorten(kind)}"${suggestion(kind, kinds) || `; write ${wanted}`}`,
    },
  ];
}
