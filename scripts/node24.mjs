// Finds Node 24: the one from the npm package `node`, else the running one if it is new enough.
// It does not install; call ensureInstalled first.

import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { root } from "./install.mjs";
import { NoticeError, runChild } from "./process.mjs";

/** Oldest major version of Node that runs the TypeScript sources as they are. */
export const nodeMajor = 24;

/**
 * How the program runs: with a small young heap. The event loop waits while one is collected; at its usual size (32) that
 * takes 8 to 15 ms under load, at 8 about 2, and next to nothing is lost. In MiB; Node takes it only when it starts.
 */
const heapFlag = "--max-semi-space-size";
const isSet = (options) => options.some((option) => option.includes(heapFlag));
const inEnvironment = () => isSet([process.env.NODE_OPTIONS ?? ""]);

/** Whether the running Node was told how large its young heap may be, as here or otherwise. */
export const hasHeapFlag = () => isSet(process.execArgv) || inEnvironment();

/** Whether the running Node can run the sources. */
export function isNode24() {
  return Number(process.versions.node.split(".")[0]) >= nodeMajor;
}

/** Path of a Node 24 binary. */
export function node24Path() {
  const packaged = join(root, "node_modules", ".bin", "node");
  const probe = spawnSync(packaged, ["--version"], { encoding: "utf8" });
  if (probe.status === 0 && probe.stdout.startsWith(`v${nodeMajor}.`)) return packaged;
  if (isNode24()) return process.execPath;
  throw new NoticeError(
    `Node ${nodeMajor} is missing: the npm package "node" brought no binary for this machine, and this is ` +
      `${process.version}. Either allow its install script (npm rebuild node) or run with Node ${nodeMajor}.`,
  );
}

/** Runs Node 24 with a small young heap and `args`, found first on the child's PATH too. Resolves with the exit status. */
export function runNode24(args, env = {}) {
  const path = `${join(root, "node_modules", ".bin")}${delimiter}${process.env.PATH ?? ""}`;
  return runChild(node24Path(), inEnvironment() ? args : [`${heapFlag}=8`, ...args], {
    env: { ...process.env, PATH: path, ...env },
  });
}
