/** The models of a running guard and its policy: which are wanted before there is a policy, and who has them loaded after. */
import type { Policy } from "../../domain/policy.ts";
import { defaultPolicySource } from "../../policy/default-policy.ts";
import type { KnownModel } from "../../policy/compile.ts";
import { lookHere } from "../reload/look.ts";
import { askedModels, namingTools } from "./asked-models.ts";
import type { ModelStore } from "./model-store.ts";
import { knownModels, modelNames, shippedWords, withShipped } from "./policy-models.ts";
import { bundleProblemLine } from "./serve-models.ts";

/** The names that the policy's file asks; `null`: it has mistakes. `file` null: the built-in policy. */
export async function askedAtStart(file: string | null): Promise<readonly string[] | null> {
  if (file === null) return askedModels({ path: "built in", bytes: new TextEncoder().encode(defaultPolicySource) });
  const { set } = await lookHere(file, "skip", { tools: namingTools });
  return set.ok ? modelNames(set.value.policy) : null;
}

/** What the first policy is held against. Others than those that serve are read only to name what was meant. */
export async function knownAtStart(
  models: ModelStore,
  asked: readonly string[] | null,
  shippedFolder: string | null,
): Promise<readonly KnownModel[]> {
  const serving = knownModels(models);
  const isServed = asked?.every((name) => models.get(name) !== null) ?? false;
  return isServed ? serving : withShipped(serving, await shippedWords(shippedFolder));
}

/** Has the models serve that a new policy asks, beside those of the one in force. Gives a line for each reason why one cannot. */
export const modelLoader =
  (models: ModelStore, inForce: () => Policy) =>
  async (names: readonly string[]): Promise<readonly string[]> => {
    const problems = await models.ask([...new Set([...modelNames(inForce()), ...names])]);
    return problems.map(bundleProblemLine);
  };
