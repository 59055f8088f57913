/**
 * Which bundles are to serve: what is active in the store, and under names that have nothing there what comes with Sallyport, where
 * a policy asks for it. Reads files; loads no model.
 */
import type { ModelSettings } from "../../config/models.ts";
import type { Bundle } from "../../inference/bundle/bundle.ts";
import type { BundleProblem } from "../../inference/bundle/files.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { type Pin, readActive } from "./active.ts";
import { readShipped, readShippedBundle } from "./shipped.ts";
import { readPinned } from "./store.ts";

export type Stores = Pick<ModelSettings, "folder" | "shippedFolder">;

/** A bundle that was pinned, and the folder that its own is in. */
export type PlacedPin = Pin & { readonly store: string; readonly isShipped: boolean };
export type WantedModel = { readonly active: PlacedPin | null; readonly candidate: PlacedPin | null };

/** The names that a policy asks. `all`: whatever there is. */
export type Asked = ReadonlySet<string> | "all";

export async function readWanted(
  { folder, shippedFolder }: Stores,
  asked: Asked,
): Promise<Result<ReadonlyMap<string, WantedModel>, BundleProblem>> {
  const own = await readActive(folder);
  if (!own.ok) return own;
  const placed = (pin: Pin | null): PlacedPin | null =>
    pin === null ? null : { ...pin, store: folder, isShipped: false };
  const wanted = new Map<string, WantedModel>();
  for (const [name, { active, candidate }] of own.value)
    wanted.set(name, { active: placed(active), candidate: placed(candidate) });
  const isOwn = (name: string): boolean => wanted.get(name)?.active != null;
  if (shippedFolder === null || (asked !== "all" && [...asked].every(isOwn))) return ok(wanted);
  const shipped = await readShipped(shippedFolder);
  if (!shipped.ok) return shipped;
  for (const [name, pin] of shipped.value) {
    if (isOwn(name) || !(asked === "all" || asked.has(name))) continue;
    const active = { ...pin, store: shippedFolder, isShipped: true };
    wanted.set(name, { active, candidate: wanted.get(name)?.candidate ?? null });
  }
  return ok(wanted);
}

/** The bundle, if it is still the one that was pinned. */
export const readPlaced = (name: string, pin: PlacedPin): Promise<Result<Bundle, readonly BundleProblem[]>> =>
  pin.isShipped ? readShippedBundle(pin.store, name, pin) : readPinned(pin.store, name, pin);

/** Of the bundles that are to serve the active ones: what a policy may name. */
export async function readServingBundles(
  stores: Stores,
  asked: Asked,
): Promise<Result<readonly Bundle[], readonly BundleProblem[]>> {
  const wanted = await readWanted(stores, asked);
  if (!wanted.ok) return err([wanted.error]);
  const bundles: Bundle[] = [];
  const problems: BundleProblem[] = [];
  for (const [name, { active }] of wanted.value) {
    if (active === null) continue;
    const read = await readPlaced(name, active);
    if (read.ok) bundles.push(read.value);
    else problems.push(...read.error);
  }
  return problems.length === 0 ? ok(bundles) : err(problems);
}
