/** The models that serve now, by name: what detectors ask. */
import type { Bundle } from "../../inference/bundle/bundle.ts";
import type { Model } from "../../inference/model.ts";

export type ServedModel = {
  readonly bundle: Bundle;
  readonly model: Model;
};

export type Models = {
  readonly names: readonly string[];
  /** Asked for at each use: a model may be swapped between two. `null`: no active model has this name. */
  get(name: string): ServedModel | null;
  /** Ends when nothing of a model runs any more. */
  close(): Promise<void>;
};
