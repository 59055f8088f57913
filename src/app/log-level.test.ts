import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { LogLevel } from "../domain/log-level.ts";
import { createLogger } from "../telemetry/log.ts";
import { createLogLevelSwitch } from "./log-level.ts";

type Line = Readonly<Record<string, unknown>>;

function switchFrom(t: TestContext, level: LogLevel) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const lines: Line[] = [];
  const log = createLogger({ level, write: (line) => lines.push(JSON.parse(line) as Line) });
  const it = createLogLevelSwitch(log, { nowMs: () => Date.now(), epochS: () => Math.floor(Date.now() / 1000) });
  const told = () => lines.map(({ msg, before, to, by, from, owner }) => [msg, before, to, by, from, owner]);
  const pass = (seconds: number) => t.mock.timers.tick(seconds * 1000);
  return { it, log, lines, told, pass };
}

const debug = { level: "debug", minutes: 10, owner: "on-call" } as const;

test("it tells more for the minutes, and goes back by itself; both are told", (t) => {
  const { it, log, told, pass } = switchFrom(t, "error");
  assert.deepEqual(it.set(debug, "10.0.0.7"), {
    ok: true,
    value: { level: "debug", configured: "error", endsS: 1600 },
  });
  assert.equal(log.tellsDebug, true);
  pass(599);
  assert.deepEqual(it.state(), { level: "debug", configured: "error", endsS: 1600 });
  pass(1);
  assert.deepEqual(it.state(), { level: "error", configured: "error", endsS: null });
  assert.equal(log.tellsDebug, false);
  assert.deepEqual(told(), [
    ["log level changed", "error", "debug", "operator", "10.0.0.7", "on-call"],
    ["log level changed", "debug", "error", "its time is over", undefined, undefined],
  ]);
});

test("a second order takes the place of the first, and a hand may end it", (t) => {
  const { it, told, pass } = switchFrom(t, "info");
  it.set(debug, "a");
  pass(300);
  it.set({ level: "warn", minutes: 10, owner: null }, "b");
  pass(300);
  assert.equal(it.state().level, "warn", "the first one's end is not the second's");
  assert.deepEqual([it.reset("c"), it.reset("c")], [true, false]);
  pass(600);
  assert.equal(it.state().level, "info");
  assert.deepEqual(
    told().map(([, before, to, by, from]) => [before, to, by, from]),
    [
      ["info", "debug", "operator", "a"],
      ["debug", "warn", "operator", "b"],
      ["warn", "info", "operator", "c"],
    ],
  );
});

test("minutes are bounded", (t) => {
  const { it, lines } = switchFrom(t, "info");
  for (const minutes of [0, -1, Number.NaN, 240.1, Number.POSITIVE_INFINITY])
    assert.equal(it.set({ ...debug, minutes }, "a").ok, false, String(minutes));
  assert.equal(it.state().level, "info");
  assert.equal(lines.length, 0);
  assert.equal(it.set({ ...debug, minutes: 240 }, "a").ok, true);
  it[Symbol.dispose]();
});
