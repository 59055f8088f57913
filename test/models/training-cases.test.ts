// The generators of training cases have tests of their own, in Python: they need its standard library and nothing else.

import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const models = fileURLToPath(new URL("../../models", import.meta.url));
const checked = spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]);
const skip = checked.status === 0 ? false : "needs python3, 3.11 or newer";

test("cases to train on are made alike each time, and their labels and places are right", { skip }, async () => {
  const args = ["-B", "-m", "unittest", "train.cases.test_cases"];
  const { stderr } = await promisify(execFile)("python3", args, { cwd: models });
  assert.match(stderr, /^Ran [1-9][0-9]* tests/m);
});
