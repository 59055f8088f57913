/** Where models stand that serve under a name: the active one, and the one in shadow. What each has, and what it should have. */
import type { BundleProblem } from "../../inference/bundle/files.ts";
import type { OpenedModel } from "./open-model.ts";
import type { PlacedPin, WantedModel } from "./wanted-models.ts";

/**
 * Before what failed is tried again, since the reason may pass: a machine short of memory for a while. Doubles up to the most, as a
 * trial costs a process and a model's memory. Begins anew with what is activated.
 */
export const againMs = { first: 30_000, most: 1_800_000 } as const;

export type Role = "active" | "candidate";
export const roles: readonly Role[] = ["active", "candidate"];

export type Place = {
  /** Of what it should have; see `printOf`. */
  pin: string;
  opened: OpenedModel | null;
  /** What it has comes with Sallyport. */
  isShipped: boolean;
  /** Why it has not what it should; `null`: it has. */
  stale: readonly BundleProblem[] | null;
  againMs: number;
  /** Monotonic, of use where it is stale. */
  againAtMs: number;
};
export type Slot = Record<Role, Place>;

export const emptyPlace = (): Place => ({
  pin: "",
  opened: null,
  isShipped: false,
  stale: null,
  againMs: againMs.first,
  againAtMs: 0,
});

/** The same for the same bundle in the same place. */
export const printOf = (pin: PlacedPin | null): string =>
  pin === null ? "" : `${pin.digest} ${pin.folder} ${pin.store}`;
/** Not as the store says it, so that it is looked at. */
export const wishedFor = "activated anew";
export const waitedFor = "to be tried again";

export const nothing: WantedModel = { active: null, candidate: null };
