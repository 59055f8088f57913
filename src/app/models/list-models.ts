/** What `sallyport models list` tells: the bundles of a store and those that come with Sallyport, each once, and what each is for now. */
import { realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { standardModelSettings } from "../../config/models.ts";
import type { BundleProblem } from "../../inference/bundle/files.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { type ActiveModels, readActive } from "./active.ts";
import { readShipped, readShippedBundle } from "./shipped.ts";
import { bundlesIn, readPinned } from "./store.ts";
import type { Stores } from "./wanted-models.ts";

/** `shipped` serves where a policy asks it; `shipped-unused`: the store's own stands before it. */
export type BundleState = "active" | "shadow" | "before" | "idle" | "shipped" | "shipped-unused" | "bad";

export type ListedBundle = {
  /** Within the store; of one that comes with Sallyport the whole path. */
  readonly folder: string;
  readonly name: string | null;
  readonly digest: string | null;
  readonly state: BundleState;
  readonly tasks: readonly string[];
  readonly problems: readonly BundleProblem[];
};

type Problems = readonly BundleProblem[];

export async function listModels(stores: Stores): Promise<Result<readonly ListedBundle[], Problems>> {
  const { folder: store, shippedFolder } = stores;
  const active = await readActive(store);
  const shipped = await readShipped(shippedFolder);
  if (!shipped.ok) return err([shipped.error]);
  // Who has no store has what comes with Sallyport all the same.
  const stored = shipped.value.size > 0 && (await isLeftOut(store)) ? ok([]) : await bundlesIn(store);
  if (!stored.ok) return err([stored.error]);
  if (!active.ok) return err([active.error]);
  const own = stored.value.map(({ folder, read }): ListedBundle => {
    if (!read.ok) return { folder, name: null, digest: null, state: "bad", tasks: [], problems: read.error };
    const { name, digest, heads } = read.value;
    const state = stateOf(active.value, name, digest);
    return { folder, name, digest, state, tasks: heads.map(({ task }) => task), problems: [] };
  });
  const whole = [...own, ...(await gone(store, active.value))];
  const isSame = shippedFolder !== null && (await isSameFolder(store, shippedFolder));
  const coming = await listShipped(stores, active.value);
  if (!isSame) return ok([...whole, ...coming]);
  // In one folder a bundle is in both: what the store says of it counts, where it says anything.
  const isSaid = ({ state }: ListedBundle): boolean => ["active", "shadow", "before"].includes(state);
  const [said, places] = [whole.filter(isSaid), new Set(coming.map(({ folder }) => folder))];
  return ok([
    ...whole.filter((each) => isSaid(each) || !places.has(join(shippedFolder, each.folder))),
    ...coming.filter(({ folder }) => said.every((each) => join(shippedFolder, each.folder) !== folder)),
  ]);
}

/** Nobody named a store, and there is none where it is looked for. */
const isLeftOut = async (store: string): Promise<boolean> =>
  store === standardModelSettings().folder && (await stat(store).catch(() => null)) === null;

export async function isSameFolder(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([one, other].map((each) => realpath(each).catch(() => null)));
  return first != null && first === second;
}

async function listShipped({ shippedFolder }: Stores, models: ActiveModels): Promise<readonly ListedBundle[]> {
  const shipped = await readShipped(shippedFolder);
  if (shippedFolder === null || !shipped.ok) return [];
  const listed: ListedBundle[] = [];
  for (const [name, pin] of shipped.value) {
    const read = await readShippedBundle(shippedFolder, name, pin);
    const about = { folder: join(shippedFolder, pin.folder), name, digest: pin.digest };
    if (read.ok) {
      const state = models.get(name)?.active == null ? "shipped" : "shipped-unused";
      listed.push({ ...about, state, tasks: read.value.heads.map(({ task }) => task), problems: [] });
    } else listed.push({ ...about, state: "bad", tasks: [], problems: read.error });
  }
  return listed;
}

function stateOf(models: ActiveModels, name: string, digest: string): ListedBundle["state"] {
  const entry = models.get(name);
  if (entry?.active?.digest === digest) return "active";
  if (entry?.candidate?.digest === digest) return "shadow";
  return entry?.history.some((pin) => pin.digest === digest) === true ? "before" : "idle";
}

/** What is active and no longer there as it was: a server would not start with it. */
async function gone(store: string, models: ActiveModels): Promise<readonly ListedBundle[]> {
  const listed: ListedBundle[] = [];
  for (const [name, { active, candidate }] of models) {
    for (const pin of [active, candidate]) {
      if (pin === null) continue;
      const read = await readPinned(store, name, pin);
      if (read.ok) continue;
      listed.push({ folder: pin.folder, name, digest: pin.digest, state: "bad", tasks: [], problems: read.error });
    }
  }
  return listed;
}
