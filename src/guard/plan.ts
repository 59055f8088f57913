/**
 * A policy joined with its detectors, indexed by stage. Rules with the same detector settings share one detector, and
 * so one pass over the text.
 */
import type { Category, Detector, ShapeDetector, TextDetector } from "../domain/detector.ts";
import type { DetectSpec, Policy, Rule } from "../domain/policy.ts";
import { type Stage, stages } from "../domain/segment.ts";

export type TextCheck = {
  readonly detector: TextDetector;
  readonly rules: readonly Rule[];
  /** Some rule would change or stop the text, so that nothing may go before this check has spoken. Flags never hold. */
  readonly enforcing: boolean;
};
export type ShapeCheck = { readonly detector: ShapeDetector; readonly rules: readonly Rule[] };
export type StagePlan = { readonly text: readonly TextCheck[]; readonly shape: readonly ShapeCheck[] };

export type Plan = {
  readonly policy: Policy;
  readonly stages: Readonly<Record<Stage, StagePlan>>;
  /** What a masked text is replaced by, for each category. */
  placeholder(category: Category): string;
};

const enforces = (rule: Rule): boolean =>
  !rule.shadow && (rule.action.kind === "redact" || rule.action.kind === "block");

/** Builds each distinct detector once. */
export function createPlan(
  policy: Policy,
  createDetector: (spec: DetectSpec) => Detector,
  placeholder: (category: Category) => string,
): Plan {
  const detectors = new Map<string, Detector>();
  for (const rule of policy.rules) {
    if (!detectors.has(rule.detectKey)) detectors.set(rule.detectKey, createDetector(rule.detect));
  }
  const planOf = (stage: Stage): StagePlan => {
    const text: TextCheck[] = [];
    const shape: ShapeCheck[] = [];
    for (const [key, detector] of detectors) {
      const rules = policy.rules.filter((rule) => rule.detectKey === key && rule.stages.includes(stage));
      if (rules.length === 0) continue;
      if (detector.kind === "text") text.push({ detector, rules, enforcing: rules.some(enforces) });
      else if (detector.kind === "shape") shape.push({ detector, rules });
    }
    return { text, shape };
  };
  const [prompt, reply] = stages;
  return Object.freeze({ policy, stages: { [prompt]: planOf(prompt), [reply]: planOf(reply) }, placeholder });
}
