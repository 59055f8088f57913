/**
 * What `sallyport models` does to a store. A bundle is loaded and run in a child process before it may serve. What comes with
 * Sallyport serves where the store has nothing before it: to activate it is to take that away.
 */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { ModelSettings } from "../../config/models.ts";
import type { BundleProblem } from "../../inference/bundle/files.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { assert } from "../../stdx/assert.ts";
import { type ActiveModels, type Pin, readActive } from "./active.ts";
import { changeActive } from "./change-active.ts";
import { shippedAs } from "./find-model.ts";
import { isSameFolder } from "./list-models.ts";
import type { Probe } from "./probe.ts";
import { readShippedBundle } from "./shipped.ts";
import {
  activated,
  fallbackNameOf,
  findWanted,
  readPinned,
  readWantedForm,
  reservedName,
  rolledBack,
  shadowed,
  shortDigest,
  withdrawn,
} from "./store.ts";
import type { Stores } from "./wanted-models.ts";

type Problems = readonly BundleProblem[];
export type StoreParts = { readonly settings: ModelSettings; readonly probe: Probe };

/** `isAlready`: nothing was changed, as it serves and nothing of the store stands before it. */
export type Activated = {
  readonly name: string;
  readonly digest: string;
  readonly isShipped: boolean;
  readonly isAlready: boolean;
};

export async function activateModel(
  { settings, probe }: StoreParts,
  wanted: string,
  isShadow: boolean,
): Promise<Result<Activated, Problems>> {
  const store = settings.folder;
  const found = await findWanted(store, wanted);
  const ships = await shippedAs(settings, wanted);
  if (!ships.ok) return err([ships.error]);
  if (ships.pin !== null && (await isMeant(ships.pin, found, settings)))
    return isShadow ? err([noShadow(wanted, store)]) : activateShipped({ settings, probe }, wanted, ships.pin);
  if (!found.ok) return err([found.error]);
  const { folder, bundle } = found.value;
  const reserved = reservedName(bundle);
  if (reserved !== null) return err([reserved]);
  const begun = await readActive(store);
  if (!begun.ok) return err([begun.error]);
  const report = await probe({ folder: join(store, folder), fallbackName: fallbackNameOf(folder), settings });
  if (!report.ok) return report;
  if (report.value.digest !== bundle.digest) {
    return err([{ file: join(store, folder), message: "was changed while it was tried; activate it again" }]);
  }
  const { name, digest } = bundle;
  const pin = { folder, digest };
  const written = await changeActive(store, (models) => {
    const [before, now] = [begun.value.get(name), models.get(name)];
    const after = (isShadow ? shadowed : activated)(models, name, pin);
    if (isDeepStrictEqual(before, now) || isDeepStrictEqual(after.get(name), now)) return ok(after);
    const serves = now?.active == null ? "nothing" : `${name}@${shortDigest(now.active.digest)}`;
    const message = `${name} was changed by another process while ${name}@${shortDigest(digest)} was tried, and ${serves} is active now; to change it all the same, activate again`;
    return err([{ file: store, message }]);
  });
  return written.ok ? ok({ name, digest, isShipped: false, isAlready: false }) : written;
}

/** Only where the store holds nothing that could be meant; in its own folder it is the store's, too. */
async function isMeant(pin: Pin, found: Awaited<ReturnType<typeof findWanted>>, stores: Stores): Promise<boolean> {
  if (!found.ok) return found.error.kind === "none";
  const { folder, bundle } = found.value;
  if (folder !== pin.folder || bundle.digest !== pin.digest) return false;
  return stores.shippedFolder !== null && isSameFolder(stores.folder, stores.shippedFolder);
}

const noShadow = (wanted: string, store: string): BundleProblem => ({
  file: wanted,
  message: `comes with Sallyport, and what stands in shadow is the store's; put a copy of its folder into ${store} as NAME/VERSION`,
});

/** Takes away what the store has before it. */
async function activateShipped(
  { settings, probe }: StoreParts,
  wanted: string,
  pin: Pin,
): Promise<Result<Activated, Problems>> {
  const { folder: store, shippedFolder } = settings;
  const name = readWantedForm(wanted)?.name ?? "";
  assert(shippedFolder !== null, "what comes with Sallyport is somewhere");
  const read = await readShippedBundle(shippedFolder, name, pin);
  if (!read.ok) return read;
  const begun = await readActive(store);
  if (!begun.ok) return err([begun.error]);
  const activated = { name, digest: pin.digest, isShipped: true } as const;
  if (begun.value.get(name)?.active == null) return ok({ ...activated, isAlready: true });
  const place = join(shippedFolder, pin.folder);
  const report = await probe({ folder: place, fallbackName: fallbackNameOf(pin.folder), settings });
  if (!report.ok) return report;
  const written = await changeActive(store, (models) => ok(withdrawn(models, name)));
  return written.ok ? ok({ ...activated, isAlready: false }) : written;
}

export type RolledBack = Pick<Activated, "digest" | "isShipped">;

/** What serves from now on; `null`: only the shadow was taken away. */
export async function rollBackModel(
  stores: Stores,
  name: string,
  isShadow: boolean,
): Promise<Result<RolledBack | null, Problems>> {
  const store = stores.folder;
  const ships = await shippedAs(stores, name);
  if (!ships.ok) return err([ships.error]);
  const before = await readActive(store);
  if (before.ok && !isShadow && ships.pin !== null && !canRollBack(before.value, name)) {
    const message = `${name} comes with Sallyport, and nothing served under this name before; who wants none of those writes shipped: false under models in the configuration`;
    return err([{ file: store, message }]);
  }
  const written = await changeActive(store, async (active) => {
    const known = [...active.keys()].join(", ") || "none";
    if (!active.has(name)) return err([{ file: store, message: `has no active model ${name}; active are: ${known}` }]);
    if (isShadow) return ok(shadowed(active, name, null));
    const models = rolledBack(active, name);
    const pin = models?.get(name)?.active ?? null;
    if (models !== null && pin !== null) {
      const read = await readPinned(store, name, pin);
      return read.ok ? ok(models) : read;
    }
    if (ships.pin === null || stores.shippedFolder === null)
      return err([{ file: store, message: `has nothing that served as ${name} before` }]);
    const read = await readShippedBundle(stores.shippedFolder, name, ships.pin);
    return read.ok ? ok(withdrawn(active, name, "forgotten")) : read;
  });
  if (!written.ok) return written;
  if (isShadow) return ok(null);
  const active = written.value.get(name)?.active ?? null;
  return ok({ digest: (active ?? ships.pin)?.digest ?? "", isShipped: active === null });
}

function canRollBack(models: ActiveModels, name: string): boolean {
  const entry = models.get(name);
  return entry !== undefined && (entry.active !== null || entry.history.length > 0);
}
