import assert from "node:assert/strict";
import { test } from "node:test";
import type { BreakGlassOrder } from "../domain/break-glass.ts";
import { type BreakGlassEvent, createBreakGlass } from "./break-glass.ts";

function switchAt(startS: number) {
  let nowS = startS;
  const events: BreakGlassEvent[] = [];
  const it = createBreakGlass({
    clock: { nowMs: () => nowS * 1000, epochS: () => nowS },
    ruleIds: () => ["cards"],
    onEvent: (event) => events.push(event),
  });
  return { it, events, pass: (seconds: number) => (nowS += seconds), [Symbol.dispose]: () => it.dispose() };
}

const order = (target: BreakGlassOrder["target"], minutes = 10): BreakGlassOrder => ({
  target,
  minutes,
  reason: "false alarms since the release",
  owner: "on-call",
});
const cards = { kind: "rule", name: "cards" } as const;
const chat = { kind: "route", name: "chat" } as const;

test("a rule is out of force until its time is over, to the second", () => {
  using at = switchAt(1000);
  assert.equal(at.it.open(order(cards)).ok, true);
  at.pass(599);
  assert.deepEqual([...at.it.current().rules], ["cards"]);
  at.pass(1);
  assert.deepEqual([...at.it.current().rules], []);
  assert.deepEqual(
    at.events.map(({ kind }) => kind),
    ["opened", "ended"],
  );
});

test("rules and routes are apart, and each can be brought back", () => {
  using at = switchAt(0);
  at.it.open(order(cards));
  at.it.open(order(chat));
  assert.deepEqual([[...at.it.current().rules], [...at.it.current().routes]], [["cards"], ["chat"]]);
  assert.equal(at.it.close(cards), true);
  assert.equal(at.it.close(cards), false);
  assert.deepEqual([[...at.it.current().rules], [...at.it.current().routes]], [[], ["chat"]]);
});

test("a bad order changes nothing and says why", () => {
  using at = switchAt(0);
  const bad: readonly (readonly [BreakGlassOrder, RegExp])[] = [
    [order({ kind: "rule", name: "crads" }), /no rule of the policy in force/],
    [order(cards, 0), /minutes/],
    [order(cards, 241), /at most 240/],
    [order(cards, Number.NaN), /minutes/],
  ];
  for (const [each, why] of bad) {
    const opened = at.it.open(each);
    assert.match(opened.ok ? "" : opened.error, why);
  }
  assert.equal(at.it.entries().length, 0);
  for (let n = 0; n < 32; n++) assert.equal(at.it.open(order({ kind: "route", name: `r${n}` })).ok, true);
  assert.equal(at.it.open(order(cards)).ok, false);
});
