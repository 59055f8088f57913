import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Action, actions, type Rule } from "../domain/policy.ts";
import { decideUnknown, winning } from "./decide.ts";

const rule = (id: string, action: Action, more: Partial<Rule> = {}): Rule => ({
  id,
  stages: ["prompt"],
  detect: { kind: "secrets", kinds: ["jwt"] },
  detectKey: "secrets",
  action,
  shadow: false,
  onUnknown: "closed",
  ...more,
});
const block: Action = { kind: "block", form: "error" };

test("the strictest rule acts, the first among equals, never one in shadow", () => {
  const flag = rule("flag", { kind: "flag" });
  const redact = rule("redact", { kind: "redact" });
  const first = rule("first", block);
  const second = rule("second", { kind: "block", form: "refusal" });
  const hidden = rule("hidden", block, { shadow: true });
  assert.equal(winning([]), null);
  assert.equal(winning([hidden]), null);
  assert.equal(winning([flag, hidden]), flag);
  assert.equal(winning([flag, redact, hidden]), redact);
  assert.equal(winning([flag, first, redact, second]), first);
});

test("adding a rule never makes the outcome milder, and a shadow rule changes nothing", () => {
  const anyRule = fc
    .record({ kind: fc.constantFrom(...actions), shadow: fc.boolean() })
    .map(({ kind, shadow }) => rule("any", kind === "block" ? block : { kind }, { shadow }));
  const rank = (rules: readonly Rule[]): number => {
    const winner = winning(rules);
    return winner === null ? -1 : actions.indexOf(winner.action.kind);
  };
  fc.assert(
    fc.property(fc.array(anyRule), anyRule, fc.nat(), (rules, added, at) => {
      const index = at % (rules.length + 1);
      const more = rules.toSpliced(index, 0, added);
      assert.ok(rank(more) >= rank(rules));
      if (added.shadow) assert.equal(winning(more), winning(rules));
    }),
  );
});

test("not knowing blocks where a rule that acts says closed", () => {
  const open = rule("open", block, { onUnknown: "open" });
  const closed = rule("closed", { kind: "flag" });
  const hidden = rule("hidden", block, { shadow: true });
  assert.equal(decideUnknown([open, hidden], "deadline"), null);
  assert.deepEqual(decideUnknown([open, hidden, closed], "backend"), {
    kind: "unknown",
    rule: "closed",
    cause: "backend",
  });
});
