/** What `sallyport models` does to a store. A bundle is loaded and run in a child process before it may serve. */
import { join } from "node:path";
import type { ModelSettings } from "../../config/models.ts";
import type { BundleProblem } from "../../inference/bundle/files.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { type ActiveModels, readActive, writeActive } from "./active.ts";
import type { Probe, ProbeReport } from "./probe.ts";
import { activated, bundlesIn, fallbackNameOf, findWanted, readPinned, rolledBack, shadowed } from "./store.ts";

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
  const report = await probe({ folder: join(store, folder), fallbackName: fallbackNameOf(folder), settings });
  if (!report.ok) return report;
  if (report.value.digest !== bundle.digest) {
    return err([{ file: join(store, folder), message: "was changed while it was tried; activate it again" }]);
  }
  const active = await readActive(store);
  if (!active.ok) return err([active.error]);
  const pin = { folder, digest: bundle.digest };
  const change = isShadow ? shadowed : activated;
  return written(store, change(active.value, bundle.name, pin), report.value);
}

/** The digest that serves from now on; `null`: only the shadow was taken away. */
export async function rollBackModel(
  store: string,
  name: string,
  isShadow: boolean,
): Promise<Result<string | null, readonly BundleProblem[]>> {
  const active = await readActive(store);
  if (!active.ok) return err([active.error]);
  const known = [...active.value.keys()].join(", ") || "none";
  if (!active.value.has(name))
    return err([{ file: store, message: `has no active model ${name}; active are: ${known}` }]);
  if (isShadow) return written(store, shadowed(active.value, name, null), null);
  const models = rolledBack(active.value, name);
  const pin = models?.get(name)?.active ?? null;
  if (models === null || pin === null)
    return err([{ file: store, message: `has nothing that served as ${name} before` }]);
  const read = await readPinned(store, name, pin);
  return read.ok ? written(store, models, pin.digest) : read;
}

async function written<T>(store: string, models: ActiveModels, value: T): Promise<Result<T, readonly BundleProblem[]>> {
  try {
    await writeActive(store, models);
    return ok(value);
  } catch (error) {
    return err([{ file: store, message: `cannot be written (${(error as NodeJS.ErrnoException).code ?? "unknown"})` }]);
  }
}
