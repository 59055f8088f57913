// Every install goes through here: `npm ci` when node_modules is missing or differs from package-lock.json.
// Plain JavaScript that Node 20 runs before anything is installed. It never changes the lock file.
// As a program it installs and exits 0, or says what went wrong and exits 1.

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isMain, NoticeError, notice, runAsMain } from "./process.mjs";

/** The repository root, without a trailing slash. */
export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/** Oldest major version of Node that can run these scripts; the program itself runs on the pinned Node 24. */
const nodeMajorMin = 20;
/** The install script of the package `node` puts its binary here; the lock file does not name it. */
const ownedByNodePackage = "node_modules/node/";
/** Lines of npm's output shown when an install fails. */
const tailLines = 25;

/** Installs what is missing. Does nothing, and prints nothing, where node_modules agrees with the lock file. */
export async function ensureInstalled() {
  if (Number(process.versions.node.split(".")[0]) < nodeMajorMin) {
    throw new NoticeError(`needs Node ${nodeMajorMin} or newer, this is ${process.version}`);
  }
  if (isInstalled(root)) return;
  notice("installing packages (npm ci) ...");
  const startedMs = Date.now();
  const { code, output } = await npmCi();
  if (code !== 0) {
    const tail = output.trimEnd().split("\n").slice(-tailLines).join("\n");
    throw new NoticeError(`npm ci failed with ${code}. Its last lines:\n${tail}`);
  }
  notice(`installed in ${Math.round((Date.now() - startedMs) / 1000)} s`);
}

/**
 * Whether `directory`/node_modules holds what `directory`/package-lock.json names. npm writes its own record of an
 * install (node_modules/.package-lock.json) last, so an install that was cut short counts as missing.
 */
export function isInstalled(directory) {
  const wanted = packagesOf(join(directory, "package-lock.json"));
  const present = packagesOf(join(directory, "node_modules", ".package-lock.json"));
  if (wanted === undefined || present === undefined) return false;
  for (const [path, { version, integrity, optional }] of Object.entries(wanted)) {
    if (path === "") continue;
    const found = present[path];
    if (found === undefined && optional === true) continue; // made for another platform
    if (found === undefined || found.version !== version || found.integrity !== integrity) return false;
    if (!existsSync(join(directory, path))) return false;
  }
  return Object.keys(present).every((path) => path in wanted || path.startsWith(ownedByNodePackage));
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

function npmCi() {
  // node_modules/.bin leaves PATH: npm would otherwise run on the very Node that it is about to replace.
  const bin = join(root, "node_modules", ".bin");
  const path = (process.env.PATH ?? "").split(delimiter).filter((entry) => entry !== bin);
  const env = { ...process.env, PATH: path.join(delimiter), ONNXRUNTIME_NODE_INSTALL: "skip" };
  return new Promise((resolve) => {
    const child = spawn("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    child.on("error", (error) => resolve({ code: 1, output: `npm could not be started: ${error.message}` }));
    child.on("close", (code, signal) => resolve({ code: code ?? signal, output }));
  });
}

if (isMain(import.meta.url)) await runAsMain(ensureInstalled);
