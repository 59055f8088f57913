// No tracked file names a machine's path or a package registry.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { projectFiles, root } from "./source.ts";
import { wordViolations } from "./words.ts";

test("the project names no machine and no registry", () => {
  const files = projectFiles();
  for (const name of ["package-lock.json", "package.json", "LICENSE", "src/domain/segment.ts"]) {
    assert.ok(files.includes(name), `the gate saw ${name}`);
  }
  const found = files.flatMap((path) => wordViolations(path, readFileSync(join(root, path), "latin1")));
  assert.deepEqual(found, []);
});

const seeded: readonly string[] = [
  `cd /wo${"rk"}/main`,
  `"/ro${"ot"}/.npmrc"`,
  `file:///ho${"me"}/ann/project`.replace("file://", "file:"),
  `see ../sha${"red"}/notes`,
  `"resolved": "https://regi${"stry"}.npmjs.org/a"`,
  `https://py${"pi"}.org/simple`,
  `https://files.python${"hosted"}.org/a`,
  `GOPROXY=https://proxy.${"golang"}.org`,
];
for (const text of seeded) {
  test(`seeded: ${text}`, () => assert.equal(wordViolations("a", text).length, 1));
}

test("words that only look alike pass", () => {
  for (const text of ["https://example.com/network/work/", "src/root.ts", "a/home", "`npm ci`", "PyPI"]) {
    assert.deepEqual(wordViolations("a", text), [], text);
  }
});
