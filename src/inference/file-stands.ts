/**
 * Whether the files beside a model are those that it was loaded from. Not by their content, which is hashed when a model is
 * activated: by what the file system notes whenever one is written or another takes its place.
 */
import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** By name: what changes when the file does. */
export type FileStands = ReadonlyMap<string, string>;

/** Of all files in the model's folder: weights may stand beside it under any name. Throws where the folder cannot be read. */
export async function fileStands(model: string): Promise<FileStands> {
  const folder = dirname(model);
  const stands = new Map<string, string>();
  for (const name of await readdir(folder)) {
    const { ino, size, mtimeNs, ctimeNs } = await stat(join(folder, name), { bigint: true });
    stands.set(name, `${ino} ${size} ${mtimeNs} ${ctimeNs}`);
  }
  return stands;
}

/** The first file that is another or gone; `null`: there is none. What has come since is of no matter. */
export async function changedSince(before: FileStands, model: string): Promise<string | null> {
  const now = await fileStands(model);
  for (const [name, stand] of before) if (now.get(name) !== stand) return join(dirname(model), name);
  return null;
}
