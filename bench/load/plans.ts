// The policy of every kind in parts: whole, without rules, with rules that only flag, and each kind alone.

import { readFile } from "node:fs/promises";
import { planOf } from "../../src/app/plan.ts";
import { readPolicy } from "../../src/app/read-policy.ts";
import type { DetectKind, DetectSpec, Policy, Rule } from "../../src/domain/policy.ts";
import { type Stage, stages } from "../../src/domain/segment.ts";
import type { Plan } from "../../src/guard/plan.ts";

const wordsAdded = 20_000;

export type Plans = {
  /** Reads, and judges nothing. */
  readonly none: Plan;
  readonly every: Plan;
  /** Every kind; what is found is noted, and nothing is changed or held. */
  readonly noting: Plan;
  readonly kinds: readonly DetectKind[];
  /** What it can judge. */
  stages(kind: DetectKind): readonly Stage[];
  alone(kind: DetectKind): Plan;
  /** One kind with other settings than in the file. */
  settled(spec: DetectSpec): Plan;
};

export async function loadPlans(): Promise<Plans> {
  const read = readPolicy(await readFile(new URL("../policies/every-kind.yaml", import.meta.url)));
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const policy = { ...read.value, rules: read.value.rules.map(withMoreWords) };
  const withRules = (rules: readonly Rule[]): Plan => planOf({ ...policy, rules } satisfies Policy);
  const ofKind = (kind: DetectKind): readonly Rule[] => policy.rules.filter(({ detect }) => detect.kind === kind);
  const plans = new Map<DetectKind, Plan>();
  return {
    none: withRules([]),
    every: withRules(policy.rules),
    noting: withRules(policy.rules.map((rule) => ({ ...rule, action: { kind: "flag", header: null } }))),
    kinds: [...new Set(policy.rules.map(({ detect }) => detect.kind))],
    stages: (kind) => stages.filter((stage) => ofKind(kind).some((rule) => rule.stages.includes(stage))),
    alone(kind) {
      const plan = plans.get(kind) ?? withRules(ofKind(kind));
      plans.set(kind, plan);
      return plan;
    },
    settled: (spec) => withRules(ofKind(spec.kind).map((rule) => withSpec(rule, spec))),
  };
}

const withSpec = (rule: Rule, detect: DetectSpec): Rule => ({
  ...rule,
  detect,
  detectKey: JSON.stringify([detect, rule.views]),
});

function withMoreWords(rule: Rule): Rule {
  const { detect } = rule;
  if (detect.kind !== "keywords") return rule;
  const more = Array.from({ length: wordsAdded }, (_, n) => `${n.toString(36)}zq${(n * 7919).toString(36)}`);
  return withSpec(rule, { ...detect, list: [...detect.list, ...more] });
}
