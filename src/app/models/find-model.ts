/** From the name that a command is given to the bundle that is meant. Reads files; loads no model. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Bundle } from "../../inference/bundle/bundle.ts";
import type { BundleProblem } from "../../inference/bundle/files.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { Pin } from "./active.ts";
import { readShipped, readShippedBundle } from "./shipped.ts";
import { findWanted, readWantedForm } from "./store.ts";
import { readPlaced, readWanted, type Stores } from "./wanted-models.ts";

export type FoundModel =
  | { readonly kind: "found"; readonly bundle: Bundle; readonly isShipped: boolean }
  /** It is clear which is meant, and that one is not as it was pinned. */
  | { readonly kind: "bad"; readonly problems: readonly BundleProblem[] }
  | { readonly kind: "none"; readonly problem: BundleProblem };

/** `NAME`: what serves under it, else the only one in the store. `NAME@DIGEST`: of the store, else of what comes with Sallyport. */
export async function findModel(stores: Stores, wanted: string): Promise<FoundModel> {
  const form = readWantedForm(wanted);
  if (form?.digest === "") {
    const serving = await readWanted(stores, new Set([form.name]));
    if (!serving.ok) return { kind: "bad", problems: [serving.error] };
    const pin = serving.value.get(form.name)?.active ?? null;
    if (pin !== null) {
      const read = await readPlaced(form.name, pin);
      if (!read.ok) return { kind: "bad", problems: read.error };
      return { kind: "found", bundle: read.value, isShipped: pin.isShipped };
    }
  }
  const stored = await findWanted(stores.folder, wanted);
  if (stored.ok) return { kind: "found", bundle: stored.value.bundle, isShipped: false };
  const shipped = await shippedAs(stores, wanted);
  if (!shipped.ok) return { kind: "bad", problems: [shipped.error] };
  const { pin, names } = shipped;
  if (pin === null || form === null || stores.shippedFolder === null) {
    const { file, message } = stored.error;
    const more = names.length === 0 || form === null ? "" : `; with Sallyport come ${names.join(", ")}`;
    return { kind: "none", problem: { file, message: message + more } };
  }
  const read = await readShippedBundle(stores.shippedFolder, form.name, pin);
  return read.ok ? { kind: "found", bundle: read.value, isShipped: true } : { kind: "bad", problems: read.error };
}

/** A folder that a command means, and the name for a manifest that gives none; `null`: the folder's. */
export type FoundFolder = { readonly folder: string; readonly fallbackName: string | null };

/** A folder that is there, wherever; else that of the model of this name. */
export async function findFolder(
  stores: Stores,
  wanted: string,
): Promise<Result<FoundFolder, readonly BundleProblem[]>> {
  const isFolder = (await stat(wanted).catch(() => null)) !== null;
  if (isFolder || readWantedForm(wanted) === null) return ok({ folder: resolve(wanted), fallbackName: null });
  const found = await findModel(stores, wanted);
  if (found.kind === "found") return ok({ folder: found.bundle.files.folder, fallbackName: found.bundle.name });
  if (found.kind === "bad") return err(found.problems);
  return err([{ file: wanted, message: "is no folder, and no model of this name is there" }, found.problem]);
}

type Shipped =
  | { readonly ok: true; readonly pin: Pin | null; readonly names: readonly string[] }
  | { readonly ok: false; readonly error: BundleProblem };

/** What comes with Sallyport under this name, if its digest is the one wanted; and the names of all that does. */
export async function shippedAs({ shippedFolder }: Stores, wanted: string): Promise<Shipped> {
  const shipped = await readShipped(shippedFolder);
  if (!shipped.ok) return shipped;
  const form = readWantedForm(wanted);
  const pin = shipped.value.get(form?.name ?? "") ?? null;
  const isMeant = pin?.digest.startsWith(`sha256:${form?.digest}`) === true;
  return { ok: true, pin: isMeant ? pin : null, names: [...shipped.value.keys()] };
}
