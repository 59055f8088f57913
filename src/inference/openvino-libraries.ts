/**
 * Finds OpenVINO's libraries: in a folder that is named, in the cache that start-up fills from the Python wheel, or where
 * packages put them. Looks only; loads nothing.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";

export type OpenVinoLibraries = {
  readonly folder: string;
  /** The C API. */
  readonly api: string;
  /** To be loaded before it, in this order. */
  readonly before: readonly string[];
};

/** Where Debian and Intel's packages, and images of model servers, have them. */
const systemFolders = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  "/opt/intel/openvino/runtime/lib/intel64",
  "/opt/intel/openvino/runtime/lib/aarch64",
  "/ovms/lib",
  "/usr/local/lib",
];

/** The first of these folders, then of the usual ones, that has the C API. `null`: none. */
export function findOpenVino(folders: readonly string[]): OpenVinoLibraries | null {
  for (const folder of [...folders, ...systemFolders]) {
    const found = librariesIn(folder);
    if (found !== null) return found;
  }
  return null;
}

/** `null`: the folder has no C API of OpenVINO. */
export function librariesIn(folder: string): OpenVinoLibraries | null {
  const names = namesIn(folder);
  const api = newest(names, "openvino_c");
  if (api === null) return null;
  const before = ["tbb", "openvino"].flatMap((name) => newest(names, name) ?? []);
  return { folder, api: join(folder, api), before: before.map((name) => join(folder, name)) };
}

/** `libopenvino.so.2641` before `libopenvino.so`: a link may be left over from another version. */
function newest(names: readonly string[], stem: string): string | null {
  const form = new RegExp(`^lib${stem}(?:\\.so(?:\\.[0-9.]+)?|(?:\\.[0-9.]+)?\\.dylib)$`);
  const found = names.filter((name) => form.test(name)).toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return found.at(-1) ?? null;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
