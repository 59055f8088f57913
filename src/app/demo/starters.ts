// Who started this process, as far as it should not outlive them: its parent and, where npm runs it, all up to npm. A
// signal that a terminal sends reaches everyone; one that kills npm alone tells nobody below it, so it must be looked for.

import { spawnSync } from "node:child_process";

/** npm, a shell, a script, us: more steps are not npm's doing. */
const STEPS_MAX = 6;
const NPM = /(^|\/)(npm|pnpm|yarn)\b/;

export type ProcessRow = { readonly pid: number; readonly parent: number; readonly name: string };

/** Ids from `pid`'s parent up to npm; its parent alone where npm is not above it. Pure. */
export function startersOf(pid: number, rows: readonly ProcessRow[]): number[] {
  const byId = new Map(rows.map((row) => [row.pid, row]));
  const chain: ProcessRow[] = [];
  for (
    let at = byId.get(byId.get(pid)?.parent ?? 0);
    at !== undefined && chain.length < STEPS_MAX;
    at = byId.get(at.parent)
  ) {
    chain.push(at);
    if (NPM.test(at.name)) return chain.map((row) => row.pid);
  }
  return chain.slice(0, 1).map((row) => row.pid);
}

/** Empty where `ps` is missing. */
export function listProcesses(): ProcessRow[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" });
  return (stdout ?? "").split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return match === null ? [] : [{ pid: Number(match[1]), parent: Number(match[2]), name: match[3] ?? "" }];
  });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
