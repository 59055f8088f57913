/** Finds policy cases and runs them one after another. Each policy is compiled once, with the mistakes of today. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ModelSettings } from "../config/models.ts";
import type { Plan } from "../guard/plan.ts";
import { defaultPolicySource } from "../policy/default-policy.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import { builtIn, type CaseResult, readCase, runCase } from "./policy-case.ts";
import { mistakeLine } from "./reload/policy-problem.ts";
import { PolicyPlans } from "./policy-plans.ts";

const caseEnding = ".case.yaml";
/** Folders below each other that are looked through. */
const depthMax = 16;

/** `policy`: for cases that name none. A path that is no folder is a case, whatever its name. */
export async function* testPolicies(
  paths: readonly string[],
  policy: string | null,
  cuts: number,
  models: ModelSettings,
): AsyncGenerator<Omit<CaseResult, "runs">> {
  await using made = new PolicyPlans(models);
  const plans = new Map<string, Result<Plan, readonly string[]>>();
  for (const path of paths) {
    for await (const file of casesIn(path)) {
      const bytes = await readFile(file).catch(() => null);
      if (bytes === null) {
        yield { file, differences: ["cannot be read"] };
        continue;
      }
      const read = await readCase(file, bytes);
      if (!read.ok) {
        yield { file, differences: read.error.map((each) => mistakeLine(file, each)) };
        continue;
      }
      const policyFile = read.value.policyFile ?? policy;
      if (policyFile === null) {
        yield { file, differences: ["it names no policy; write policy: FILE in it, or name one with --policy"] };
        continue;
      }
      const plan = plans.get(policyFile) ?? (await planFrom(policyFile, made));
      plans.set(policyFile, plan);
      yield plan.ok ? await runCase(read.value, plan.value, cuts) : { file, differences: plan.error };
    }
  }
}

async function planFrom(file: string, plans: PolicyPlans): Promise<Result<Plan, readonly string[]>> {
  const bytes = file === builtIn ? Buffer.from(defaultPolicySource) : await readFile(file).catch(() => null);
  if (bytes === null) return err([`${file}: cannot be read`]);
  const planned = await plans.plan({ path: file, bytes }, "mistake");
  return planned.ok ? ok(planned.value.plan) : planned;
}

async function* casesIn(path: string, depth = 0): AsyncGenerator<string> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    if (depth === 0 || path.endsWith(caseEnding)) yield path;
    return;
  }
  if (depth > depthMax) return;
  for (const name of (await readdir(path)).sort()) {
    if (name !== "node_modules" && !name.startsWith(".")) yield* casesIn(join(path, name), depth + 1);
  }
}
