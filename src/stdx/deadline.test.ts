import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { isDeadline, openDeadline } from "./deadline.ts";

test("time runs out at the budget, not before", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  using deadline = openDeadline(new AbortController().signal, 100);
  t.mock.timers.tick(99);
  assert.equal(deadline.signal.aborted, false);
  t.mock.timers.tick(1);
  assert.equal(isDeadline(deadline.signal), true);
});

test("it ends with its parent, and the reason is the parent's", () => {
  const parent = new AbortController();
  using deadline = openDeadline(parent.signal, 60_000);
  const over = new Error("over");
  parent.abort(over);
  assert.equal(deadline.signal.reason, over);
  assert.equal(isDeadline(deadline.signal), false);
});

test("of a parent that has ended it is over at once", () => {
  using deadline = openDeadline(AbortSignal.abort(new Error("over")), 60_000);
  assert.equal(deadline.signal.aborted, true);
  assert.equal(isDeadline(deadline.signal), false);
});

test("done in time, nothing stays behind", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { signal: parent } = new AbortController();
  const deadline = openDeadline(parent, 100);
  deadline[Symbol.dispose]();
  t.mock.timers.tick(1_000);
  assert.equal(deadline.signal.aborted, false);
  assert.deepEqual(getEventListeners(parent, "abort"), []);
});
