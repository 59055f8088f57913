import assert from "node:assert/strict";
import { test } from "node:test";
import { restartReasons } from "../../domain/restart.ts";
import { type Ending, type Next, restartLimits, RestartPolicy } from "./restart-policy.ts";

const { windowMs, delayFirstMs, delayMaxMs, startsMax } = restartLimits;
const at = (nowMs: number) => ({ nowMs, epochMs: 1_000_000 + nowMs });
const died = (signal: NodeJS.Signals): Ending => ({ kind: "signal", signal });
const exited = (status: number): Ending => ({ kind: "exit", status });

function served(): RestartPolicy {
  const policy = new RestartPolicy();
  policy.serves();
  return policy;
}

const delayOf = (next: Next): number | string => (next.kind === "again" ? next.delayMs : next.kind);

test("after a crash another is started at once, and knows why", () => {
  assert.deepEqual(served().ended(died("SIGSEGV"), false, at(5)), {
    kind: "again",
    delayMs: 0,
    history: { counts: { SIGSEGV: 1 }, last: "SIGSEGV", endedAtMs: 1_000_005 },
  });
});

test("each further crash in a window is waited for twice as long, up to a bound, and there is always another", () => {
  const policy = served();
  const delays = Array.from({ length: 10 }, (_, index) => delayOf(policy.ended(died("SIGABRT"), false, at(index))));
  const grown = [250, 500, 1000, 2000, 4000, 8000];
  assert.equal(delayFirstMs, 250);
  assert.deepEqual(delays, [0, ...grown, delayMaxMs, delayMaxMs, delayMaxMs]);
});

test("crashes before the window count no more", () => {
  const policy = served();
  policy.ended(died("SIGSEGV"), false, at(0));
  assert.equal(delayOf(policy.ended(died("SIGSEGV"), false, at(windowMs - 1))), delayFirstMs, "one below");
  assert.equal(delayOf(policy.ended(died("SIGSEGV"), false, at(windowMs))), delayFirstMs, "the first is over");
  assert.equal(delayOf(policy.ended(died("SIGSEGV"), false, at(3 * windowMs))), 0);
});

test("a crash before anything was served is tried a few times", () => {
  const policy = new RestartPolicy();
  for (let start = 1; start < startsMax; start += 1)
    assert.equal(policy.ended(died("SIGSEGV"), false, at(start)).kind, "again");
  const next = policy.ended(died("SIGSEGV"), false, at(9));
  assert.deepEqual(next, { kind: "give-up", reason: "SIGSEGV", starts: startsMax });
});

test("once one has served, starts that crash or fail are tried for ever", () => {
  const policy = served();
  for (let crash = 0; crash < 3 * startsMax; crash += 1) {
    const how = crash % 2 === 0 ? died("SIGILL") : exited(1);
    assert.equal(policy.ended(how, false, at(crash)).kind, "again");
  }
});

test("how it ends by itself is how all ends", () => {
  const bad = new RestartPolicy();
  assert.deepEqual(bad.ended(exited(2), false, at(0)), { kind: "end", status: 2 }, "before it served: its settings");
  assert.deepEqual(served().ended(exited(0), false, at(0)), { kind: "end", status: 0 });
  const cases = { SIGTERM: 143, SIGINT: 130, SIGHUP: 129, SIGQUIT: 131 } as const;
  for (const [signal, status] of Object.entries(cases))
    assert.deepEqual(served().ended(died(signal as NodeJS.Signals), false, at(0)), { kind: "end", status });
});

test("what was asked to end is not started again, however it ends", () => {
  assert.deepEqual(served().ended(exited(0), true, at(0)), { kind: "end", status: 0 });
  assert.deepEqual(served().ended(died("SIGINT"), true, at(0)), { kind: "end", status: 0 }, "drained, then one more");
  assert.deepEqual(new RestartPolicy().ended(died("SIGINT"), true, at(0)), { kind: "end", status: 130 });
  assert.deepEqual(served().ended(died("SIGSEGV"), true, at(0)), { kind: "end", status: 139 });
  assert.deepEqual(served().ended({ kind: "not-started" }, true, at(0)), { kind: "end", status: 1 });
});

test("every reason is counted by its own word", () => {
  const policy = served();
  const ways: readonly Ending[] = [
    ...(["SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE", "SIGTRAP", "SIGKILL", "SIGSYS"] as const).map(died),
    exited(7),
    { kind: "not-started" },
  ];
  const last = ways.map((how) => policy.ended(how, false, at(0))).at(-1);
  assert.ok(last?.kind === "again");
  assert.deepEqual(last.history.counts, Object.fromEntries(restartReasons.map((reason) => [reason, 1])));
});
