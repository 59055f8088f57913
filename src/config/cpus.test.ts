// The CPUs that a process may use, as control groups tell of them.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import test from "node:test";
import { findProgram, skipUnless } from "../../test/helpers/require.ts";
import { usableCpus, usableWithin } from "./cpus.ts";

const cgroup = "/sys/fs/cgroup";
const cases: readonly (readonly [string, Readonly<Record<string, string>>, number])[] = [
  ["no control groups", {}, 8],
  ["no limit", { "/proc/self/cgroup": "0::/\n", [`${cgroup}/cpu.max`]: "max 100000\n" }, 8],
  ["a container's", { "/proc/self/cgroup": "0::/\n", [`${cgroup}/cpu.max`]: "200000 100000\n" }, 2],
  ["part of a CPU", { "/proc/self/cgroup": "0::/\n", [`${cgroup}/cpu.max`]: "50000 100000\n" }, 1],
  ["two and a half", { "/proc/self/cgroup": "0::/\n", [`${cgroup}/cpu.max`]: "250000 100000\n" }, 2],
  ["more than there are", { "/proc/self/cgroup": "0::/\n", [`${cgroup}/cpu.max`]: "9900000 100000\n" }, 8],
  [
    "a group above is tighter",
    {
      "/proc/self/cgroup": "0::/a/b\n",
      [`${cgroup}/a/b/cpu.max`]: "600000 100000\n",
      [`${cgroup}/a/cpu.max`]: "300000 100000\n",
    },
    3,
  ],
  [
    "version 1",
    {
      "/proc/self/cgroup": "4:memory:/x\n3:cpu,cpuacct:/x\n",
      [`${cgroup}/cpu,cpuacct/x/cpu.cfs_quota_us`]: "400000\n",
      [`${cgroup}/cpu,cpuacct/x/cpu.cfs_period_us`]: "100000\n",
    },
    4,
  ],
  [
    "version 1, a container that sees its own as the root",
    {
      "/proc/self/cgroup": "1:cpu:/docker/x\n",
      [`${cgroup}/cpu/cpu.cfs_quota_us`]: "100000\n",
      [`${cgroup}/cpu/cpu.cfs_period_us`]: "100000\n",
    },
    1,
  ],
  [
    "version 1 without a limit",
    {
      "/proc/self/cgroup": "1:cpu:/\n",
      [`${cgroup}/cpu/cpu.cfs_quota_us`]: "-1\n",
      [`${cgroup}/cpu/cpu.cfs_period_us`]: "100000\n",
    },
    8,
  ],
  ["what is no number", { "/proc/self/cgroup": "0::/\nx\n::\n", [`${cgroup}/cpu.max`]: "a b\n" }, 8],
];

for (const [what, files, wanted] of cases) {
  test(what, () =>
    assert.equal(
      usableWithin(8, (path) => files[path] ?? null),
      wanted,
    ),
  );
}

test("of the CPUs of the machine only those that the process may run on", skipUnless("taskset"), () => {
  const module = new URL("cpus.ts", import.meta.url).href;
  const script = `console.log((await import(${JSON.stringify(module)})).usableCpus())`;
  const args = ["-c", "0", process.execPath, "--input-type=module", "-e", script];
  assert.equal(Number(execFileSync(findProgram("taskset") ?? "", args, { encoding: "utf8" })), 1);
  assert.ok(usableCpus() <= availableParallelism());
});
