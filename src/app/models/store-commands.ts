/** What `sallyport models` does to a store. A bundle is loaded and run in a child process before it may serve. */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { ModelSettings } from "../../config/models.ts";
import type { BundleProblem } from "../../inference/bundle/files.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { type ActiveModels, readActive } from "./active.ts";
import { changeActive } from "./change-active.ts";
import type { Probe, ProbeReport } from "./probe.ts";
import {
  activated,
  bundlesIn,
  fallbackNameOf,
  findWanted,
  readPinned,
  reservedName,
  rolledBack,
  shadowed,
  shortDigest,
} from "./store.ts";

export type StoreParts = { readonly settings: ModelSettings; readonly probe: Probe };

export type ListedBundle = {
  readonly folder: string;
  readonly name: string | null;
  readonly digest: string | null;
  readonly state: "active" | "shadow" | "before" | "idle" | "bad";
  readonly tasks: readonly string[];
  readonly problems: readonly BundleProblem[];
};

export async function listModels(store: string): Promise<Result<readonly ListedBundle[], readonly BundleProblem[]>> {
  const [active, stored] = [await readActive(store), await bundlesIn(store)];
  if (!stored.ok) return err([stored.error]);
  if (!active.ok) return err([active.error]);
  const listed = stored.value.map(({ folder, read }): ListedBundle => {
    if (!read.ok) return { folder, name: null, digest: null, state: "bad", tasks: [], problems: read.error };
    const { name, digest, heads } = read.value;
    const state = stateOf(active.value, name, digest);
    return { folder, name, digest, state, tasks: heads.map(({ task }) => task), problems: [] };
  });
  return ok([...listed, ...(await gone(store, active.value))]);
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

export async function activateModel(
  { settings, probe }: StoreParts,
  wanted: string,
  isShadow: boolean,
): Promise<Result<ProbeReport, readonly BundleProblem[]>> {
  const store = settings.folder;
  const found = await findWanted(store, wanted);
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
  return written.ok ? report : written;
}

/** The digest that serves from now on; `null`: only the shadow was taken away. */
export async function rollBackModel(
  store: string,
  name: string,
  isShadow: boolean,
): Promise<Result<string | null, readonly BundleProblem[]>> {
  const written = await changeActive(store, async (active) => {
    const known = [...active.keys()].join(", ") || "none";
    if (!active.has(name)) return err([{ file: store, message: `has no active model ${name}; active are: ${known}` }]);
    if (isShadow) return ok(shadowed(active, name, null));
    const models = rolledBack(active, name);
    const pin = models?.get(name)?.active ?? null;
    if (models === null || pin === null)
      return err([{ file: store, message: `has nothing that served as ${name} before` }]);
    const read = await readPinned(store, name, pin);
    return read.ok ? ok(models) : read;
  });
  if (!written.ok) return written;
  return ok(isShadow ? null : (written.value.get(name)?.active?.digest ?? null));
}
