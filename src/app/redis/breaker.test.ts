import assert from "node:assert/strict";
import { test } from "node:test";
import { Breaker } from "./breaker.ts";

function opened() {
  let now = 0;
  const changes: boolean[] = [];
  const breaker = new Breaker({
    nowMs: () => now,
    faultsMax: 3,
    restMs: 100,
    restMostMs: 250,
    onChange: (isOpen) => changes.push(isOpen),
  });
  return { breaker, changes, at: (ms: number) => (now = ms) };
}
const fail = (breaker: Breaker, times: number): void => {
  for (let count = 0; count < times; count += 1) breaker.tryCall()?.fault();
};

test("faults in a row open it, a success between them does not", () => {
  const { breaker, changes } = opened();
  fail(breaker, 2);
  breaker.tryCall()?.ok();
  fail(breaker, 2);
  assert.deepEqual([breaker.isOpen, changes], [false, []]);
  fail(breaker, 1);
  assert.deepEqual([breaker.isOpen, changes, breaker.tryCall()], [true, [true], null]);
});

test("after its rest one call tries; a failure doubles the rest up to the longest, a success closes it", () => {
  const { breaker, changes, at } = opened();
  fail(breaker, 3);
  at(99);
  assert.equal(breaker.tryCall(), null);
  for (const [from, rest] of [
    [100, 200],
    [300, 250],
    [550, 250],
  ] as const) {
    at(from);
    const trial = breaker.tryCall();
    assert.equal(breaker.tryCall(), null, "one at a time");
    trial?.fault();
    at(from + rest - 1);
    assert.equal(breaker.tryCall(), null);
  }
  at(800);
  breaker.tryCall()?.ok();
  assert.deepEqual([breaker.isOpen, changes], [false, [true, false]]);
  fail(breaker, 3);
  at(900);
  assert.notEqual(breaker.tryCall(), null, "the first rest again");
});

test("calls that began before a change have no say after it", () => {
  const { breaker, changes, at } = opened();
  const early = breaker.tryCall();
  const late = breaker.tryCall();
  fail(breaker, 3);
  early?.ok();
  assert.equal(breaker.isOpen, true);
  at(100);
  const trial = breaker.tryCall();
  late?.fault();
  trial?.ok();
  trial?.fault();
  assert.deepEqual([breaker.isOpen, changes], [false, [true, false]]);
});
