import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { repeatLimits, Repeats, type Repeated } from "./repeats.ts";

const { linesMax, kindsMax, minuteMs } = repeatLimits;

function counting(t: TestContext) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const told: (Repeated & { readonly more: number })[] = [];
  const repeats = new Repeats<Repeated>((first, more) => told.push({ ...first, more }));
  const write = (message: string, fields: Repeated["fields"], times: number): number =>
    Array.from({ length: times }, () => repeats.admit({ message, fields })).filter(Boolean).length;
  return { repeats, told, write, minute: () => t.mock.timers.tick(minuteMs) };
}

test("the first few are written, the others told as a number when the minute is over", (t) => {
  const { told, write, minute } = counting(t);
  assert.equal(write("failed", { kind: "a", stack: ["at x"] }, linesMax), linesMax);
  minute();
  assert.deepEqual(told, [], "nothing was left out");
  assert.equal(write("failed", { kind: "a", stack: ["at x"] }, 5000), linesMax);
  assert.equal(write("failed", { kind: "b" }, 1), 1, "another line");
  minute();
  assert.deepEqual(told, [{ message: "failed", fields: { kind: "a" }, more: 5000 - linesMax }]);
  assert.equal(write("failed", { kind: "a", stack: ["at x"] }, 3), 3, "a new minute");
  minute();
  minute();
  assert.equal(told.length, 1);
});

test("lines of different exchanges are equal lines", (t) => {
  const { repeats, told, write } = counting(t);
  const ids = (n: number) => ({
    stream: n,
    exchange: `e${n}`,
    request_id: `r${n}`,
    trace_id: `t${n}`,
    span_id: `s${n}`,
  });
  for (let n = 0; n < linesMax + 2; n += 1) write("failed", { kind: "a", ...ids(n) }, 1);
  repeats.flush();
  assert.deepEqual(told, [{ message: "failed", fields: { kind: "a" }, more: 2 }]);
});

test("different lines without end are told apart by their message alone", (t) => {
  const { repeats, told, write } = counting(t);
  let written = 0;
  for (let n = 0; n < 10 * kindsMax; n += 1) written += write("failed", { n }, 1);
  assert.equal(written, kindsMax + linesMax);
  repeats.flush();
  assert.deepEqual(told, [{ message: "failed", fields: {}, more: 9 * kindsMax - linesMax }]);
});
