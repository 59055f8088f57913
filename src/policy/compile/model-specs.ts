/** What the kinds of detect that a model answers ask of it, all filled in. Equal meanings give equal specs. Pure. */
import {
  harmCategories,
  type ModelKind,
  type ModelSpec,
  type ModelTask,
  nameCategories,
  type NearnessSpec,
  pairTasks,
} from "../../domain/policy.ts";
import type { DetectSource } from "../source/detect-source.ts";
import { defaultMinSimilarity, defaultModelName } from "../source/model-source.ts";

type Source<K extends ModelKind> = NonNullable<DetectSource[K]>;
type Compilers = { readonly [K in ModelKind]: (source: Source<K>) => ModelSpec };

/** The heads of a model that is asked by what is looked for. One category of harm is a head of its own. */
const heads = { injection: "injection", task: "injection-pair", harm: "harm", names: "names", topics: "embedding" };

const ofTexts: readonly ModelTask[] = ["sequence", "multi-label", "token"];
const nothing = { categories: null, threshold: null, examples: [], minSimilarity: null } as const;
const sortedOnce = (list: readonly string[] = []): readonly string[] => [...new Set(list)].sort();

export const modelCompilers: Compilers = {
  injection: ({ against, threshold = null, model }) => ({
    family: "injection",
    ...asked(model, against === "task" ? heads.task : heads.injection),
    tasks: against === "task" ? pairTasks : ofTexts,
    ...nothing,
    threshold,
  }),
  harm({ categories, threshold = null, model }) {
    const wanted = wantedOf(categories, model === undefined ? harmCategories : null);
    const [only] = wanted?.length === 1 ? wanted : [];
    return {
      family: "harm",
      ...asked(model, only ?? heads.harm),
      tasks: ofTexts,
      ...nothing,
      categories: wanted,
      threshold,
    };
  },
  names: ({ categories, threshold = null, model }) => ({
    family: "names",
    ...asked(model, heads.names),
    tasks: ["token"],
    ...nothing,
    categories: wantedOf(categories, model === undefined ? nameCategories : null),
    threshold,
  }),
  topics: ({ examples, minSimilarity = defaultMinSimilarity, model }) => ({
    family: "topics",
    ...asked(model, heads.topics),
    tasks: ["embedding"],
    ...nothing,
    examples: sortedOnce(examples),
    minSimilarity,
  }),
  model: ({ name, head = null, categories, threshold = null, examples, minSimilarity = null }) => ({
    family: name,
    name,
    head,
    tasks: null,
    categories: wantedOf(categories, null),
    threshold,
    examples: sortedOnce(examples),
    minSimilarity,
  }),
};

/** Of a kind that holds texts against each other. */
export const vectorsOf = (model: Source<"harm">["model"]): NearnessSpec["model"] => asked(model, heads.topics);

const asked = (model: Source<"harm">["model"], usualHead: string): Pick<ModelSpec, "name" | "head"> =>
  model === undefined ? { name: defaultModelName, head: usualHead } : { name: model.name, head: model.head ?? null };

/** `null`: all. `all`: what there is to want, where that is known. */
function wantedOf(written: readonly string[] | undefined, all: readonly string[] | null): readonly string[] | null {
  if (written === undefined) return null;
  const wanted = sortedOnce(written);
  return all?.every((category) => wanted.includes(category)) === true ? null : wanted;
}
