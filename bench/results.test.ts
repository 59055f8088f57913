// The recorded results hold; and the check that says so is shown to fail on a page that was tampered with.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openTempDir } from "../test/helpers/temp-dir.ts";
import { record, verify } from "./results.ts";

const facts = {
  date: "2026-01-02",
  commit: "0123456789ab",
  changed: false,
  cpu: "a CPU",
  cores: 2,
  memoryGiB: 8,
  flags: [],
  node: "24.0.0",
  envoy: "1.40.0",
};
const page = (raw: unknown): string => `# A page\n\nIt took ${(raw as { took: number }).took} ms.\n`;
const pages = new Map([["sample", page]]);

test("a page that its raw figures give is good, also with words added", async () => {
  await using dir = await openTempDir();
  const raw = { facts, took: 7 };
  await record(dir.path, "sample", raw, page(raw));
  await writeFile(dir.join("2026-01-02-sample.md"), `${page(raw)}\nThat is fast.\n`);
  assert.deepEqual(await verify(dir.path, pages), []);
});

test("a figure that the raw figures do not give is found", async () => {
  await using dir = await openTempDir();
  const raw = { facts, took: 7 };
  await record(dir.path, "sample", raw, page({ facts, took: 6 }));
  assert.deepEqual(await verify(dir.path, pages), [
    "2026-01-02-sample.md:3: not what the raw figures give: It took 6 ms.",
  ]);
});

test("lone, misnamed and unknown files are found", async () => {
  await using dir = await openTempDir();
  for (const name of ["notes.txt", "2026-01-02-sample.md", "2026-01-02-other.md", "2026-01-02-other.json"]) {
    await writeFile(dir.join(name), "{}");
  }
  assert.deepEqual(await verify(dir.path, pages), [
    "2026-01-02-other.json: there is no benchmark other",
    "2026-01-02-other.md: there is no benchmark other",
    "2026-01-02-sample.md: 2026-01-02-sample.json is missing",
    "notes.txt: is not named YYYY-MM-DD-NAME.json or .md",
  ]);
});

test("every figure of the recorded pages holds", async () => {
  const { status, stdout, stderr } = await bench("--verify");
  assert.equal(stderr, "");
  assert.equal(stdout, "every figure holds\n");
  assert.equal(status, 0);
});

test("an unknown benchmark is a mistake of usage; help is not", async () => {
  const wrong = await bench("no-such-benchmark");
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /^usage: npm run bench -- NAME/);
  assert.equal((await bench()).status, 2);
  assert.equal((await bench("transport", "--rounds", "0")).status, 2);
  const help = await bench("--help");
  assert.equal(help.status, 0);
  assert.match(help.stdout, /transport/);
});

function bench(...args: readonly string[]): Promise<{ status: number | string; stdout: string; stderr: string }> {
  const program = fileURLToPath(new URL("run.ts", import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], (error, stdout, stderr) => {
      resolve({ status: error?.code ?? 0, stdout, stderr });
    });
  });
}
