/**
 * How many CPUs this process may use: those that it may run on, within its control group's quota. Node counts the quota of
 * version 2 and the usual mounts of version 1; others are read here, so that a limit is never overlooked.
 */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** A file's text; `null`: it cannot be read. */
export type ReadText = (path: string) => string | null;

export const usableCpus = (): number => usableWithin(availableParallelism(), readText);

/** At least 1; a part of a CPU does not count. */
export function usableWithin(available: number, read: ReadText): number {
  return Math.max(1, Math.floor(Math.min(available, quota(read))));
}

/** CPUs; Infinity where nothing limits them. A group's limit holds for all below it. */
function quota(read: ReadText): number {
  let least = Number.POSITIVE_INFINITY;
  for (const line of (read("/proc/self/cgroup") ?? "").split("\n")) {
    const [, id, controllers = "", path = ""] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    const limit = id === "0" ? limitOfTwo : controllers.split(",").includes("cpu") ? limitOfOne : null;
    if (limit === null) continue;
    const mounts = id === "0" ? ["", "/unified"] : [`/${controllers}`, "/cpu"];
    for (const mount of mounts) {
      for (const group of upwards(path)) least = Math.min(least, limit(read, `/sys/fs/cgroup${mount}${group}`));
    }
  }
  return least;
}

function limitOfTwo(read: ReadText, folder: string): number {
  const [most, period] = (read(`${folder}/cpu.max`) ?? "").trim().split(" ");
  return ratio(Number(most), Number(period));
}

function limitOfOne(read: ReadText, folder: string): number {
  return ratio(Number(read(`${folder}/cpu.cfs_quota_us`)), Number(read(`${folder}/cpu.cfs_period_us`)));
}

/** `max`, -1 and what is missing limit nothing. */
const ratio = (most: number, period: number): number =>
  most > 0 && period > 0 ? most / period : Number.POSITIVE_INFINITY;

/** `/a/b`: `/a/b`, `/a` and the root, which is all that a container sees of its own. */
function upwards(path: string): readonly string[] {
  const names = path.split("/").filter(Boolean);
  return [...names.map((_, at) => `/${names.slice(0, names.length - at).join("/")}`), ""];
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
