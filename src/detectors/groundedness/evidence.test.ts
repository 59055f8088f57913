import assert from "node:assert/strict";
import { test } from "node:test";
import { runAtOnce } from "../../stdx/paced.ts";
import { Evidence } from "./evidence.ts";
import { tokensOf } from "./tokens.ts";

const towns = Array.from({ length: 300 }, (_, at) => `Town${String.fromCharCode(97 + (at % 26))}${at}`);
const text = towns.map((town, at) => `The harbour of ${town} has ${at + 20} berths.`).join(" ");
const opened = (): Evidence => runAtOnce(Evidence.of([text])) ?? assert.fail("there is evidence");

test("what a claim is held against does not depend on what was asked before", () => {
  const asked = opened();
  for (const _ of [1, 2]) {
    for (const [at, town] of towns.entries()) {
      const claim = tokensOf(`${town} has ${at} berths.`);
      const passages = asked.passagesFor(claim);
      if (at % 10 === 0) assert.deepEqual(passages, opened().passagesFor(claim));
      assert.ok(passages.pool.some(({ tokens }) => tokens.some(({ word }) => word === town.toLowerCase())));
    }
  }
});

test("a sentence has one reading within a claim, whichever passages it stands in", () => {
  const { best, pool, wide } = opened().passagesFor(tokensOf("Townd107 and Towne108 have 20 berths."));
  for (const sentence of best) assert.ok(pool.includes(sentence) && wide.includes(sentence));
  for (const sentence of pool) assert.ok(wide.includes(sentence));
});
