/**
 * Plans of policies, for commands that judge and end: with the models of a store, which are loaded when a policy first names
 * one and shared by all of them.
 */
import type { ModelSettings } from "../config/models.ts";
import type { Policy } from "../domain/policy.ts";
import type { Plan } from "../guard/plan.ts";
import type { CompileParts } from "../policy/compile.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import { modelsIn, namesModels, openedModels, type OpenedModels, type StoreWords } from "./models/policy-models.ts";
import { planOf } from "./plan.ts";
import { policyToolsFor } from "./policy-tools.ts";
import { readPolicySet } from "./read-policy.ts";
import { mistakeLine } from "./reload/policy-problem.ts";

export type PlannedPolicy = { readonly policy: Policy; readonly plan: Plan };

export class PolicyPlans {
  readonly #settings: ModelSettings;
  #store: Promise<StoreWords> | null = null;
  #opened: OpenedModels | null = null;

  constructor(settings: ModelSettings) {
    this.#settings = settings;
  }

  /** The error has a line for each mistake in the files, or for each reason why a model cannot be used. */
  async plan(
    main: CompileParts["main"],
    expired: CompileParts["expired"],
  ): Promise<Result<PlannedPolicy, readonly string[]>> {
    this.#store ??= modelsIn(this.#settings.folder);
    const { models, problems } = await this.#store;
    const read = await readPolicySet(main, expired, { tools: policyToolsFor(models) });
    if (!read.ok) return err(read.error.mistakes.map((each) => mistakeLine(main.path, each)));
    const { policy } = read.value;
    if (!namesModels(policy)) return ok({ policy, plan: planOf(policy) });
    if (problems.length > 0) return err(problems);
    if (this.#opened === null) {
      const opened = await openedModels(this.#settings);
      if (!opened.ok) return opened;
      this.#opened = opened.value;
    }
    return ok({ policy, plan: planOf(policy, this.#opened.source) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened?.close();
  }
}
