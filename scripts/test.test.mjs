// Which files a run of the tests takes.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import test from "node:test";
import { root } from "./install.mjs";
import { select, testFiles } from "./test.mjs";

test("every test file of the checkout is found", () => {
  const found = testFiles();
  assert.ok(found.includes("scripts/test.test.mjs"));
  assert.ok(found.includes("test/helpers/require.test.ts"));
  const skipFolders = new Set(["node_modules", "dist", ".git"]);
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const others = folders.map((entry) => entry.name).filter((name) => !skipFolders.has(name));
  const all = others.flatMap((name) =>
    readdirSync(`${root}/${name}`, { recursive: true }).map((file) => `${name}/${file}`),
  );
  assert.deepEqual(all.filter((file) => /\.test\.[cm]?[jt]sx?$/.test(file)).sort(), found);
});

test("patterns pick files by a part of their path", () => {
  const files = ["src/a.test.ts", "test/b.test.ts"];
  assert.deepEqual(select(files, []), files);
  assert.deepEqual(select(files, ["src/", "none"]), ["src/a.test.ts"]);
  assert.deepEqual(select(files, ["none"]), []);
});
