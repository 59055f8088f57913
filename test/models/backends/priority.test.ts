// Threads that infer take every CPU while there is work: the kernel must know that the one that serves goes first.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import test from "node:test";
import { batchOf, load, runtimes } from "./runtimes.ts";

const skip = process.platform === "linux" ? false : "only Linux has a priority for each thread";

/** Threads of this process: the ticks of CPU time that each has had, and how nice it is (proc_pid_stat(5)). */
function threads(): ReadonlyMap<string, { readonly ticks: number; readonly nice: number }> {
  return new Map(
    readdirSync("/proc/self/task").map((id) => {
      const fields = readFileSync(`/proc/self/task/${id}/stat`, "utf8")
        .replace(/^.*\) /, "")
        .split(" ");
      return [id, { ticks: Number(fields[11]) + Number(fields[12]), nice: Number(fields[16]) }];
    }),
  );
}

for (const { name, needs, open } of runtimes.filter(({ name: each }) => !each.includes("package"))) {
  test(`${name}: the threads that infer are nicer than the one that serves`, { skip: needs.skip || skip }, async () => {
    const backend = await open();
    const model = await load(backend, "wide.onnx", { streams: 2, threads: 2 });
    const row = Array.from({ length: 100 }, () => 3);
    const busy = new Set<string>();
    // Until the clock of ticks has seen whoever infers.
    while (busy.size === 0) {
      const before = threads();
      await Promise.all([model.run(batchOf([row])), model.run(batchOf([row]))]);
      for (const [id, { ticks }] of threads()) {
        if (id !== String(process.pid) && ticks - (before.get(id)?.ticks ?? 0) >= 5) busy.add(id);
      }
    }
    const now = threads();
    for (const id of busy) assert.ok((now.get(id)?.nice ?? 19) > getPriority(), `thread ${id} is not`);
    await model.close();
    await backend.close();
  });
}
