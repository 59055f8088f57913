/**
 * What judges one lane, in tiers: what is cheap first, and what a stream need not wait for last. Which checks apply is known
 * already; made once for each place that texts stand at. Holds no state.
 */
import { type Cost, costs, type ReleaseReader, type TextDetector } from "../domain/detector.ts";
import type { Rule } from "../domain/policy.ts";
import type { ViewKind, ViewSource } from "../domain/view.ts";

export type TextCheck = {
  readonly detector: TextDetector;
  readonly rules: readonly Rule[];
  /** Some rule would change or stop the text, so that nothing may go before this check has spoken. Flags never hold. */
  readonly enforcing: boolean;
  readonly cost: Cost;
  /** Its place in the policy. Says what is written where two masks meet, and nothing of when it runs. */
  readonly order: number;
  /** Finds placeholders to put back, for no rule; what they stand for is written as it is, or as a part of a JSON string. */
  readonly restores?: { readonly as: "text" | "json"; readonly reader: ReleaseReader };
};

/** `stays`: open from the beginning to the end, and not only where it differs from the text. */
export type ViewPlan = {
  readonly source: ViewSource;
  readonly checks: readonly TextCheck[];
  readonly stays: boolean;
};

/** In the order in which they judge. `aside`: models whose word changes no text; a stream goes on meanwhile. */
export const tierNames = [...costs, "aside"] as const;
export type TierName = (typeof tierNames)[number];

export type TierPlan = {
  readonly name: TierName;
  readonly plain: readonly TextCheck[];
  readonly views: readonly ViewPlan[];
};
/** `checks`: those of all tiers. */
export type LanePlan = { readonly checks: readonly TextCheck[]; readonly tiers: readonly TierPlan[] };

export const tierOf = ({ cost, enforcing }: Pick<TextCheck, "cost" | "enforcing">): TierName =>
  cost === "model" && !enforcing ? "aside" : cost;

export function planLane(checks: readonly TextCheck[], sources: Readonly<Record<ViewKind, ViewSource>>): LanePlan {
  const tiers = tierNames.flatMap((name): TierPlan[] => {
    const plain = checks.filter((check) => tierOf(check) === name).sort((a, b) => a.order - b.order);
    return plain.length === 0 ? [] : [{ name, plain, views: viewsOf(plain, sources) }];
  });
  return { checks, tiers };
}

/** The checks on each view that some of their rules ask for. */
function viewsOf(checks: readonly TextCheck[], sources: Readonly<Record<ViewKind, ViewSource>>): ViewPlan[] {
  const views: ViewPlan[] = [];
  for (const source of Object.values(sources)) {
    // Rules of one check have the same views: they are part of its key.
    const asked = checks.filter(({ rules }) => rules[0]?.views.includes(source.kind));
    for (const stays of [false, true]) {
      const own = asked.filter(({ detector }) => (detector.fromStart === true) === stays);
      if (own.length > 0) views.push({ source, checks: own, stays: stays || source.firstChange === null });
    }
  }
  return views;
}
