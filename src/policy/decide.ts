/**
 * The policy's word on what rules matched. The strictest action wins; a shadow rule is reported and never acts; among
 * equals the first in the file names it. Pure. Knows nothing of windows, text or bytes, and counts nothing.
 */
import type { UnknownCause } from "../domain/detector.ts";
import { type Action, actions, type Rule } from "../domain/policy.ts";
import type { BlockCause } from "../domain/verdict.ts";

/** 0 for allow, rising to 3 for block. */
const strictness = (action: Action): number => actions.indexOf(action.kind);

/** Of the rules that a finding matches, in the file's order, the one that acts; `null` when all are in shadow. */
export function winning(rules: readonly Rule[]): Rule | null {
  let winner: Rule | null = null;
  for (const rule of rules) {
    if (rule.shadow) continue;
    if (winner === null || strictness(rule.action) > strictness(winner.action)) winner = rule;
  }
  return winner;
}

/**
 * What happens when a detector cannot answer: its first rule that is not in shadow and says `closed` blocks, whatever
 * the rule's action; `null` when the policy lets the content go on. `rules`: those of the detector, in the file's order.
 */
export function decideUnknown(
  rules: readonly Rule[],
  cause: UnknownCause,
): Extract<BlockCause, { kind: "unknown" }> | null {
  const closed = rules.find((rule) => !rule.shadow && rule.onUnknown === "closed");
  return closed === undefined ? null : { kind: "unknown", rule: closed.id, cause };
}
