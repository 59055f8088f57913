/**
 * The policy's word on findings. The strictest action wins; a shadow rule is reported and never acts; among equals the
 * first in the file names it. Pure. Knows nothing of windows, text or bytes.
 */
import type { Category, Finding, UnknownCause } from "../domain/detector.ts";
import { type Action, actions, type Policy, type Rule } from "../domain/policy.ts";
import type { Score } from "../domain/score.ts";
import type { Stage } from "../domain/segment.ts";
import type { BlockCause, RuleHit, StageVerdict } from "../domain/verdict.ts";

/** 0 for allow, rising to 3 for block. */
export const strictness = (action: Action): number => actions.indexOf(action.kind);

/** The rules of one stage by what they look for, in the file's order: one detector's answer goes to all its rules. */
export function rulesByDetector(policy: Policy, stage: Stage): ReadonlyMap<string, readonly Rule[]> {
  return Map.groupBy(
    policy.rules.filter((rule) => rule.stages.includes(stage)),
    (rule) => rule.detectKey,
  );
}

/** Of the rules that a finding matches, in the file's order, the one that acts; `null` when all are in shadow. */
export function winning(rules: readonly Rule[]): Rule | null {
  let winner: Rule | null = null;
  for (const rule of rules) {
    if (rule.shadow) continue;
    if (winner === null || strictness(rule.action) > strictness(winner.action)) winner = rule;
  }
  return winner;
}

/** What a stage's matches add up to. `cause` is set for a block and only then. */
export type Decision = { readonly kind: "allow" | "flag" | "redact"; readonly cause: null } | { readonly kind: "block"; readonly cause: BlockCause };

/** The decision on all rules that matched in a stage, whatever the order of the findings. `inFileOrder`: as the policy has them. */
export function decide(inFileOrder: readonly Rule[]): Decision {
  const winner = winning(inFileOrder);
  if (winner === null) return { kind: "allow", cause: null };
  const { action, id } = winner;
  if (action.kind === "block") return { kind: "block", cause: { kind: "rule", rule: id, form: action.form } };
  return { kind: action.kind, cause: null };
}

/**
 * What happens when a detector cannot answer: its first rule that is not in shadow and says `closed` blocks; `null`
 * when the policy lets the content go on. `rules`: those of the detector, in the file's order.
 */
export function decideUnknown(rules: readonly Rule[], cause: UnknownCause): Extract<BlockCause, { kind: "unknown" }> | null {
  const closed = rules.find((rule) => !rule.shadow && rule.onUnknown === "closed");
  return closed === undefined ? null : { kind: "unknown", rule: closed.id, cause };
}

/** Rules that must answer before bytes may pass unjudged, as `StageVerdict.unknowns` lists them. */
export const unknownsOf = (rules: readonly Rule[], cause: UnknownCause): StageVerdict["unknowns"] =>
  rules.map((rule) => ({ rule: rule.id, cause }));

/** Adds up what rules matched while a stage runs. Holds at most one entry a rule. */
export type Tally = {
  add(rule: Rule, finding: Finding): void;
  /** The rules that matched so far, in the file's order. */
  matched(): readonly Rule[];
  /** Real rules first, each group strictest first, equals in the file's order. */
  hits(): readonly RuleHit[];
};

type Count = { count: number; topScore: Score; readonly categories: Set<Category> };

export function createTally(policy: Policy): Tally {
  const counts = new Map<Rule, Count>();
  const matched = (): readonly Rule[] => policy.rules.filter((rule) => counts.has(rule));
  return {
    add(rule, finding) {
      const known = counts.get(rule);
      if (known === undefined) {
        counts.set(rule, { count: 1, topScore: finding.score, categories: new Set([finding.category]) });
        return;
      }
      known.count += 1;
      known.categories.add(finding.category);
      if (finding.score > known.topScore) known.topScore = finding.score;
    },
    matched,
    hits() {
      const ordered = [...matched()].sort(
        (a, b) => Number(a.shadow) - Number(b.shadow) || strictness(b.action) - strictness(a.action),
      );
      return ordered.flatMap((rule) => {
        const known = counts.get(rule);
        return known === undefined ? [] : [hitOf(rule, known)];
      });
    },
  };
}

/** The hits of a stage judged in one go. */
export function summarise(policy: Policy, matches: Iterable<readonly [Rule, Finding]>): readonly RuleHit[] {
  const tally = createTally(policy);
  for (const [rule, finding] of matches) tally.add(rule, finding);
  return tally.hits();
}

const hitOf = (rule: Rule, { count, topScore, categories }: Count): RuleHit => ({
  rule: rule.id,
  action: rule.action.kind,
  shadow: rule.shadow,
  categories: [...categories].sort(),
  count,
  topScore,
});
