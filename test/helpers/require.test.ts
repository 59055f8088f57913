// The helper finds programs, and names what is missing.

import assert from "node:assert/strict";
import { dirname } from "node:path";
import test from "node:test";
import { findProgram, skipUnless } from "./require.ts";

test("a program on PATH is found", () => {
  assert.equal(findProgram("sh", "/nowhere:/bin"), "/bin/sh");
  assert.ok(findProgram("node"), `node is beside ${dirname(process.execPath)}`);
});

test("a program that is not there is undefined", () => {
  assert.equal(findProgram("sh", ""), undefined);
  assert.equal(findProgram("no-such-program-here"), undefined);
});

test("a folder is not a program", () => {
  assert.equal(findProgram("bin", "/usr"), undefined);
});

test("a skip names each missing program", () => {
  assert.deepEqual(skipUnless("sh"), { skip: false });
  assert.deepEqual(skipUnless("sh", "no-such-one", "no-such-two"), {
    skip: "needs no-such-one and no-such-two on PATH",
  });
});
