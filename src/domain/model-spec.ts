/** What a rule asks of a model, as a compiled policy has it. */

/** What kind of answer a head gives. */
export type ModelTask = "sequence" | "multi-label" | "token" | "pair" | "pair-token" | "embedding";

/** Of two texts: one answer, or one for each word of the second. */
export const pairTasks = ["pair", "pair-token"] as const satisfies readonly ModelTask[];
export const isOfPairs = (task: ModelTask): boolean => (pairTasks as readonly ModelTask[]).includes(task);

export type ModelSpec = {
  /** What the categories of its findings begin with. */
  readonly family: string;
  readonly name: string;
  /** `null`: its only head. */
  readonly head: string | null;
  /** The kinds of answer that the rule takes; `null`: any. */
  readonly tasks: readonly ModelTask[] | null;
  /** Of the head's categories, without the family; `null`: all of them. */
  readonly categories: readonly string[] | null;
  /** A score, or one that the model's manifest names; `null`: the manifest's own. */
  readonly threshold: number | string | null;
  /** For an embedding: texts of the topic; empty where texts are held against each other, and for all other heads. */
  readonly examples: readonly string[];
  /** For an embedding: the least cosine that counts. `null` for all other heads. */
  readonly minSimilarity: number | null;
};

/** From which cosine on two texts are near each other, and the head of a model that gives their vectors. */
export type NearnessSpec = {
  readonly model: { readonly name: string; readonly head: string | null };
  readonly minSimilarity: number;
};
