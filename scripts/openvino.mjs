// Gets OpenVINO's libraries: OPENVINO_LIBS, else those of the pinned wheel from PyPI in a local cache.
// What comes from PyPI is used only when its SHA-256 is the one written here. As a program it prints the folder.

import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { isMain, NoticeError, notice, runAsMain } from "./process.mjs";
import { cacheDirectory, fetchWheel, platformName, runPython } from "./wheel.mjs";

/** The version fetched when none is at hand. */
export const openVinoVersion = "2026.4.1";

/** The wheels for CPython 3.11, whatever Python fetches them: their libraries need none. By `process.platform`-`process.arch`. */
const wheels = {
  "linux-x64": {
    platform: "manylinux_2_28_x86_64",
    sha256: "2d22b1da03f7caf74df30e9f6417d0ab2f637e4a38e08e1dcd294d2c37407aaf",
  },
  "linux-arm64": {
    platform: "manylinux_2_35_aarch64",
    sha256: "bea1eb3733c34ef331adc945da0ccda5937865031139073663be84c517ffda22",
  },
  "darwin-arm64": {
    platform: "macosx_11_0_arm64",
    sha256: "d3740853691ae4a9003bc3417a4625d848e2cc3251af4b815c59199b38be252a",
  },
};

/** Writes the libraries of a wheel into a folder, without what reads other frameworks' models. */
const unzipLibraries = `
import os, re, shutil, sys, zipfile
other = re.compile("_(gguf|jax|paddle|pytorch|tensorflow|tensorflow_lite)_frontend[.]")
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in wheel.namelist():
        folder, _, file = name.rpartition("/")
        if folder != "openvino/libs" or not file or other.search(file):
            continue
        with wheel.open(name) as source, open(os.path.join(sys.argv[2], file), "wb") as target:
            shutil.copyfileobj(source, target)
`;

/**
 * Folder of OpenVINO's libraries, fetched where none is at hand. `say` is told of a download.
 * Throws a NoticeError that names the ways to provide one where none can be had.
 */
export async function openVinoFolder(env = process.env, say = notice) {
  const found = openVinoAtHand(env);
  if (found !== undefined) return found;
  if (env.OPENVINO_LIBS) {
    const unset = "unset it to take the libraries from PyPI";
    throw new NoticeError(`OPENVINO_LIBS names ${resolve(env.OPENVINO_LIBS)}, which holds no libopenvino_c; ${unset}`);
  }
  return fetched(cacheDirectory(env), say);
}

/** The same, without fetching: undefined where there is none. */
export function openVinoAtHand(env = process.env) {
  const folder = env.OPENVINO_LIBS ? resolve(env.OPENVINO_LIBS) : home(cacheDirectory(env));
  return hasApi(folder) ? folder : undefined;
}

/** For the environment of a program that may use OpenVINO: fetched where it can be, and a notice where not. */
export async function openVinoVariable(without, env = process.env, say = notice) {
  try {
    return { OPENVINO_LIBS: await openVinoFolder(env, say) };
  } catch (error) {
    if (!(error instanceof NoticeError)) throw error;
    say(`${error.message}\n  ${without}`);
    return {};
  }
}

const home = (cache) => join(cache, `openvino-${openVinoVersion}-${platformName}`);

function hasApi(folder) {
  try {
    return readdirSync(folder).some((name) => name.startsWith("libopenvino_c."));
  } catch {
    return false;
  }
}

async function fetched(cache, say) {
  const wheel = wheels[platformName];
  if (wheel === undefined) throw missing(`there is no pinned OpenVINO for ${platformName}`);
  const { platform, sha256 } = wheel;
  say(`getting OpenVINO ${openVinoVersion} from PyPI ...`);
  const options = ["--implementation", "cp", "--python-version", "3.11", "--abi", "cp311", "--platform", platform];
  await fetchWheel({
    wanted: `openvino==${openVinoVersion}`,
    options,
    sha256,
    home: home(cache),
    missing,
    isHome: () => hasApi(home(cache)),
    async unpack(file, directory) {
      await runPython(unzipLibraries, file, directory);
      if (!hasApi(directory)) throw missing("the wheel holds no libopenvino_c");
    },
  });
  return home(cache);
}

function missing(cause) {
  return new NoticeError(
    `no OpenVINO: ${cause}\n` +
      "  There are two ways to provide it:\n" +
      "  1. set OPENVINO_LIBS to the folder that holds libopenvino_c;\n" +
      `  2. let it come from PyPI: python3 with pip, and access to the package openvino ${openVinoVersion}.`,
  );
}

if (isMain(import.meta.url)) {
  await runAsMain(async () => {
    process.stdout.write(`${await openVinoFolder()}\n`);
  });
}
