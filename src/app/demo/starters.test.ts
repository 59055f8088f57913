import assert from "node:assert/strict";
import { test } from "node:test";
import { isAlive, listProcesses, startersOf } from "./starters.ts";

const row = (pid: number, parent: number, name: string): { pid: number; parent: number; name: string } => ({
  pid,
  parent,
  name,
});

test("all up to npm, the parent alone without it", () => {
  const shell = [row(1, 0, "init"), row(2, 1, "bash")];
  const npm = [...shell, row(3, 2, "npm start"), row(4, 3, "sh"), row(5, 4, "node"), row(6, 5, "node")];
  assert.deepEqual(startersOf(6, npm), [5, 4, 3]);
  assert.deepEqual(startersOf(6, [...shell, row(3, 2, "/usr/bin/npm"), row(6, 3, "node")]), [3]);
  assert.deepEqual(startersOf(5, [...shell, row(5, 2, "node")]), [2]);
  assert.deepEqual(startersOf(5, []), []);
  const deep = Array.from({ length: 20 }, (_, index) => row(index + 1, index, index === 0 ? "npm" : "node"));
  assert.deepEqual(startersOf(20, deep), [19]);
  assert.deepEqual(startersOf(7, [row(7, 8, "node"), row(8, 7, "node")]), [8]);
});

test("what the machine lists has us and our parent", () => {
  const rows = listProcesses();
  if (rows.length > 0) assert.equal(rows.find(({ pid }) => pid === process.pid)?.parent, process.ppid);
  assert.ok(isAlive(process.pid));
});
