// A copy of the program with a folder of its own for the models that come with it: it finds them by its own place.

import { cp, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { shipBundles } from "./model-store.ts";
import { openTempDir } from "./temp-dir.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

export type OwnProgram = AsyncDisposable & {
  /** Its checkout, so to say. */
  readonly folder: string;
  /** Its entry. */
  readonly main: string;
  /** Where its models are. */
  readonly models: string;
};

/** `bundles`: folders, by the name that they get in its `models/`. */
export async function openOwnProgram(bundles: Readonly<Record<string, string>>): Promise<OwnProgram> {
  const dir = await openTempDir();
  await cp(join(root, "src"), dir.join("src"), { recursive: true, filter: (file) => !file.endsWith(".test.ts") });
  for (const each of ["node_modules", "proto", "package.json"]) await symlink(join(root, each), dir.join(each));
  const models = dir.join("models");
  for (const other of ["train/tests", "cases"]) await mkdir(join(models, other), { recursive: true });
  await shipBundles(models, bundles);
  return {
    folder: dir.path,
    main: dir.join("src/main.ts"),
    models,
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}
