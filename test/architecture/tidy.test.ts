// The habits hold, and the gate sees each kind of lapse.

import assert from "node:assert/strict";
import test from "node:test";
import { fileLinesMax } from "./layers.ts";
import { parseSource, readSources } from "./source.ts";
import { tidyViolations } from "./tidy.ts";

for (const folder of ["src", "test"]) {
  test(`${folder}/ is tidy`, () => {
    const sources = readSources(folder);
    assert.ok(sources.length > 5, `the gate saw ${sources.length} files`);
    assert.deepEqual(tidyViolations(sources), []);
  });
}

const head = "// What it owns.\n";
const lines = (count: number): string => head + "export {};\n".repeat(count - 1);

const allowed: readonly (readonly [path: string, text: string])[] = [
  ["src/guard/judge.ts", lines(fileLinesMax)],
  ["src/guard/pass-gate.test.ts", "export {};"],
  ["src/main.ts", `#!/usr/bin/env node\n${head}`],
  ["src/domain/a.ts", `${head}declare module "x" { export const a: 1; }`],
];
for (const [path, text] of allowed) {
  test(`allowed: ${path}`, () => assert.deepEqual(tidyViolations([parseSource(path, text)]), []));
}

const note = "TO" + "DO";
const seeded: readonly (readonly [path: string, text: string, fault: RegExp])[] = [
  ["src/guard/long.ts", lines(fileLinesMax + 1), /321 lines/],
  ["src/guard/bare.ts", "export {};", /begins with a comment/],
  ["src/guard/late.ts", "\nexport {};\n// late", /begins with a comment/],
  ["src/guard/PassGate.ts", head, /kebab-case/],
  ["src/guard/pass_gate.ts", head, /kebab-case/],
  ["src/passGate/gate.ts", head, /kebab-case/],
  ["src/guard/note.ts", `${head}// ${note}: later`, /note to self/],
  ["test/helpers/note.ts", `/* ${note} */`, /note to self/],
  ["src/guard/kind.ts", `${head}export enum Kind { A }`, /enum is not erasable/],
  ["src/guard/space.ts", `${head}export namespace Space { export const a = 1; }`, /namespace is not erasable/],
  ["src/guard/point.ts", `${head}class Point { constructor(readonly x: number) {} }`, /parameter property/],
];
for (const [path, text, fault] of seeded) {
  test(`seeded: ${path}`, () => {
    const found = tidyViolations([parseSource(path, text)]);
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(found[0] ?? "", fault);
  });
}
