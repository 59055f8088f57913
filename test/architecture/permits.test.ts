// Nobody but the guard makes a permit, and the gate sees each way round.

import assert from "node:assert/strict";
import test from "node:test";
import { makers, permitHome } from "./layers.ts";
import { permitViolations } from "./permits.ts";
import { parseSource, readSources } from "./source.ts";

test("src/ makes permits in the guard alone", () => {
  const sources = readSources("src");
  const home = sources.find(({ path }) => path === permitHome);
  for (const maker of Object.keys(makers)) assert.match(home?.text ?? "", new RegExp(`export function ${maker}\\b`));
  assert.deepEqual(permitViolations(sources), []);
});

const allowed: readonly (readonly [path: string, text: string])[] = [
  ["src/guard/judge.ts", 'import { grantPermit } from "./cleared.ts"; grantPermit();'],
  ["src/exchange/a.ts", 'import { clear, ownWords } from "../guard/cleared.ts"; ownWords("no");'],
  ["src/extproc/a.ts", 'import type { Cleared } from "../guard/cleared.ts"; const out: Cleared[] = [];'],
  ["src/extproc/a.test.ts", "const one = {} as Cleared;"],
];
for (const [path, text] of allowed) {
  test(`allowed: ${path}: ${text}`, () => assert.deepEqual(permitViolations([parseSource(path, text)]), []));
}

const seeded: readonly (readonly [path: string, text: string, fault: RegExp])[] = [
  ["src/exchange/a.ts", 'import { grantPermit } from "../guard/cleared.ts";', /grantPermit is not for this folder/],
  ["src/app/a.ts", 'import { grantPermit as leave } from "../guard/cleared.ts";', /grantPermit is not for/],
  ["src/app/a.ts", 'import * as all from "../guard/cleared.ts"; all.grantPermit();', /grantPermit is not for/],
  ["src/extproc/a.ts", 'import { ownWords } from "../guard/cleared.ts";', /ownWords is not for this folder/],
  ["src/extproc/a.ts", "const one = { bytes } as Cleared;", /only a verdict makes a Cleared/],
  ["src/exchange/a.ts", "const all = bytes.map((each) => ({ bytes: each })) as unknown as Cleared[];", /a Cleared/],
  ["src/guard/judge.ts", "const leave = {} as Permit;", /only a verdict makes a Permit/],
];
for (const [path, text, fault] of seeded) {
  test(`seeded: ${path}: ${text}`, () => {
    const found = permitViolations([parseSource(path, text)]);
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(found[0] ?? "", fault);
  });
}
