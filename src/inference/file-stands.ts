/**
 * Whether the files beside a model are those that it was loaded from. Not by their content, which is hashed when a model is
 * activated and may be gigabytes (a tokenizer's is hashed again, by its thread): by what the file system notes whenever one is written or another takes its place.
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
    const found = await stat(join(folder, name), { bigint: true }).catch(() => null);
    // A link that leads nowhere, or a file that went just now: no model was read from it.
    if (found === null) continue;
    stands.set(name, `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`);
  }
  return stands;
}

/** Why what was loaded may not be read again: a file is another by now, or gone. `null`: all are what they were. */
export async function staleSince(before: FileStands, model: string): Promise<string | null> {
  let now: FileStands;
  try {
    now = await fileStands(model);
  } catch (error) {
    return unreadable(model, error);
  }
  for (const [name, stand] of before) {
    if (now.get(name) === stand) continue;
    return `${join(dirname(model), name)} was changed since the model was loaded; activate the model again`;
  }
  return null;
}

export const unreadable = (file: string, error: unknown): string =>
  `${file} cannot be read (${(error as NodeJS.ErrnoException).code})`;
