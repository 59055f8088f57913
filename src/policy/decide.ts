/**
 * The policy's word on what rules matched. Marks add up; of all actions the strictest acts; a shadow rule is reported
 * and does neither; among equals the first in the file. Pure. Knows nothing of windows, text or bytes, and counts
 * nothing.
 */
import type { UnknownCause } from "../domain/detector.ts";
import { type HeaderMark, opensFor, type Rule } from "../domain/policy.ts";
import type { BlockCause } from "../domain/verdict.ts";
import { strictness } from "./strictness.ts";

/** A header that a rule asks for. `route`: Envoy is to choose its route again with it. */
export type Mark = HeaderMark & { readonly route: boolean };

/** `act` is `null` when no rule acts. A `flag` or `route` that acts changes no byte: its mark, where it has one, is all. */
export type PolicyWord = { readonly act: Rule | null; readonly marks: readonly Mark[] };

/** `rules`: those that a finding, or all findings of a stage, match; in the file's order. */
export function decide(rules: readonly Rule[]): PolicyWord {
  return { act: winning(rules), marks: marksOf(rules) };
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

/** One mark for each header: where rules ask for different values, the first in the file is heard, and routes before flags. */
function marksOf(rules: readonly Rule[]): readonly Mark[] {
  const marks = new Map<string, Mark>();
  for (const { action, shadow } of rules) {
    if (shadow || (action.kind !== "flag" && action.kind !== "route") || action.header === null) continue;
    const route = action.kind === "route";
    const before = marks.get(action.header.name);
    if (before === undefined || (route && !before.route)) marks.set(action.header.name, { ...action.header, route });
  }
  return [...marks.values()];
}

/**
 * What happens when a detector cannot answer: its first rule that is not in shadow and closed for this cause blocks,
 * whatever the rule's action; `null` when the policy lets the content go on. `rules`: those of the detector, in the file's order.
 */
export function decideUnknown(
  rules: readonly Rule[],
  cause: UnknownCause,
): Extract<BlockCause, { kind: "unknown" }> | null {
  const closed = rules.find((rule) => !rule.shadow && !opensFor(rule.onUnknown, cause));
  return closed === undefined ? null : { kind: "unknown", rule: closed.id, cause };
}
