import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Fifo } from "./fifo.ts";

test("gives what an array gives", () => {
  const step = fc.oneof(
    fc.integer(),
    fc.constantFrom("shift" as const, "shift" as const),
    fc.constant("takeAll" as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const fifo = new Fifo<number>();
      const array: number[] = [];
      for (const each of steps) {
        if (each === "shift") assert.equal(fifo.shift(), array.shift());
        else if (each === "takeAll") assert.deepEqual(fifo.takeAll(), array.splice(0));
        else {
          fifo.push(each);
          array.push(each);
        }
        assert.equal(fifo.length, array.length);
        assert.equal(fifo.first, array[0]);
      }
    }),
  );
});
