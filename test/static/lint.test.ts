// Lint and format hold for the whole project, and both see its files and seeded lapses.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { root, runTool, seed } from "./tool.ts";

const lintConfig = join(root, ".oxlintrc.json");

test("the project is free of lint", async () => {
  const { status, output } = await runTool("oxlint", ["--format", "unix"]);
  assert.equal(status, 0, output);
});

test("lint sees the files, with rules that know types", async () => {
  const { output } = await runTool("oxlint", ["--format", "json"]);
  const { number_of_files: files, number_of_rules: rules } = JSON.parse(output) as Record<string, unknown>;
  assert.ok(typeof files === "number" && files > 50, `it saw ${String(files)} files`);
  assert.ok(typeof rules === "number" && rules > 100, `it had ${String(rules)} rules`);
});

test("seeded: lint", async (t) => {
  const directory = seed(t, {
    "tsconfig.json": JSON.stringify({
      extends: join(root, "tsconfig.json"),
      compilerOptions: { types: [] },
      include: ["*.ts"],
    }),
    "package.json": '{ "type": "module" }',
    "floating.ts": "const later = async (): Promise<void> => {};\nexport const run = (): void => {\n  later();\n};\n",
    "any.ts": "export const loose = (value: any): boolean => value == 1;\n",
    "one.ts": 'import { two } from "./two.ts";\nexport const one = (): number => two();\n',
    "two.ts": 'import { one } from "./one.ts";\nexport const two = (): number => one();\n',
    "switch.ts":
      'export const pick = (kind: "a" | "b"): number => {\n  switch (kind) {\n    case "a":\n      return 1;\n  }\n  return 2;\n};\n',
    "behind.ts": "export const first = (text: string): number | undefined => text.codePointAt(0);\n",
    "long.ts": `export const long = (): void => {\n${"  void 0;\n".repeat(71)}};\n`,
  });
  const { status, output } = await runTool("oxlint", ["-c", lintConfig, "--format", "unix", "."], directory);
  assert.equal(status, 1, output);
  const rules = [
    "no-floating-promises",
    "no-explicit-any",
    "eqeqeq",
    "no-cycle",
    "switch-exhaustiveness-check",
    "max-lines-per-function",
    "no-restricted-properties",
  ];
  for (const rule of rules) assert.match(output, new RegExp(rule));
});

test("the project is formatted", async () => {
  const { status, output } = await runTool("biome", ["format", "--max-diagnostics=20", "."]);
  assert.equal(status, 0, output);
  const files = Number(/Checked (\d+) files/.exec(output)?.[1]);
  assert.ok(files > 50, `it saw ${files} files`);
});

test("seeded: format", async (t) => {
  const config = JSON.parse(readFileSync(join(root, "biome.json"), "utf8")) as object;
  const files = { "biome.json": `${JSON.stringify({ ...config, vcs: { enabled: false } }, null, 2)}\n` };
  const good = await runTool(
    "biome",
    ["format", "good.ts"],
    seed(t, { ...files, "good.ts": 'export const a = "b";\n' }),
  );
  assert.equal(good.status, 0, good.output);
  for (const text of ["export const a = 'b';\n", "export const a = { b:1 };\n", "if (a) {\n    b();\n}\n"]) {
    const bad = await runTool("biome", ["format", "bad.ts"], seed(t, { ...files, "bad.ts": text }));
    assert.equal(bad.status, 1, text);
  }
});
