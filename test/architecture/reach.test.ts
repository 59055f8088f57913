// Environment, terminal, clock, randomness and timers stay where the tables put them.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { reachViolations } from "./reach.ts";
import { programs } from "./layers.ts";
import { parseSource, readSources, root } from "./source.ts";

test("src/ reaches only for what its layer may", () => {
  const src = readSources("src");
  assert.ok(src.length > 30, `the gate saw ${src.length} files`);
  assert.deepEqual(reachViolations(src), []);
});

test("each program of its own is there", () => {
  for (const path of programs) assert.ok(existsSync(join(root, path)), path);
});

const allowed: readonly (readonly [path: string, text: string])[] = [
  ["src/config/a.ts", "export const env = process.env;"],
  ["src/cli/a.ts", "console.log(1); process.stdout.write('');"],
  ["src/app/a.ts", "const now = () => performance.now(); setTimeout(() => {}, Date.now() + Math.random());"],
  ["src/guard/a.ts", "const at = new Date(0); const timer = setTimeout(() => {}, 1);"],
  ["src/domain/a.ts", "export type Clock = { now(): number; setTimeout(): void; readonly console: string };"],
  ["src/domain/a.ts", "export const f = ({ performance }: { performance: { now(): number } }) => performance.now();"],
  ["src/domain/a.ts", "export const words = { process: 1, console: 2, random: 3 }; words.process;"],
  ["src/domain/a.ts", "// process.env and Date.now()\nexport const text = 'console.log(Math.random())';"],
  ["src/guard/a.test.ts", "console.log(process.env, Date.now());"],
];
for (const [path, text] of allowed) {
  test(`allowed: ${path}: ${text.replaceAll("\n", " ")}`, () =>
    assert.deepEqual(reachViolations([parseSource(path, text)]), []));
}

const seeded: readonly (readonly [path: string, text: string, reach: string])[] = [
  ["src/app/a.ts", "const home = process.env.HOME;", "environment"],
  ["src/app/a.ts", 'const home = process["env"].HOME;', "environment"],
  ["src/main.ts", "export const run = (env = process.env) => env;", "environment"],
  ["src/app/a.ts", "const { env } = process;", "process"],
  ["src/app/a.ts", "export const words = { process };", "process"],
  ["src/app/a.ts", "globalThis.process; use(process);", "process"],
  ["src/guard/a.ts", "console.error(1);", "terminal"],
  ["src/app/a.ts", "process.stderr.write('');", "terminal"],
  ["src/main.ts", "console.log(1);", "terminal"],
  ["src/guard/a.ts", "const at = Date.now();", "clock"],
  ["src/guard/a.ts", "const at = new Date();", "clock"],
  ["src/domain/a.ts", "const now = performance.now;", "clock"],
  ["src/extproc/a.ts", "const at = process.hrtime.bigint();", "clock"],
  ["src/guard/a.ts", "const x = Math.random();", "randomness"],
  ["src/guard/a.ts", 'import { randomUUID } from "node:crypto";', "randomness"],
  ["src/exchange/a.ts", "const id = crypto.randomUUID();", "randomness"],
  ["src/content/a.ts", "setTimeout(() => {}, 1);", "timer"],
  ["src/domain/a.ts", 'import { scheduler } from "node:timers/promises";', "timer"],
  ["src/policy/a.ts", "const signal = AbortSignal.timeout(5);", "timer"],
];
for (const [path, text, reach] of seeded) {
  test(`seeded: ${path}: ${text}`, () => {
    const found = reachViolations([parseSource(path, text)]);
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(found[0] ?? "", new RegExp(`may not reach for ${reach}$`));
  });
}
