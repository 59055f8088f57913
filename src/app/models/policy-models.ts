/**
 * Models and policies: what a policy may ask of a store, and its models loaded, for commands that judge and end.
 */
import { canAnswer, type ModelSource } from "../../detectors/index.ts";
import type { ModelSettings } from "../../config/models.ts";
import { modelOf, type Policy } from "../../domain/policy.ts";
import type { Bundle } from "../../inference/bundle/bundle.ts";
import type { KnownModel } from "../../policy/compile.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { openModels } from "./model-store.ts";
import type { Models } from "./models.ts";
import { createProbe } from "./probe.ts";
import { bundleProblemLine } from "./serve-models.ts";
import { readActiveBundles } from "./store.ts";

const knownModelOf = ({ name, heads }: Bundle): KnownModel => ({
  name,
  heads: heads.map((head) => ({
    name: head.name,
    task: head.task,
    categories: [...new Set(head.labels.filter((label) => label !== null))],
    thresholds: Object.keys(head.thresholds),
  })),
});

/** `models`: `null` where the store cannot be read; then `problems` say why. Loads nothing. */
export type StoreWords = { readonly models: readonly KnownModel[] | null; readonly problems: readonly string[] };

export async function modelsIn(folder: string): Promise<StoreWords> {
  const active = await readActiveBundles(folder);
  if (!active.ok) return { models: null, problems: active.error.map(bundleProblemLine) };
  return { models: active.value.map(knownModelOf), problems: [] };
}

export const namesModels = ({ rules }: Policy): boolean => rules.some(({ detect }) => modelOf(detect) !== null);

export type OpenedModels = { readonly source: ModelSource; close(): Promise<void> };

/** All active models, loaded. The error has a line for each reason why one cannot be used. */
export async function openedModels(settings: ModelSettings): Promise<Result<OpenedModels, readonly string[]>> {
  const opened = await openModels({ settings, probe: createProbe(), onEvent: () => undefined, follow: false });
  if (!opened.ok) return err(opened.error.map(bundleProblemLine));
  const store = opened.value;
  return ok({ source: store, close: () => store.close() });
}

/** What policies may ask of the models that serve now. */
export const knownModels = (models: Models): readonly KnownModel[] =>
  models.names.flatMap((name) => {
    const served = models.get(name);
    return served === null ? [] : [knownModelOf(served.bundle)];
  });

/** Ids of the rules that ask what this model, as it now is, does not answer: they are `unknown: backend` until one is mended. */
export const unansweredRules = ({ rules }: Policy, name: string, models: Models): readonly string[] =>
  rules.flatMap(({ id, detect }) => {
    const asked = modelOf(detect);
    return asked?.name === name && !canAnswer(asked, models) ? [id] : [];
  });
