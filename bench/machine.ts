// Facts that a result needs to be read later: machine, versions, commit. No host names and no paths.

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);

/** CPU flags that change what inference and hashing cost. */
const telling = [
  "avx2",
  "avx512f",
  "avx512_vnni",
  "avx512_bf16",
  "avx_vnni",
  "amx_tile",
  "amx_int8",
  "amx_bf16",
  "sha_ni",
];

export interface Facts {
  readonly date: string;
  readonly commit: string;
  /** Tracked files differed from the commit. */
  readonly changed: boolean;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly flags: readonly string[];
  readonly node: string;
  readonly envoy: string;
}

/** Of this machine's CPU those that are telling; none where the system does not tell (no /proc). */
export async function cpuFlags(): Promise<readonly string[]> {
  const flags = /^flags\s*:(.*)$/m.exec(await readFile("/proc/cpuinfo", "utf8").catch(() => ""))?.[1] ?? "";
  const present = new Set(flags.trim().split(/\s+/));
  return telling.filter((flag) => present.has(flag));
}

/** `envoyProgram` is asked for its version. */
export async function facts(envoyProgram: string): Promise<Facts> {
  const { stdout } = await run(envoyProgram, ["--version"]);
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: (await git(["rev-parse", "--short=12", "HEAD"])) ?? "unknown",
    changed: (await git(["status", "--porcelain", "--untracked-files=no"])) !== "",
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    flags: await cpuFlags(),
    node: process.versions.node,
    envoy: /\/(\d+\.\d+\.\d+)\//.exec(stdout)?.[1] ?? "unknown",
  };
}

/** CPU time of the whole machine since it started, in ticks; null where the system does not tell (no /proc). */
export interface CpuTicks {
  readonly steal: number;
  readonly idle: number;
  readonly total: number;
}

export async function cpuTicks(): Promise<CpuTicks | null> {
  const stat = await readFile("/proc/stat", "utf8").catch(() => null);
  const fields = stat?.split("\n", 1)[0]?.trim().split(/\s+/).slice(1, 9).map(Number);
  if (fields === undefined) return null;
  return {
    steal: fields[7] ?? 0,
    idle: (fields[3] ?? 0) + (fields[4] ?? 0),
    total: fields.reduce((sum, ticks) => sum + ticks, 0),
  };
}

/** Share of time, 0 to 1, that the hypervisor gave to others. */
export function stealShare(from: CpuTicks | null, to: CpuTicks | null): number | null {
  if (from === null || to === null || to.total <= from.total) return null;
  return (to.steal - from.steal) / (to.total - from.total);
}

/** Share of the machine, 0 to 1, that neither lay idle nor went to this process, which used so many milliseconds of CPU time. */
export function othersShare(from: CpuTicks | null, to: CpuTicks | null, ownMs: number): number | null {
  if (from === null || to === null || to.total <= from.total) return null;
  const busyMs = (to.total - from.total - (to.idle - from.idle)) * tickMs;
  return Math.max(0, (busyMs - ownMs) / ((to.total - from.total) * tickMs));
}

/** What Linux counts in for programs, whatever it ticks at itself. */
const tickMs = 10;

/** CPU time of a process and its threads in milliseconds; 0 where the system does not tell (no /proc). */
export async function cpuMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // Its name, in parentheses, may hold spaces.
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return (user + system) * tickMs;
}

/** Resident memory of a process in bytes. Linux only. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const kibibytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  if (!(kibibytes > 0)) throw new Error("the system tells no resident memory");
  return kibibytes * 1024;
}

async function git(args: readonly string[]): Promise<string | null> {
  const cwd = import.meta.dirname;
  return run("git", [...args], { cwd }).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
}
