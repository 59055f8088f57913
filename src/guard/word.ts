/** What a lane asks of its stage: which rules a finding is for, what acts, what is written. Owns no text. */
import { createHash } from "node:crypto";
import type { Finding } from "../domain/detector.ts";
import type { PolicyException, Rule } from "../domain/policy.ts";
import type { Location } from "../domain/segment.ts";
import { decide, type Mark } from "../policy/decide.ts";
import type { CheckTimes } from "./check-times.ts";
import type { RedactParts } from "./redact.ts";
import { exceptsLocation } from "./scoped-plan.ts";
import type { Tally } from "./tally.ts";

/** Headers to set, by name; the first rule of the policy that asks for one names its value. */
export type Marks = Map<string, Mark>;
export type { Mark };

/** Text of one stage that is kept, though it may have gone out, for checks that judge it as a whole: UTF-16 code units. */
export const wholeTextUnitsMax = 1_048_576;

/** The rules that a finding matches, those that it would match but for exceptions, and the ids of these: to be counted. */
export type RulesFor = {
  readonly rules: readonly Rule[];
  readonly excepted: readonly Rule[];
  readonly by: readonly string[];
};
const none: readonly never[] = [];

export class StageWord implements RedactParts {
  readonly tally: Tally;
  readonly label: RedactParts["label"];
  readonly pseudonym: RedactParts["pseudonym"];
  readonly ledger: RedactParts["ledger"];
  readonly marks: Marks = new Map();
  exceptions: readonly PolicyException[] = [];
  /** `null`: nobody wants to know how long detectors take. */
  checkTimes: CheckTimes | null = null;
  #keptUnits = 0;

  constructor(tally: Tally, parts: RedactParts) {
    this.tally = tally;
    this.label = parts.label;
    this.pseudonym = parts.pseudonym;
    this.ledger = parts.ledger;
  }

  /** Counts text that is kept for checks of whole texts; false where there is no room for it. */
  keeps(units: number): boolean {
    if (units > 0 && this.#keptUnits + units > wholeTextUnitsMax) return false;
    this.#keptUnits += units;
    return true;
  }

  /** The rules that a finding matches: sure enough, and not excepted. `text` is asked for only where an exception names one. */
  rulesFor(rules: readonly Rule[], finding: Finding, location: Location | null, text: () => string): RulesFor {
    const sure = rules.every(({ minScore }) => finding.score >= minScore)
      ? rules
      : rules.filter(({ minScore }) => finding.score >= minScore);
    if (this.exceptions.length === 0 || sure.length === 0) return { rules: sure, excepted: none, by: none };
    const fitting = this.exceptions.filter((it) => excepts(it, finding, location, text));
    if (fitting.length === 0) return { rules: sure, excepted: none, by: none };
    const by = new Set<string>();
    const excepted = sure.filter((rule) => {
      const first = fitting.find((it) => it.rules?.includes(rule.id) ?? true);
      if (first !== undefined) by.add(first.id);
      return first !== undefined;
    });
    return { rules: sure.filter((rule) => !excepted.includes(rule)), excepted, by: [...by] };
  }

  /** What acts of the rules that match; notes the marks that they leave. */
  act(rules: readonly Rule[]): Rule | null {
    const { act, marks } = decide(rules);
    for (const mark of marks) if (!this.marks.has(mark.name)) this.marks.set(mark.name, mark);
    return act;
  }
}

function excepts(it: PolicyException, finding: Finding, location: Location | null, text: () => string): boolean {
  if (!exceptsLocation(it, location)) return false;
  const { categories, literals, sha256 } = it;
  const family = `${finding.category.slice(0, finding.category.indexOf("/"))}/*` as const;
  if (categories !== null && !categories.includes(finding.category) && !categories.includes(family)) return false;
  if (literals === null && sha256 === null) return true;
  const found = text();
  return (literals?.has(found) ?? false) || (sha256?.has(createHash("sha256").update(found).digest("hex")) ?? false);
}
