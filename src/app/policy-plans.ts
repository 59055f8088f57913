/**
 * Plans of policies, for commands that judge and end: with the models that they ask, which are loaded when a policy first names
 * one and shared by all of them.
 */
import type { ModelSettings } from "../config/models.ts";
import type { Policy } from "../domain/policy.ts";
import type { Plan } from "../guard/plan.ts";
import type { CompileParts } from "../policy/compile.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import { askedModels } from "./models/asked-models.ts";
import { modelNames, type ModelWords, modelWords, openedModels, type OpenedModels } from "./models/policy-models.ts";
import { planOf } from "./plan.ts";
import { policyToolsFor } from "./policy-tools.ts";
import { readPolicySet } from "./read-policy.ts";
import { mistakeLine } from "./reload/policy-problem.ts";

export type PlannedPolicy = { readonly policy: Policy; readonly plan: Plan };

export class PolicyPlans {
  readonly #settings: ModelSettings;
  readonly #words: ModelWords;
  #opened: OpenedModels | null = null;

  constructor(settings: ModelSettings) {
    this.#settings = settings;
    this.#words = modelWords(settings);
  }

  /** The error has a line for each mistake in the files, or for each reason why a model cannot be used. */
  async plan(
    main: CompileParts["main"],
    expired: CompileParts["expired"],
  ): Promise<Result<PlannedPolicy, readonly string[]>> {
    const asked = await askedModels(main);
    const { models, problems } = asked?.length === 0 ? noWords : await this.#words(asked);
    const read = await readPolicySet(main, expired, { tools: policyToolsFor(models) });
    if (!read.ok) return err(read.error.mistakes.map((each) => mistakeLine(main.path, each)));
    const { policy } = read.value;
    const names = modelNames(policy);
    if (names.length === 0) return ok({ policy, plan: planOf(policy) });
    if (problems.length > 0) return err(problems);
    if (this.#opened === null) {
      const opened = await openedModels(this.#settings, names);
      if (!opened.ok) return opened;
      this.#opened = opened.value;
    }
    const unserved = await this.#opened.ask(names);
    return unserved.length > 0 ? err(unserved) : ok({ policy, plan: planOf(policy, this.#opened.source) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened?.close();
  }
}

const noWords = { models: null, problems: [] } as const;
