import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Action, actions, type RedactStyle, type RestoreIn, type Rule, type StableIn } from "../domain/policy.ts";
import { score } from "../domain/score.ts";
import { decide, decideUnknown, winning } from "./decide.ts";
import { keepLastMax, strictness } from "./strictness.ts";

const rule = (id: string, action: Action, more: Partial<Rule> = {}): Rule => ({
  id,
  stages: ["prompt"],
  scope: null,
  detect: { kind: "secrets", kinds: ["jwt"], allow: [] },
  views: [],
  detectKey: "secrets",
  minScore: score(0),
  action,
  hold: false,
  shadow: false,
  onUnknown: "closed",
  ...more,
});
const block: Action = { kind: "block", form: "error", status: null, message: null };
const flag = (name?: string, value = "1"): Action => ({
  kind: "flag",
  header: name === undefined ? null : { name, value },
});
const route = (name: string, value: string): Action => ({ kind: "route", header: { name, value } });
const redact = (style: RedactStyle): Action => ({ kind: "redact", style });
const placeholder = (restore: RestoreIn | null, stable: StableIn | null = null): Action =>
  redact({ kind: "placeholder", restore, stable });
const conversation = { header: null };

/** Weakest first; no two are equally strict. */
const ladder: readonly Action[] = [
  { kind: "allow" },
  flag(),
  route("x-to", "a"),
  { kind: "mark", before: "", after: "?" },
  placeholder({ links: true, toolArguments: true }, conversation),
  placeholder({ links: true, toolArguments: true }),
  placeholder({ links: false, toolArguments: true }),
  placeholder({ links: false, toolArguments: false }, conversation),
  placeholder({ links: false, toolArguments: false }),
  placeholder(null, conversation),
  placeholder(null),
  redact({ kind: "mask", keepLast: keepLastMax }),
  redact({ kind: "mask", keepLast: 4 }),
  redact({ kind: "mask", keepLast: 0 }),
  redact({ kind: "hash" }),
  redact({ kind: "label" }),
  redact({ kind: "remove" }),
  { kind: "replace", text: "x" },
  block,
];

test("actions, and the styles of redact, have one order", () => {
  const ranks = ladder.map(strictness);
  assert.deepEqual(
    ranks,
    [...ranks].sort((a, b) => a - b),
  );
  assert.equal(new Set(ranks).size, ranks.length);
  assert.deepEqual([...new Set(ladder.map(({ kind }) => kind))], [...actions]);
});

test("the strictest rule acts, the first among equals, never one in shadow", () => {
  const flags = rule("flag", flag());
  const redacts = rule("redact", redact({ kind: "label" }));
  const first = rule("first", block);
  const second = rule("second", { kind: "block", form: "refusal", status: null, message: null });
  const hidden = rule("hidden", block, { shadow: true });
  assert.equal(winning([]), null);
  assert.equal(winning([hidden]), null);
  assert.equal(winning([flags, hidden]), flags);
  assert.equal(winning([flags, redacts, hidden]), redacts);
  assert.equal(winning([flags, first, redacts, second]), first);
});

test("marks add up beside what acts; for one header the first is heard, a route before a flag", () => {
  const rules = [
    rule("a", flag("x-a", "1")),
    rule("b", flag("x-a", "2")),
    rule("c", flag("x-to", "eu")),
    rule("d", route("x-to", "us")),
    rule("e", route("x-to", "in")),
    rule("f", flag("x-hidden"), { shadow: true }),
    rule("g", flag()),
    rule("h", block),
  ];
  assert.deepEqual(decide(rules), {
    act: rules[7],
    marks: [
      { name: "x-a", value: "1", route: false },
      { name: "x-to", value: "us", route: true },
    ],
  });
  assert.deepEqual(decide([]), { act: null, marks: [] });
});

test("adding a rule never makes the outcome milder, and a shadow rule changes nothing", () => {
  const anyRule = fc
    .record({ action: fc.constantFrom(...ladder), shadow: fc.boolean() })
    .map(({ action, shadow }) => rule("any", action, { shadow }));
  const rank = (rules: readonly Rule[]): number => {
    const winner = winning(rules);
    return winner === null ? -1 : strictness(winner.action);
  };
  fc.assert(
    fc.property(fc.array(anyRule), anyRule, fc.nat(), (rules, added, at) => {
      const more = rules.toSpliced(at % (rules.length + 1), 0, added);
      assert.ok(rank(more) >= rank(rules));
      const names = (of: readonly Rule[]) => new Set(decide(of).marks.map(({ name }) => name));
      for (const name of names(rules)) assert.ok(names(more).has(name));
      if (added.shadow) assert.deepEqual(decide(more), decide(rules));
    }),
  );
});

test("a rule may be open for some causes", () => {
  const some = rule("some", block, { onUnknown: { openFor: ["vocabulary", "no-evidence"] } });
  assert.equal(decideUnknown([some], "vocabulary"), null);
  assert.deepEqual(decideUnknown([some], "deadline"), { kind: "unknown", rule: "some", cause: "deadline" });
});

test("not knowing blocks where a rule that acts says closed", () => {
  const open = rule("open", block, { onUnknown: "open" });
  const closed = rule("closed", flag());
  const hidden = rule("hidden", block, { shadow: true });
  assert.equal(decideUnknown([open, hidden], "deadline"), null);
  assert.deepEqual(decideUnknown([open, hidden, closed], "backend"), {
    kind: "unknown",
    rule: "closed",
    cause: "backend",
  });
});
