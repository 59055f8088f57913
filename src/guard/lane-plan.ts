/**
 * What judges one lane, in tiers: what is cheap first, and what a stream need not wait for last. Which checks apply is known
 * already; made once for each place that texts stand at, and shared by the lanes there. Holds no state.
 */
import {
  type Cost,
  costs,
  type LaneDetectors,
  type LanePlace,
  type ReleaseReader,
  type TextDetector,
} from "../domain/detector.ts";
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

/** A check whose detector is made for each lane. */
export type LaneCheck = Omit<TextCheck, "detector" | "restores"> & { readonly lanes: LaneDetectors };

/** What a tier judges a lane by: the text as it stands, and its views. */
export type TierChecks = { readonly plain: readonly TextCheck[]; readonly views: readonly ViewPlan[] };

export type TierPlan = {
  readonly name: TierName;
  /** In the order in which they are asked. */
  readonly rules: readonly Rule[];
  /** To be asked when a lane's tier is first given text: of many lanes that wait for it, none holds its detectors. */
  checks(place: LanePlace): TierChecks;
};
/** `checks`: those of all tiers whose detectors are no lane's own. */
export type LanePlan = { readonly checks: readonly TextCheck[]; readonly tiers: readonly TierPlan[] };

export const tierOf = ({ cost, enforcing }: Pick<TextCheck, "cost" | "enforcing">): TierName =>
  cost === "model" && !enforcing ? "aside" : cost;

type Sources = Readonly<Record<ViewKind, ViewSource>>;

export function planLane(checks: readonly TextCheck[], sources: Sources, later: readonly LaneCheck[] = []): LanePlan {
  const tiers = tierNames.flatMap((name): TierPlan[] => {
    const ready = checks.filter((check) => tierOf(check) === name);
    const own = later.filter((check) => tierOf(check) === name);
    if (ready.length + own.length === 0) return [];
    const rules = inOrder([...ready, ...own]).flatMap((check) => check.rules);
    if (own.length > 0) return [{ name, rules, checks: (place) => tierChecks(ready, sources, own, place) }];
    const shared = checksOf(ready, sources);
    return [{ name, rules, checks: () => shared }];
  });
  return { checks, tiers };
}

const inOrder = <T extends { readonly order: number }>(checks: readonly T[]): readonly T[] =>
  checks.toSorted((a, b) => a.order - b.order);

function tierChecks(
  ready: readonly TextCheck[],
  sources: Sources,
  own: readonly LaneCheck[],
  place: LanePlace,
): TierChecks {
  const opened = own.flatMap(({ lanes, ...check }): TextCheck[] => {
    const detector = lanes.lane(place);
    return detector === null ? [] : [{ ...check, detector }];
  });
  return checksOf([...ready, ...opened], sources);
}

function checksOf(checks: readonly TextCheck[], sources: Sources): TierChecks {
  const plain = inOrder(checks);
  return { plain, views: viewsOf(plain, sources) };
}

/** The checks on each view that some of their rules ask for. */
function viewsOf(checks: readonly TextCheck[], sources: Sources): ViewPlan[] {
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
