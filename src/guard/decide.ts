/** Which rule wins, and what not knowing means. Pure but for the tally it is given. */
import type { UnknownCause } from "../domain/detector.ts";
import { actions, type Rule } from "../domain/policy.ts";
import type { BlockCause } from "../domain/verdict.ts";
import type { Tally } from "./tally.ts";

/** The rule with the strictest action; the first in the policy among equals. Shadow rules never act. */
export function strictest(rules: readonly Rule[]): Rule | null {
  let winner: Rule | null = null;
  for (const rule of rules) {
    if (rule.shadow) continue;
    if (winner === null || actions.indexOf(rule.action.kind) > actions.indexOf(winner.action.kind)) winner = rule;
  }
  return winner;
}

/** Notes that these rules' detector could not answer; gives the cause to block for where one of them is closed. */
export function onUnknown(rules: readonly Rule[], cause: UnknownCause, tally: Tally): BlockCause | null {
  let blocking: Rule | null = null;
  for (const rule of rules) {
    tally.unknown(rule, cause);
    if (!rule.shadow && rule.onUnknown === "closed") blocking ??= rule;
  }
  return blocking === null ? null : { kind: "unknown", rule: blocking.id, cause };
}
