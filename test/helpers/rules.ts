// Policies made of types, for tests below the policy's language; judges over them.

import { reportOf } from "../../src/policy/source/report-source.ts";
import { createDetector, placeholderFor } from "../../src/detectors/index.ts";
import type { Detector } from "../../src/domain/detector.ts";
import type { ExchangeFacts } from "../../src/domain/facts.ts";
import type { Action, DetectSpec, Policy, Rule } from "../../src/domain/policy.ts";
import { score } from "../../src/domain/score.ts";
import type { Stage } from "../../src/domain/segment.ts";
import type { ViewKind, ViewSource } from "../../src/domain/view.ts";
import { StageJudge } from "../../src/guard/judge.ts";
import { Ledger } from "../../src/guard/ledger.ts";
import { createPlan, type Plan } from "../../src/guard/plan.ts";

export const label: Action = { kind: "redact", style: { kind: "label" } };
export const flag: Action = { kind: "flag", header: null };

export function ruleOf(id: string, detect: DetectSpec, action: Action, more: Partial<Rule> = {}): Rule {
  const views = more.views ?? [];
  return {
    id,
    stages: ["prompt", "reply"],
    scope: null,
    detect,
    views,
    detectKey: JSON.stringify([detect, views]),
    minScore: score(0),
    action,
    hold: false,
    shadow: false,
    onUnknown: "closed",
    ...more,
  };
}

export function policyOf(rules: readonly Rule[], more: Partial<Policy> = {}): Policy {
  const nothing = {
    refuses: new Set<never>(),
    coverage: { dialects: null },
    dialects: [],
    dialectPaths: [],
    exceptions: [],
    headers: [],
    report: reportOf(),
  };
  return { version: "test@0123456789ab", onUnreadable: "block", rules, ...nothing, ...more };
}

export type PlanOptions = {
  readonly create?: (spec: DetectSpec) => Detector;
  readonly views?: Readonly<Record<ViewKind, ViewSource>>;
};

export function planWith(policy: Policy, { create = createDetector, views }: PlanOptions = {}): Plan {
  const none = {} as Readonly<Record<ViewKind, ViewSource>>;
  return createPlan(policy, { createDetector: create, label: placeholderFor, views: views ?? none });
}

export const someFacts: ExchangeFacts = {
  method: "POST",
  path: "/v1/chat/completions",
  headers: new Map(),
  route: null,
  cluster: null,
  tenant: null,
  principal: null,
  dialect: "openai",
  operation: "openai/chat-completions",
  model: { kind: "named", name: "m" },
  promptRules: null,
};

export const testTail = "x7k2q9";

export function judgeOf(stage: Stage, plan: Plan, facts: ExchangeFacts = someFacts): StageJudge {
  const parts = { label: plan.label, pseudonym: () => "0123456789ab", ledger: new Ledger(() => testTail) };
  const judge = new StageJudge(stage, plan, { breathe: () => undefined }, parts);
  judge.scope(plan.scoped(facts, plan.begin(1_700_000_000)));
  return judge;
}
