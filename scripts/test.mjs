// `npm test`: installs what is missing, gets Envoy and OpenVINO, then runs every test file in one run of node's test runner.
//   npm test                    everything
//   npm test -- PATTERN...      only files whose path holds one of the patterns
//   npm test -- --OPTION ...    options go to the runner, for example --test-name-pattern=masks

import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative, sep } from "node:path";
import { envoyPath } from "./envoy.mjs";
import { ensureInstalled, root } from "./install.mjs";
import { runNode24 } from "./node24.mjs";
import { openVinoVariable } from "./openvino.mjs";
import { isMain, NoticeError, notice, runAsMain } from "./process.mjs";

/** Folders with tests, and how their names end. */
const places = { src: ".test.ts", test: ".test.ts", bench: ".test.ts", scripts: ".test.mjs" };
/** Bounds of test files run at once: some of them start Envoy and load it. */
const filesAtOnceMin = 2;
const filesAtOnceMax = 4;
/** A test (or a file) that takes longer has hung. */
const testMs = 900_000;

/** Paths of the test files, relative to `directory`, with `/`, sorted. */
export function testFiles(directory = root) {
  /** @type {string[]} */
  const found = [];
  for (const [place, ending] of Object.entries(places)) {
    for (const entry of entriesOf(join(directory, place))) {
      if (!entry.isFile() || !entry.name.endsWith(ending)) continue;
      found.push(relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/"));
    }
  }
  return found.sort();
}

function entriesOf(directory) {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

/** The files that a run with `patterns` takes; all of them without a pattern. */
export function select(files, patterns) {
  return patterns.length === 0 ? files : files.filter((file) => patterns.some((pattern) => file.includes(pattern)));
}

async function test() {
  await ensureInstalled();
  const args = process.argv.slice(2);
  const files = select(
    testFiles(),
    args.filter((arg) => !arg.startsWith("-")),
  );
  if (files.length === 0) throw new NoticeError("no test file matches");
  const filesAtOnce = Math.min(filesAtOnceMax, Math.max(filesAtOnceMin, availableParallelism()));
  const runner = [
    "--test",
    `--test-concurrency=${filesAtOnce}`,
    `--test-timeout=${testMs}`,
    "--test-reporter=./scripts/reporter.mjs",
    "--test-reporter-destination=stdout",
    ...args.filter((arg) => arg.startsWith("-")),
  ];
  process.chdir(root);
  const openVino = await openVinoVariable("The tests that need OpenVINO are skipped.");
  return runNode24([...runner, ...files], { ...(await envoyVariable()), ...openVino });
}

/** Got once here, so that the test files do not each look for it. Without it the tests that need it fail. */
async function envoyVariable() {
  try {
    return { ENVOY_BIN: await envoyPath() };
  } catch (error) {
    if (!(error instanceof NoticeError)) throw error;
    notice(`${error.message}\n  The tests that need Envoy will fail.`);
    return {};
  }
}

if (isMain(import.meta.url)) await runAsMain(test);
