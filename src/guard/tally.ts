/** What one stage of one exchange added up to: findings, rule hits, unknowns, coverage. Bounded; holds no text. */
import { type Category, type Finding, isShortage, type UnknownCause } from "../domain/detector.ts";
import type { RuleMatch, RuleMatches } from "../domain/facts.ts";
import { actions, type Policy, type Rule } from "../domain/policy.ts";
import { type Score, score } from "../domain/score.ts";
import type { Location, UnjudgedKind } from "../domain/segment.ts";
import type { Coverage, RuleHit } from "../domain/verdict.ts";
import { ClaimTally } from "./claim-tally.ts";

type Hit = { readonly rule: Rule; readonly categories: Map<Category, Score>; count: number; topScore: Score };

/** A finding and where it stands; its span counts from the beginning of its lane. */
export type PlacedFinding = { readonly finding: Finding; readonly location: Location | null };

/** Findings kept one by one; above it they are only counted. */
export const keptFindingsMax = 256;

export class Tally {
  readonly findings: PlacedFinding[] = [];
  #hits = new Map<string, Hit>();
  #unknowns = new Map<string, { readonly rule: Rule; readonly cause: UnknownCause }>();
  #excepted = new Map<string, number>();
  #unjudged: Partial<Record<UnjudgedKind, number>> = {};
  readonly claims = new ClaimTally();
  segments = 0;
  characters = 0;
  present = 0;
  windows = 0;
  /** Why rules in force could not judge, where the guard was short of something. */
  readonly #shortages = new Set<UnknownCause>();

  /** One finding, with all the rules that asked for it. */
  found(rules: readonly Rule[], finding: Finding, location: Location | null): void {
    if (this.findings.length < keptFindingsMax) this.findings.push({ finding, location });
    for (const rule of rules) this.#hit(rule, finding);
  }

  /** A finding that is counted already is told again. */
  surer(rules: readonly Rule[], finding: Pick<Finding, "category" | "score">): void {
    for (const { id } of rules) {
      const hit = this.#hits.get(id);
      if (hit !== undefined) raise(hit, finding, hit.categories.has(finding.category));
    }
  }

  #hit(rule: Rule, finding: Finding): void {
    const hit = this.#hits.get(rule.id);
    if (hit === undefined) {
      const categories = new Map([[finding.category, finding.score]]);
      this.#hits.set(rule.id, { rule, categories, count: 1, topScore: finding.score });
      return;
    }
    hit.count += 1;
    raise(hit, finding, true);
  }

  except(exception: string): void {
    this.#excepted.set(exception, (this.#excepted.get(exception) ?? 0) + 1);
  }

  /** In the order of the policy, whatever was found first. */
  excepted({ exceptions }: Policy): { exception: string; count: number }[] {
    const found = exceptions.filter(({ id }) => this.#excepted.has(id));
    return found.map(({ id }) => ({ exception: id, count: this.#excepted.get(id) ?? 0 }));
  }

  unknown(rules: readonly Rule[], cause: UnknownCause): void {
    for (const rule of rules) {
      if (!this.#unknowns.has(rule.id)) this.#unknowns.set(rule.id, { rule, cause });
      if (!rule.shadow && isShortage(cause)) this.#shortages.add(cause);
    }
  }

  get shortages(): readonly UnknownCause[] {
    return [...this.#shortages].sort();
  }

  unjudged(counts: Readonly<Partial<Record<UnjudgedKind, number>>>): void {
    for (const [kind, count] of Object.entries(counts) as [UnjudgedKind, number][]) {
      this.#unjudged[kind] = (this.#unjudged[kind] ?? 0) + count;
    }
  }

  /** In the order of the policy. */
  unknowns({ rules }: Policy): { rule: string; cause: UnknownCause }[] {
    return rules.flatMap(({ id }) => {
      const cause = this.#unknowns.get(id)?.cause;
      return cause === undefined ? [] : [{ rule: id, cause }];
    });
  }

  /** Rules that matched, and those that could not answer for all of it. */
  matches(): RuleMatches {
    const told = ({ rule: { id, shadow } }: { readonly rule: Rule }): RuleMatch => ({ rule: id, shadow });
    return { matched: [...this.#hits.values()].map(told), unsure: [...this.#unknowns.values()].map(told) };
  }

  coverage(): Coverage {
    return {
      segments: this.segments,
      characters: this.characters,
      present: this.present,
      windows: this.windows,
      unjudged: { ...this.#unjudged },
    };
  }

  /** Real rules before shadow ones, strictest action first, then in the order of the policy. */
  hits({ rules }: Policy): RuleHit[] {
    const strictness = (hit: Hit): number =>
      actions.indexOf(hit.rule.action.kind) + (hit.rule.shadow ? 0 : actions.length);
    return rules
      .flatMap(({ id }) => this.#hits.get(id) ?? [])
      .sort((a, b) => strictness(b) - strictness(a))
      .map(({ rule, categories, count, topScore }) => {
        const names = [...categories.keys()].sort();
        return {
          rule: rule.id,
          action: rule.action.kind,
          shadow: rule.shadow,
          categories: names,
          scores: names.map((name) => categories.get(name) as Score),
          count,
          topScore,
        };
      });
  }
}

/** `ofCategory`: the hit has findings of that category. */
function raise(hit: Hit, finding: Pick<Finding, "category" | "score">, ofCategory: boolean): void {
  hit.topScore = score(Math.max(hit.topScore, finding.score));
  if (!ofCategory) return;
  const before = hit.categories.get(finding.category) ?? 0;
  hit.categories.set(finding.category, score(Math.max(before, finding.score)));
}
