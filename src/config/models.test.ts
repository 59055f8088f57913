// How many CPUs models take where nothing is said, and which OpenVINO.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { skipUnless } from "../../test/helpers/require.ts";
import { readConfig } from "./config.ts";
import { standardModelSettings } from "./models.ts";

/** Threads that a new process takes that runs behind `command`. */
function threadsBehind(...command: readonly string[]): number {
  const module = new URL("models.ts", import.meta.url).href;
  const script = `console.log((await import(${JSON.stringify(module)})).standardModelSettings().threads)`;
  const [program, ...args] = [...command, process.execPath, "--input-type=module", "-e", script];
  return Number(execFileSync(program, args, { encoding: "utf8" }));
}

test("a model takes the CPUs that the process may use, no more", skipUnless("taskset"), () => {
  assert.equal(threadsBehind("taskset", "-c", "0"), 1);
  assert.equal(threadsBehind(), availableParallelism());
});

/** CPUs of the quota that the process's control group has, of version 2; Infinity: none. */
function quota(): number {
  const own = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1] ?? "";
  const limits = own.split("/").map((_, at, names) => {
    const file = join("/sys/fs/cgroup", ...names.slice(0, at + 1), "cpu.max");
    const [most, period] = existsSync(file) ? readFileSync(file, "utf8").trim().split(" ") : [];
    return most === undefined || most === "max" ? Number.POSITIVE_INFINITY : Number(most) / Number(period);
  });
  return Math.min(Number.POSITIVE_INFINITY, ...limits);
}

test("a control group's quota counts", { skip: process.platform !== "linux" && "control groups are Linux's" }, () => {
  assert.ok(standardModelSettings().threads <= Math.max(1, Math.ceil(quota())));
  assert.ok(standardModelSettings().threads <= cpus().length);
});

test("OPENVINO_LIBS names OpenVINO's folder where the configuration does not", () => {
  const folderOf = (env: Record<string, string>): string | null | undefined => {
    const read = readConfig({ file: null, env, flags: { policy: "p.yaml" } });
    return read.ok ? read.value.models.openvinoFolder : undefined;
  };
  assert.equal(folderOf({ OPENVINO_LIBS: "/a" }), "/a");
  assert.equal(folderOf({ OPENVINO_LIBS: "" }), null);
  assert.equal(folderOf({ OPENVINO_LIBS: "/a", SALLYPORT_MODELS_OPENVINO_FOLDER: "/b" }), "/b");
});
