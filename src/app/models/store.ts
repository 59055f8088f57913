/**
 * A store of models: a folder with bundles in it, as NAME/ or NAME/VERSION/, and `active.json` that says which of them serve.
 * Reads and writes files; loads no model.
 */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Bundle, readBundle } from "../../inference/bundle/bundle.ts";
import { type BundleProblem, shortDigest } from "../../inference/bundle/files.ts";

export { shortDigest };
import { detectKinds } from "../../policy/source/detect-source.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { type ActiveEntry, type ActiveModels, historyMax, type Pin } from "./active.ts";

export type StoredBundle = {
  /** Within the store: NAME or NAME/VERSION. */
  readonly folder: string;
  readonly read: Result<Bundle, readonly BundleProblem[]>;
};

/** All bundles of a store, good and bad, by folder. */
export async function bundlesIn(store: string): Promise<Result<readonly StoredBundle[], BundleProblem>> {
  let names: readonly string[];
  try {
    names = await foldersIn(store);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    return err({ file: store, message: `cannot be read (${code}); name the models' folder with --folder` });
  }
  const found: StoredBundle[] = [];
  for (const name of names) {
    const folders = (await looksLikeBundle(join(store, name)))
      ? [name]
      : (await foldersIn(join(store, name)).catch(() => [])).map((version) => join(name, version));
    for (const folder of folders) {
      if (folder === name || (await looksLikeBundle(join(store, folder)))) found.push(await readStored(store, folder));
    }
  }
  return ok(found);
}

/** Of NAME/VERSION it is NAME that gives a model its name, where its manifest does not. */
export const fallbackNameOf = (folder: string): string => basename(dirname(folder) === "." ? folder : dirname(folder));

export async function readStored(store: string, folder: string): Promise<StoredBundle> {
  return { folder, read: await readBundle(join(store, folder), fallbackNameOf(folder)) };
}

/** The bundle that was pinned, if it is still the same. */
export async function readPinned(
  store: string,
  name: string,
  pin: Pin,
): Promise<Result<Bundle, readonly BundleProblem[]>> {
  const { read } = await readStored(store, pin.folder);
  if (!read.ok) return read;
  const { digest } = read.value;
  if (digest !== pin.digest) {
    const message = `has the digest ${digest}, and ${pin.digest} was activated: its files were changed; activate it again`;
    return err([{ file: join(store, pin.folder), message }]);
  }
  if (read.value.name !== name) {
    const message = `is named ${read.value.name}, and was activated as ${name}; activate it again`;
    return err([{ file: join(store, pin.folder), message }]);
  }
  const reserved = reservedName(read.value);
  return reserved === null ? read : err([reserved]);
}

/** A detector of a policy has one of these names: which of the two was meant could not be told. `null`: it has a name of its own. */
export function reservedName({ name, files }: Bundle): BundleProblem | null {
  if (!(detectKinds as readonly string[]).includes(name)) return null;
  const message = `is named ${name}, as a detector of Sallyport is; write another name: in its sallyport-model.yaml, or rename the folder`;
  return { file: files.folder, message };
}

/** `NAME@DIGEST` in its parts. The digest is without `sha256:`, perhaps cut short, and empty where it is left out. */
export function readWantedForm(wanted: string): { readonly name: string; readonly digest: string } | null {
  const form = /^([a-z][a-z0-9-]{0,62})(?:@(?:sha256:)?([0-9a-f]{6,64}))?$/.exec(wanted);
  return form === null ? null : { name: form[1] ?? "", digest: form[2] ?? "" };
}

/** `none`: nothing there could be meant. */
export type NotFound = BundleProblem & { readonly kind: "none" | "unclear" };

/** The one bundle that `NAME@DIGEST` means. The digest may be cut short, or left out where there is only one of the name. */
export async function findWanted(
  store: string,
  wanted: string,
): Promise<Result<{ readonly bundle: Bundle; readonly folder: string }, NotFound>> {
  const form = readWantedForm(wanted);
  if (form === null) {
    return err({
      kind: "unclear",
      file: wanted,
      message: "must be NAME or NAME@DIGEST, the digest's first 6 hexadecimal digits or more",
    });
  }
  const { name, digest } = form;
  const stored = await bundlesIn(store);
  if (!stored.ok) return err({ kind: "none", ...stored.error });
  const good = stored.value.flatMap(({ folder, read }) => (read.ok ? [{ bundle: read.value, folder }] : []));
  const named = good.filter(({ bundle }) => bundle.name === name);
  const matching = named.filter(({ bundle }) => bundle.digest.startsWith(`sha256:${digest}`));
  const [first] = matching;
  // The same files in two folders are one bundle.
  if (first !== undefined && matching.every(({ bundle }) => bundle.digest === first.bundle.digest)) return ok(first);
  const there = named.map(({ bundle, folder }) => `${name}@${shortDigest(bundle.digest)} in ${folder}`).join(", ");
  if (first !== undefined)
    return err({
      kind: "unclear",
      file: store,
      message: `holds several that this could be: ${there}; write more of the digest`,
    });
  const known = there || [...new Set(good.map(({ bundle }) => bundle.name))].join(", ") || "no bundle that can be read";
  const bad = stored.value.length - good.length;
  const more = bad === 0 ? "" : ` (and ${bad} that cannot be read: sallyport models list)`;
  return err({ kind: "none", file: store, message: `holds no ${wanted}; it holds ${known}${more}` });
}

const nothing: ActiveEntry = { active: null, candidate: null, history: [] };

/** What served goes into history. */
export function activated(models: ActiveModels, name: string, pin: Pin): ActiveModels {
  const { active, candidate, history } = models.get(name) ?? nothing;
  if (active?.digest === pin.digest && active.folder === pin.folder) return models;
  return withEntry(models, name, {
    active: pin,
    candidate: candidate?.digest === pin.digest ? null : candidate,
    history: active === null ? history : [...history, active].slice(-historyMax),
  });
}

/** `null`: none stands in shadow any more. */
export function shadowed(models: ActiveModels, name: string, candidate: Pin | null): ActiveModels {
  return withEntry(models, name, { ...(models.get(name) ?? nothing), candidate });
}

/** What served before serves again. `null`: nothing did. */
export function rolledBack(models: ActiveModels, name: string): ActiveModels | null {
  const { history, candidate } = models.get(name) ?? nothing;
  const before = history.at(-1);
  return before === undefined
    ? null
    : withEntry(models, name, { active: before, candidate, history: history.slice(0, -1) });
}

/** Nothing of the store serves under the name any more; it goes into history, or is forgotten. */
export function withdrawn(models: ActiveModels, name: string, as: "history" | "forgotten" = "history"): ActiveModels {
  const { active, candidate, history } = models.get(name) ?? nothing;
  const kept = active === null || as === "forgotten" ? history : [...history, active].slice(-historyMax);
  return withEntry(models, name, { active: null, candidate, history: kept });
}

const withEntry = (models: ActiveModels, name: string, entry: ActiveEntry): ActiveModels =>
  new Map([...models, [name, entry]]);

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter(
    (entry) => !entry.name.startsWith(".") && (entry.isDirectory() || entry.isSymbolicLink()),
  );
  return names.map(({ name }) => name).toSorted();
}

const signs = ["model.onnx", "model.xml", "openvino_model.xml", "onnx", "openvino", "config.json", "tokenizer.json"];

async function looksLikeBundle(folder: string): Promise<boolean> {
  for (const sign of signs) {
    if ((await stat(join(folder, sign)).catch(() => null)) !== null) return true;
  }
  return false;
}
