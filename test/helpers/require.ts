// Programs that some tests need and that a machine may lack. It looks on PATH and never installs.
// A test that needs one carries the reason of its skip, so that the report can print it.

import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Other names under which distributions ship a program. */
const names: Readonly<Record<string, readonly string[]>> = {
  chromium: ["chromium", "chromium-browser", "google-chrome"],
};

/** Path of an executable on PATH, or undefined. */
export function findProgram(name: string, path: string = process.env["PATH"] ?? ""): string | undefined {
  for (const directory of path.split(delimiter)) {
    if (directory === "") continue;
    for (const alias of names[name] ?? [name]) {
      const file = join(directory, alias);
      if (isExecutable(file)) return file;
    }
  }
  return undefined;
}

/**
 * The test option that skips a test, with its reason, on a machine without the programs:
 * `test("reads the rules", skipUnless("promtool"), async () => ...)`.
 */
export function skipUnless(...programs: readonly string[]): { readonly skip: string | false } {
  const missing = programs.filter((program) => findProgram(program) === undefined);
  return { skip: missing.length === 0 ? false : `needs ${missing.join(" and ")} on PATH` };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
