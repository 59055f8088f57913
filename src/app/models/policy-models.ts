/**
 * Models and policies: which a policy asks, what it may ask of them, and the models loaded, for commands that judge and end. A
 * policy that asks none has none read.
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
import { readShipped, readShippedBundle } from "./shipped.ts";
import { type Asked, readServingBundles, type Stores } from "./wanted-models.ts";

const knownModelOf = ({ name, heads }: Bundle): KnownModel => ({
  name,
  heads: heads.map((head) => ({
    name: head.name,
    task: head.task,
    categories: [...new Set(head.labels.filter((label) => label !== null))],
    thresholds: Object.keys(head.thresholds),
  })),
});

/** The names of models that its rules ask, each once. */
export const modelNames = ({ rules }: Policy): readonly string[] => [
  ...new Set(rules.flatMap(({ detect }) => modelOf(detect)?.name ?? [])),
];

/** `models`: `null` where those that a policy asks cannot be read; then `problems` say why. */
export type StoreWords = { readonly models: readonly KnownModel[] | null; readonly problems: readonly string[] };

/** What policies may ask, each by the names that it does; `null`: those are not known. Loads nothing. */
export type ModelWords = (asked: readonly string[] | null) => Promise<StoreWords>;

/** Reads the same bundles once. */
export function modelWords(stores: Stores): ModelWords {
  const reads = new Map<string, ReturnType<typeof readServingBundles>>();
  const read = (asked: Asked) => {
    const key = asked === "all" ? "all" : [...asked].toSorted().join();
    const done = reads.get(key) ?? readServingBundles(stores, asked);
    reads.set(key, done);
    return done;
  };
  return async (asked) => {
    const wanted = await read(asked === null ? "all" : new Set(asked));
    const isWhole =
      !wanted.ok || asked === null || asked.every((name) => wanted.value.some((each) => each.name === name));
    // A name that is none may be meant for one that is not asked.
    const all = isWhole ? wanted : await read("all");
    const told = all.ok ? all : wanted;
    if (!told.ok) return { models: null, problems: told.error.map(bundleProblemLine) };
    return { models: told.value.map(knownModelOf), problems: [] };
  };
}

/** Of the models that come with Sallyport, as far as they can be read. */
export async function shippedWords(shippedFolder: string | null): Promise<readonly KnownModel[]> {
  const shipped = await readShipped(shippedFolder);
  if (!shipped.ok || shippedFolder === null) return [];
  const known: KnownModel[] = [];
  for (const [name, pin] of shipped.value) {
    const read = await readShippedBundle(shippedFolder, name, pin);
    if (read.ok) known.push(knownModelOf(read.value));
  }
  return known;
}

/** What serves under a name is what the name means. */
export const withShipped = (serving: readonly KnownModel[], shipped: readonly KnownModel[]): readonly KnownModel[] => [
  ...serving,
  ...shipped.filter(({ name }) => serving.every((each) => each.name !== name)),
];

export type OpenedModels = {
  readonly source: ModelSource;
  /** Loads what comes with Sallyport under these names, too. Gives a line for each reason why one cannot be used. */
  ask(names: readonly string[]): Promise<readonly string[]>;
  close(): Promise<void>;
};

/** All active models and what is asked, loaded. The error has a line for each reason why one cannot be used. */
export async function openedModels(
  settings: ModelSettings,
  asked: readonly string[],
): Promise<Result<OpenedModels, readonly string[]>> {
  const opened = await openModels({ settings, probe: createProbe(), onEvent: () => undefined, follow: false, asked });
  if (!opened.ok) return err(opened.error.map(bundleProblemLine));
  const store = opened.value;
  const all = new Set(asked);
  return ok({
    source: store,
    async ask(names) {
      for (const name of names) all.add(name);
      return (await store.ask([...all])).map(bundleProblemLine);
    },
    close: () => store.close(),
  });
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
