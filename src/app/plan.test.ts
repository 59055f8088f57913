import assert from "node:assert/strict";
import { test } from "node:test";
import { policyOf, ruleOf, label, someFacts } from "../../test/helpers/rules.ts";
import { noBreakGlass } from "../domain/break-glass.ts";
import type { Detector } from "../domain/detector.ts";
import type { Plan } from "../guard/plan.ts";
import { createPlanner } from "./plan.ts";

const words = (...list: string[]) =>
  ruleOf(list.join("-"), { kind: "keywords", list, caseSensitive: false, wholeWords: true }, label);
const location = { place: "content", role: "user", pointer: "" } as const;
const detectorsOf = (plan: Plan): Detector[] =>
  plan
    .scoped(someFacts, { nowS: 0, out: noBreakGlass })
    .stages.prompt.lane(location)
    .checks.map(({ detector }) => detector);

test("a plan takes over what the one before it had, and nothing else", () => {
  const planner = createPlanner();
  const [one, two] = detectorsOf(planner.plan(policyOf([words("a"), words("b")])));
  const [three, four] = detectorsOf(planner.plan(policyOf([words("b"), words("c")])));
  assert.equal(three, two);
  assert.notEqual(four, one);
  const [five] = detectorsOf(planner.plan(policyOf([words("a")])));
  assert.notEqual(five, one, "what a plan did not need is let go");
});
