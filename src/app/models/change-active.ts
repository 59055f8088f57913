/**
 * Changes `active.json` of a store: reads, changes and writes it while no other process does. Who comes second changes what the
 * first has written.
 *
 * Invariant: a change is never lost to another. The lock is a file beside it, held for as long as that takes and not while a model
 * is tried. One that a killed process left is told, never taken away: who does that could take another's.
 */
import { open, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { BundleProblem } from "../../inference/bundle/files.ts";
import { err, type Result } from "../../stdx/result.ts";
import { type ActiveModels, activeName, readActive, writeActive } from "./active.ts";

export const lockName = `${activeName}.lock`;
/** How often the lock is asked for, and how long between. */
export type LockPatience = { readonly tries: number; readonly everyMs: number };
const standardPatience: LockPatience = { tries: 250, everyMs: 20 };

type Problems = readonly BundleProblem[];
type Change = (models: ActiveModels) => Promise<Result<ActiveModels, Problems>> | Result<ActiveModels, Problems>;

/** What `change` refuses is not written. What is the same as before is: a file written anew is a wish to try again. */
export async function changeActive(
  store: string,
  change: Change,
  patience = standardPatience,
): Promise<Result<ActiveModels, Problems>> {
  const file = join(store, lockName);
  try {
    if (!(await isLocked(file, patience))) {
      const message = `another process changes ${activeName}; if none does, one was killed while it did: remove this file`;
      return err([{ file, message }]);
    }
    try {
      const before = await readActive(store);
      if (!before.ok) return err([before.error]);
      const after = await change(before.value);
      if (after.ok) await writeActive(store, after.value);
      return after;
    } finally {
      await rm(file, { force: true });
    }
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    return err([{ file: store, message: `cannot be written (${String(error.code)})` }]);
  }
}

/** True: it is ours now. */
async function isLocked(file: string, { tries, everyMs }: LockPatience): Promise<boolean> {
  for (let left = tries; left > 0; left -= 1) {
    try {
      await using lock = await open(file, "wx");
      await lock.writeFile(`process ${process.pid} on ${hostname()}\n`);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    if (left > 1) await wait(everyMs);
  }
  return false;
}
