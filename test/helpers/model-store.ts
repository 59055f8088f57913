// A store of models in a folder of its own: bundles of the tests, activated as `sallyport models activate` does it.

import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ActiveModels, writeActive, writePins } from "../../src/app/models/active.ts";
import { pinsToShip, shippedName } from "../../src/app/models/shipped.ts";
import { bundlesIn } from "../../src/app/models/store.ts";
import { openTempDir, type TempDir } from "./temp-dir.ts";

/** Bundles that anybody can follow; see make.py in test/models/words, test/models/facts and test/models/claims. */
export const wordsBundle = fileURLToPath(new URL("../models/words/fixtures/words", import.meta.url));
export const factsBundle = fileURLToPath(new URL("../models/facts/fixtures/facts", import.meta.url));
export const claimsBundle = fileURLToPath(new URL("../models/claims/fixtures/claims", import.meta.url));
/** It takes tens of milliseconds for each window. */
export const slowBundle = fileURLToPath(new URL("../models/facts/fixtures/slow", import.meta.url));

export type TestStore = AsyncDisposable & {
  readonly folder: string;
  /** Of the bundles in it those that serve from now on. */
  activate(names: readonly string[]): Promise<void>;
};

/** `bundles`: folders, by the name that they get in the store. All of them are active. */
export async function openTestStore(bundles: Readonly<Record<string, string>>): Promise<TestStore> {
  const dir = await openTempDir();
  for (const [name, folder] of Object.entries(bundles)) await cp(folder, join(dir.path, name), { recursive: true });
  const activate = async (names: readonly string[]): Promise<void> => {
    const stored = await bundlesIn(dir.path);
    assert.ok(stored.ok, JSON.stringify(stored));
    const active: ActiveModels = new Map(
      stored.value.flatMap(({ folder, read }) => {
        assert.ok(read.ok, JSON.stringify(read));
        const { name, digest } = read.value;
        return names.includes(name) ? [[name, { active: { folder, digest }, candidate: null, history: [] }]] : [];
      }),
    );
    await writeActive(dir.path, active);
  };
  await activate(Object.keys(bundles));
  return { folder: dir.path, activate, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() };
}

/** Puts bundles there as they come with Sallyport. */
export async function shipBundles(folder: string, bundles: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, bundle] of Object.entries(bundles)) await cp(bundle, join(folder, name), { recursive: true });
  const pins = await pinsToShip(folder);
  assert.ok(pins.ok, JSON.stringify(pins));
  await writePins(join(folder, shippedName), pins.value);
}

/** A folder of its own with bundles as they come with Sallyport. */
export async function openShippedFolder(bundles: Readonly<Record<string, string>>): Promise<TempDir> {
  const dir = await openTempDir();
  await shipBundles(dir.path, bundles);
  return dir;
}
