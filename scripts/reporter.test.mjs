// The report ends with the runner's summary, lists every skip, and fails a run whose skips are not allowed.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { faultOf } from "./reporter.mjs";

const reporter = fileURLToPath(new URL("reporter.mjs", import.meta.url));

/** Runs one test file with the reporter in a process of its own; the outer runner's variables stay out of it. */
function runWith(t, source, env = {}) {
  const directory = mkdtempSync(join(tmpdir(), "sallyport-reporter-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "seeded.test.mjs");
  writeFileSync(file, source);
  const { NODE_TEST_CONTEXT: _context, SALLYPORT_REQUIRE: _require, ...rest } = process.env;
  const args = ["--test", `--test-reporter=${reporter}`, "--test-reporter-destination=stdout", file];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8", env: { ...rest, ...env } });
  return { status, lines: stdout.trimEnd().split("\n"), summary: (key) => summaryOf(stdout, key) };
}

function summaryOf(text, key) {
  return Number(new RegExp(`^ℹ ${key} ([\\d.]+)$`, "m").exec(text)?.[1]);
}

const head = 'import test, { describe } from "node:test";\n';
const skipped = `${head}test("one", { skip: "needs a thing" }, () => {}); test("two", () => {});`;

test("a good run ends with the summary and status 0", (t) => {
  const { status, lines } = runWith(t, `${head}test("one", () => {});`);
  assert.equal(status, 0);
  assert.match(lines.at(-1), /^ℹ duration_ms /);
  assert.equal(lines.at(-8), "ℹ tests 1");
});

test("a failing test gives status 1 and the summary still comes last", (t) => {
  const { status, lines, summary } = runWith(t, `${head}test("one", () => { throw new Error("seeded"); });`);
  assert.equal(status, 1);
  assert.equal(summary("fail"), 1);
  assert.match(lines.at(-1), /^ℹ duration_ms /);
});

test("a file that cannot be loaded fails", (t) => {
  assert.equal(runWith(t, "import './not-there.mjs';").status, 1);
});

test("a skip is listed with its reason", (t) => {
  const { status, lines, summary } = runWith(t, skipped);
  assert.equal(status, 0);
  assert.ok(lines.some((line) => line.endsWith("seeded.test.mjs: one: needs a thing")));
  assert.equal(summary("skipped"), 1);
});

test("a skip without a reason fails the run", (t) => {
  const { status, summary } = runWith(t, `${head}test("one", { skip: true }, () => {});`);
  assert.equal(status, 1);
  assert.equal(summary("fail"), 1);
  assert.equal(summary("skipped"), 0);
});

test("a todo without a reason fails the run", (t) => {
  assert.equal(runWith(t, `${head}test("one", { todo: true }, () => {});`).status, 1);
});

test("where all is required, a skip that is not reviewed fails the run", (t) => {
  const { status, summary } = runWith(t, skipped, { SALLYPORT_REQUIRE: "all" });
  assert.equal(status, 1);
  assert.equal(summary("fail"), 1);
  assert.equal(summary("pass"), 1);
});

test("where all is required, a skipped suite fails the run", (t) => {
  const source = `${head}describe("all", { skip: "needs a thing" }, () => { test("one", () => {}); });`;
  const { status, summary } = runWith(t, source, { SALLYPORT_REQUIRE: "all" });
  assert.equal(status, 1);
  assert.equal(summary("skipped"), 0);
});

test("where all is required, a reviewed skip may stand", () => {
  const skip = { file: "test/a.test.ts", name: "one", reason: "needs a thing" };
  const reviewed = [{ file: "test/a.test.ts", test: "one", reason: "cannot run there" }];
  assert.equal(faultOf(skip, { requireAll: true, reviewed }), undefined);
  assert.match(faultOf({ ...skip, name: "other" }, { requireAll: true, reviewed }), /not in/);
  assert.match(faultOf({ ...skip, reason: undefined }, { requireAll: true, reviewed }), /no reason/);
});
