/** Judges the totals of a body by the rules on its size. Totals only grow: one that is too much stays so, and counts once. */
import type { Finding, Shape } from "../domain/detector.ts";
import type { Rule } from "../domain/policy.ts";
import type { BlockCause } from "../domain/verdict.ts";
import { decideUnknown } from "../policy/decide.ts";
import type { ShapeCheck } from "./scoped-plan.ts";
import type { StageWord } from "./word.ts";

export class Shapes {
  readonly #word: StageWord;
  readonly #found = new Set<string>();

  constructor(word: StageWord) {
    this.#word = word;
  }

  judge(checks: readonly ShapeCheck[], shape: Shape): BlockCause | null {
    for (const { detector, rules } of checks) {
      const detection = detector.judge(shape);
      let cause: BlockCause | null = null;
      if (detection.kind === "unknown") {
        this.#word.tally.unknown(rules, detection.cause);
        cause = decideUnknown(rules, detection.cause);
      } else if (detection.findings.length > 0) cause = this.#heard(detector.id, rules, detection.findings);
      if (cause !== null) return cause;
    }
    return null;
  }

  #heard(detector: string, rules: readonly Rule[], findings: readonly Finding[]): BlockCause | null {
    const { tally } = this.#word;
    const matched = new Set<Rule>();
    for (const finding of findings) {
      const { rules: fitting, by } = this.#word.rulesFor(rules, finding, null, () => "");
      const known = `${detector} ${finding.category}`;
      if (!this.#found.has(known)) {
        this.#found.add(known);
        for (const exception of by) tally.except(exception);
        if (fitting.length > 0) tally.found(fitting, finding, null);
      }
      for (const rule of fitting) matched.add(rule);
    }
    const act = this.#word.act(rules.filter((rule) => matched.has(rule)));
    return act?.action.kind === "block" ? { kind: "rule", rule: act.id, block: act.action } : null;
  }
}
