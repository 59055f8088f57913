import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Recent } from "./recent.ts";

const step = fc.record({
  key: fc.constantFrom("a", "b", "c", "d", "e"),
  bytes: fc.integer({ min: 0, max: 12 }),
  lasts: fc.integer({ min: 0, max: 6 }),
  put: fc.boolean(),
});

type Kept = { readonly key: string; readonly value: number; readonly bytes: number; readonly ends: number };

/** The same in the plainest words: a list, the one used longest ago first. */
function plainly(entriesMax: number, bytesMax: number) {
  let kept: readonly Kept[] = [];
  const without = (key: string): readonly Kept[] => kept.filter((each) => each.key !== key);
  const sum = (): number => kept.reduce((all, { bytes }) => all + bytes, 0);
  return {
    sum,
    get(key: string, now: number): number | null {
      const one = kept.find((each) => each.key === key);
      kept = one === undefined || one.ends <= now ? without(key) : [...without(key), one];
      return one === undefined || one.ends <= now ? null : one.value;
    },
    put(one: Kept): void {
      kept = one.bytes > bytesMax ? without(one.key) : [...without(one.key), one];
      while (kept.length > entriesMax || sum() > bytesMax) kept = kept.slice(1);
    },
  };
}

test("keeps what a list kept in the order of its use would keep, within both bounds and up to each one's end", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 20 }),
      fc.array(step, { maxLength: 60 }),
      (entriesMax, bytesMax, steps) => {
        const recent = new Recent<number>({ entriesMax, bytesMax });
        const list = plainly(entriesMax, bytesMax);
        for (const [now, { key, bytes, lasts, put }] of steps.entries()) {
          if (put) {
            recent.put(key, now, bytes, now + lasts);
            list.put({ key, value: now, bytes, ends: now + lasts });
          } else assert.equal(recent.get(key, now), list.get(key, now));
          assert.equal(recent.bytes, list.sum());
        }
      },
    ),
  );
});
