// No file, export or dependency is unused or unlisted, and the check sees each of them where it is seeded.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { root, runTool, seed } from "./tool.ts";

const config = readFileSync(join(root, "knip.json"), "utf8");

test("nothing is dead", async () => {
  const { status, output } = await runTool("knip", ["--no-progress"]);
  assert.equal(status, 0, output);
});

test("each entry of the configuration is there", () => {
  const { entry } = JSON.parse(config) as { readonly entry: readonly string[] };
  const plain = entry.filter((path) => !path.includes("*"));
  assert.ok(plain.includes("src/main.ts"));
  for (const path of plain) assert.ok(readFileSync(join(root, path), "utf8").length > 0, path);
});

const live = {
  "package.json": '{ "name": "seeded", "type": "module", "dependencies": {} }',
  "tsconfig.json": readFileSync(join(root, "tsconfig.json"), "utf8"),
  "knip.json": config,
  "src/main.ts": 'import { used } from "./part.ts";\nused();\n',
  "src/part.ts": "export const used = (): number => 1;\n",
};
const dead: Readonly<Record<string, { readonly files: Readonly<Record<string, string>>; readonly says: RegExp }>> = {
  "an unused file": { files: { "src/lost.ts": "export const lost = 1;\n" }, says: /Unused files[^]*lost\.ts/ },
  "an unused export": {
    files: { "src/part.ts": "export const used = (): number => 1;\nexport const spare = 2;\n" },
    says: /Unused exports[^]*spare/,
  },
  "an unused dependency": {
    files: { "package.json": '{ "name": "seeded", "type": "module", "dependencies": { "left": "1.0.0" } }' },
    says: /Unused dependencies[^]*left/,
  },
  "an unlisted dependency": {
    files: { "src/main.ts": 'import { used } from "./part.ts";\nimport "unlisted";\nused();\n' },
    says: /Unlisted dependencies[^]*unlisted/,
  },
};

test("a project without dead code passes", async (t) => {
  const { status, output } = await runTool("knip", ["--no-progress"], seed(t, live));
  assert.equal(status, 0, output);
});

for (const [name, { files, says }] of Object.entries(dead)) {
  test(`seeded: ${name}`, async (t) => {
    const directory = seed(t, { ...live, ...files });
    mkdirSync(join(directory, "node_modules", "left"), { recursive: true });
    writeFileSync(join(directory, "node_modules", "left", "package.json"), '{ "name": "left", "version": "1.0.0" }');
    const { status, output } = await runTool("knip", ["--no-progress"], directory);
    assert.equal(status, 1, output);
    assert.match(output, says);
  });
}
