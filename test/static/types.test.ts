// The whole project type-checks, and the check sees its files and a seeded mistake.

import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { root, runTool, seed } from "./tool.ts";

test("src/, test/ and bench/ type-check", async () => {
  const { status, output } = await runTool("tsc", ["-p", ".", "--pretty", "false"]);
  assert.equal(status, 0, output);
});

test("the check sees the files", async () => {
  const { output } = await runTool("tsc", ["-p", ".", "--listFilesOnly"]);
  const files = output.split("\n").filter((line) => line.startsWith(root) && !line.includes("node_modules"));
  assert.ok(files.length > 50, `it saw ${files.length} files`);
  assert.ok(files.some((file) => file.endsWith("test/static/types.test.ts")));
});

test("seeded: mistakes that the flags are there for", async (t) => {
  const directory = seed(t, {
    "tsconfig.json": JSON.stringify({
      extends: join(root, "tsconfig.json"),
      compilerOptions: { types: [] },
      include: ["*.ts"],
    }),
    "package.json": '{ "type": "module" }',
    "mistakes.ts": [
      "export const wrong: number = 'text';",
      "export const first = (list: readonly string[]): string => list[0];",
      "export const partial: { a?: string } = { a: undefined };",
      "export enum Kind { A }",
    ].join("\n"),
  });
  const { status, output } = await runTool("tsc", ["-p", ".", "--pretty", "false"], directory);
  assert.notEqual(status, 0);
  for (const code of ["TS2322", "TS2375", "TS1294"]) assert.match(output, new RegExp(code));
  for (const line of [1, 2, 3, 4]) assert.match(output, new RegExp(`mistakes\\.ts\\(${line},`));
});
