// The rows that wait against the plain way: a list that is searched from its beginning.

import assert from "node:assert/strict";
import { it } from "node:test";
import * as fc from "fast-check";
import { type WaitingRow, WaitingRows } from "./waiting-rows.ts";

const paddingMax = 8;

const paddingOf = (taken: readonly WaitingRow[]): number => {
  const longest = Math.max(0, ...taken.map(({ length }) => length));
  return taken.reduce((sum, { length }) => sum + longest - length, 0);
};

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("add" as const),
      length: fc.constantFrom(5, 6, 60),
      urgencyMs: fc.nat(1_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("remove" as const), at: fc.nat(100) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("take" as const), rowsMax: fc.integer({ min: 1, max: 3 }) }) },
);

it("the most urgent leads, whoever has come and gone", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: "max" }), (steps) => {
      const rows = new WaitingRows<WaitingRow>();
      let plain: WaitingRow[] = [];
      let order = 0;
      for (const each of steps) {
        if (each.kind === "add") {
          const row = { length: each.length, urgencyMs: each.urgencyMs, order: order++, place: -1 };
          rows.add(row);
          plain.push(row);
        } else if (each.kind === "remove") {
          const gone = plain[each.at % Math.max(1, plain.length)];
          if (gone === undefined) continue;
          rows.remove(gone);
          rows.remove(gone); // of no effect
          plain = plain.filter((row) => row !== gone);
        } else {
          const taken = rows.take({ tokensMax: 200, rowsMax: each.rowsMax, enough: 150, paddingMax });
          const [lead] = plain.toSorted((a, b) => a.urgencyMs - b.urgencyMs || a.order - b.order);
          assert.equal(taken[0], lead);
          assert.ok(taken.length <= each.rowsMax);
          assert.ok(paddingOf(taken) <= Math.max(0, taken.length - 1) * paddingMax);
          plain = plain.filter((row) => !taken.includes(row));
        }
        assert.equal(rows.rows, plain.length);
        assert.equal(
          rows.tokens,
          plain.reduce((sum, { length }) => sum + length, 0),
        );
      }
      const sorted = plain.toSorted((a, b) => a.urgencyMs - b.urgencyMs || a.order - b.order);
      for (const row of sorted)
        assert.deepEqual(rows.take({ tokensMax: 200, rowsMax: 1, enough: 1, paddingMax }), [row]);
    }),
    { numRuns: 200 },
  );
});
