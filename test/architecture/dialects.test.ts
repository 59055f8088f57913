// Shows that the folders of the dialects have the same files, and that the rule finds what it forbids.

import assert from "node:assert/strict";
import { test } from "node:test";
import { dialectViolations, foldersIn } from "./dialects.ts";
import { parseSource, readSources, type Source } from "./source.ts";

test("each dialect's folder has the same files", () => {
  const sources = readSources("src");
  assert.ok(foldersIn(sources).has("openai"), "the gate saw no folder");
  assert.deepEqual(dialectViolations(sources), []);
});

const names = ["index", "operations", "requests", "replies", "stream", "answers", "declared"];
const tests = ["requests.test", "replies.test", "stream.test"];
const folder = (files: readonly string[], text = ""): readonly Source[] =>
  files.map((name) => parseSource(`src/content/dialects/parley/${name}.ts`, `// What it owns.\n${text}`));

test("allowed: all files, and those that need not be there", () => {
  assert.deepEqual(dialectViolations(folder([...names, ...tests, "parts", "forms", "answers.test"])), []);
});

test("allowed: a file of another dialect, where it is imported by its name", () => {
  const without = [...names, ...tests].filter((name) => !name.startsWith("stream"));
  assert.deepEqual(dialectViolations(folder(without, 'import { openStream } from "../openai/stream.ts";\n')), []);
});

test("allowed: operations made out of another dialect's", () => {
  const text = 'import { operation } from "../openai/operations.ts";\n';
  assert.deepEqual(dialectViolations(folder(["index", "operations"], text)), []);
  assert.equal(dialectViolations(folder(["operations"], text)).length, 1);
});

const seeded: readonly (readonly [fault: RegExp, files: readonly string[]])[] = [
  [/stream\.ts is missing/, [...names, ...tests].filter((name) => !name.startsWith("stream"))],
  [/replies\.test\.ts is missing/, [...names, ...tests].filter((name) => name !== "replies.test")],
  [/message\.ts: no file of a dialect's folder/, [...names, ...tests, "message"]],
  [/more\/requests\.ts: no file of a dialect's folder/, [...names, ...tests, "more/requests"]],
];
for (const [fault, files] of seeded) {
  test(`seeded: ${fault.source}`, () => {
    const found = dialectViolations(folder(files));
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(found[0] ?? "", fault);
  });
}
