// Two processes that change one store at once: neither loses what the other did.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { activeName, readActive } from "../../../src/app/models/active.ts";
import { openTempDir } from "../../helpers/temp-dir.ts";

const program = fileURLToPath(new URL("./many-changes.ts", import.meta.url));
const count = 150;

test("all that two processes activate at once is active", async () => {
  await using dir = await openTempDir();
  const change = (prefix: string) => promisify(execFile)(process.execPath, [program, dir.path, prefix, String(count)]);
  await Promise.all([change("a"), change("b")]);
  const read = await readActive(dir.path);
  assert.ok(read.ok);
  const wanted = ["a", "b"].flatMap((prefix) => Array.from({ length: count }, (_, at) => `${prefix}-${at}`));
  assert.deepEqual([...read.value.keys()].toSorted(), wanted.toSorted());
  assert.deepEqual(await readdir(dir.path), [activeName]);
});
