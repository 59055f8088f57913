/** Which models a policy asks, told before any model is read. Cheap beside compiling it in earnest. */
import type { CompileParts, PolicyTools } from "../../policy/compile.ts";
import { policyTools } from "../policy-tools.ts";
import { readPolicySet } from "../read-policy.ts";
import { modelNames } from "./policy-models.ts";

/** Enough to tell names: models are not known, and patterns not checked. */
export const namingTools: PolicyTools = { ...policyTools, models: null, checkPattern: () => null };

/** `null`: it has mistakes. */
export async function askedModels(main: CompileParts["main"]): Promise<readonly string[] | null> {
  const read = await readPolicySet(main, "skip", { tools: namingTools });
  return read.ok ? modelNames(read.value.policy) : null;
}
