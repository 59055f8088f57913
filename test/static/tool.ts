// Runs a tool of node_modules/.bin for the static tests, and makes folders with seeded violations for it.
// It knows no tool's rules.

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export type Outcome = { readonly status: number; readonly output: string };

/** Bytes of output kept. Formatters print a difference for each file. */
const outputBytesMax = 64 * 1024 * 1024;

/** Runs to the end, whatever the exit status; `output` is stdout, then stderr. */
export function runTool(name: string, args: readonly string[], cwd: string = root): Promise<Outcome> {
  const file = join(root, "node_modules", ".bin", name);
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" };
  return new Promise((resolve, reject) => {
    execFile(file, args, { cwd, env, maxBuffer: outputBytesMax }, (error, stdout, stderr) => {
      const status = error === null ? 0 : error.code;
      if (typeof status === "number") resolve({ status, output: `${stdout}${stderr}` });
      else reject(new Error(`${name} did not run`, { cause: error }));
    });
  });
}

/** A folder with the given files, removed after the test. */
export function seed(t: TestContext, files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), "sallyport-seeded-"));
  t.after(() => rmSync(directory, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}
