/** What detectors ask of the store of models, and what a rule's words mean for the model that serves now. */
import type { ModelSpec } from "../../domain/policy.ts";
import type { Bundle, HeadSpec } from "../../inference/bundle/bundle.ts";
import type { Model } from "../../inference/model.ts";

export type ServedModel = {
  readonly bundle: Bundle;
  readonly model: Pick<Model, "judge" | "judgePair">;
};

/** Asked at each use: a model may be swapped between two. `null`: no model of that name serves. */
export type ModelSource = { get(name: string): ServedModel | null };
export const noModels: ModelSource = { get: () => null };

/** A rule's question to the model that serves now. */
export type Asked = {
  readonly served: ServedModel;
  readonly head: HeadSpec;
  /** From this score on it is a finding. */
  readonly threshold: number;
  readonly wants: (category: string) => boolean;
};

/** `null`: the model that serves cannot answer it, or none does. Policies are held against models when they are read. */
export function askedOf(spec: ModelSpec, models: ModelSource): Asked | null {
  const served = models.get(spec.name);
  if (served === null) return null;
  const { heads } = served.bundle;
  const head = spec.head === null ? heads[0] : heads.find(({ name }) => name === spec.head);
  if (head === undefined || (spec.head === null && heads.length > 1)) return null;
  if (spec.tasks !== null && !spec.tasks.includes(head.task)) return null;
  if ((head.task === "embedding") !== (spec.minSimilarity !== null)) return null;
  const threshold = head.task === "embedding" ? spec.minSimilarity : thresholdOf(spec, head);
  if (threshold === null) return null;
  const { categories } = spec;
  if (categories?.some((category) => !head.labels.includes(category)) === true) return null;
  return { served, head, threshold, wants: (category) => categories?.includes(category) ?? true };
}

/** The model that serves now can answer it. */
export const canAnswer = (spec: ModelSpec, models: ModelSource): boolean => askedOf(spec, models) !== null;

function thresholdOf({ threshold }: ModelSpec, head: HeadSpec): number | null {
  if (typeof threshold === "string") return head.thresholds[threshold] ?? null;
  return threshold ?? head.threshold;
}
