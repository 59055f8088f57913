// Policies from text, compiled with the real engine for expressions; files of a policy without a disk.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { checkPattern } from "../../src/detectors/patterns/check.ts";
import { createLinearMatcher } from "../../src/detectors/patterns/re2.ts";
import type { Mistake, Policy, Rule } from "../../src/domain/policy.ts";
import { type CompileParts, compilePolicySet, type PolicySet, type PolicyTools } from "../../src/policy/compile.ts";
import { createDescribed } from "../../src/content/described/index.ts";
import { knownOperations } from "../../src/content/index.ts";
import { err, ok } from "../../src/stdx/result.ts";

export const sha256Hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

export const policyTools: PolicyTools = {
  sha256Hex,
  checkPattern: (spec, longest) => checkPattern({ ...spec, longest }),
  linearMatcher: createLinearMatcher,
  known: {
    dialects: ["openai", "mcp"],
    operations: ["openai/chat-completions", "openai/embeddings"],
    cells: knownOperations().cells,
  },
  cellsOf: (dialect) => createDescribed(dialect).operations.flatMap(({ cells }) => cells),
  models: null,
};

/** Midnight of 2026-11-21 in UTC. */
export const testDayS = Date.UTC(2026, 10, 21) / 1000;

export const policyHeadText = "kind: Policy\nversion: 1\ndefaults: { onUnknown: closed, onUnreadable: block }\n";

/** By path from the main file's folder; the main file is `policy.yaml`, in the folder `site/`. */
export type Files = Readonly<Record<string, string>>;

export function compileFiles(files: Files, more: Partial<CompileParts> = {}): ReturnType<typeof compilePolicySet> {
  const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
  return compilePolicySet({
    main: { path: "site/policy.yaml", bytes: bytesOf(files["policy.yaml"] ?? "") },
    readFile: (path) => {
      const text = files[path.replace(/^site\//, "")];
      return text === undefined ? err("ENOENT") : ok(bytesOf(text));
    },
    tools: policyTools,
    nowS: testDayS,
    expired: "mistake",
    ...more,
  });
}

export async function setOf(files: Files, more: Partial<CompileParts> = {}): Promise<PolicySet> {
  const result = await compileFiles(files, more);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

export const policyOfText = async (text: string): Promise<Policy> => (await setOf({ "policy.yaml": text })).policy;

/** The rule of a policy with one; `rule` is the flow mapping's inside, such as `id: a, stage: prompt, ...`. */
export async function ruleOfText(rule: string): Promise<Rule> {
  const [only] = (await policyOfText(`${policyHeadText}rules:\n  - { ${rule} }\n`)).rules;
  assert.ok(only !== undefined);
  return only;
}

export async function mistakesOfFiles(files: Files, more: Partial<CompileParts> = {}): Promise<readonly Mistake[]> {
  const result = await compileFiles(files, more);
  assert.ok(!result.ok, "expected mistakes");
  return result.error.mistakes;
}

/** One line for each mistake, as it is printed. */
export const told = (mistakes: readonly Mistake[]): string[] =>
  mistakes.map(({ file, line, column, message }) => `${file ?? "policy.yaml"}:${line}:${column}: ${message}`);
