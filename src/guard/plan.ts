/**
 * A policy joined with its detectors. Rules with the same detector settings share one detector, and so one pass over
 * the text. `scoped` picks what applies to an exchange.
 */
import { type BreakGlass, noBreakGlass } from "../domain/break-glass.ts";
import type { Category, Detector } from "../domain/detector.ts";
import type { Asked } from "../domain/dialect.ts";
import type { ExchangeFacts } from "../domain/facts.ts";
import type { DetectSpec, Policy, Rule } from "../domain/policy.ts";
import { type Location, type Stage, stages, type UnjudgedKind } from "../domain/segment.ts";
import type { ViewKind, ViewSource } from "../domain/view.ts";
import { type LanePlan, planLane, type TextCheck, type TierName, tierNames, tierOf } from "./lane-plan.ts";
import {
  enforces,
  type ExchangeCheck,
  fitsExchange,
  fitsLocation,
  type ScopedPlan,
  type ShapeCheck,
  stableIn,
  type StagePlan,
} from "./scoped-plan.ts";

export type Plan = {
  readonly policy: Policy;
  /** Some rule or exception applies to some exchanges only. */
  readonly isScoped: boolean;
  /** Some of them ask what the prompt's rules made of it. */
  readonly asksPrompt: boolean;
  /** What is judged only because a rule names its place. */
  readonly asked: Asked;
  /** Lower-case names of the headers that rules set. */
  readonly markNames: readonly string[];
  /** Those of them that Envoy chooses a route by. */
  readonly routeNames: readonly string[];
  /** What a masked text is replaced by, for each category. */
  label(category: Category): string;
  readonly views: Readonly<Record<ViewKind, ViewSource>>;
  scoped(facts: ExchangeFacts, begun: Begun): ScopedPlan;
  /** What holds for an exchange that begins now, to its end. */
  begin(nowS: number): Begun;
  /** In which order the rules of a stage are asked, whichever apply. */
  order(stage: Stage): RunOrder;
};

/** Rules by what it takes to ask them, cheapest first: totals of a body, then tier after tier of its texts. */
export type RunOrder = readonly { readonly name: "totals" | TierName; readonly rules: readonly string[] }[];

/** `nowS`: seconds since the Unix epoch; exceptions that are out of date by then do not hold. */
export type Begun = { readonly nowS: number; readonly out: BreakGlass };

export type PlanParts = {
  readonly createDetector: (spec: DetectSpec) => Detector;
  readonly label: (category: Category) => string;
  readonly views: Readonly<Record<ViewKind, ViewSource>>;
  /** What is out of force for exchanges that begin now. */
  readonly breakGlass?: () => BreakGlass;
};

/** Combinations of rules kept ready; above it they are worked out anew. */
const scopedMax = 256;

type Group = { readonly key: string; readonly detector: Detector; readonly order: number };

/** Builds each distinct detector once. */
export function createPlan(policy: Policy, parts: PlanParts): Plan {
  const { breakGlass = () => noBreakGlass } = parts;
  const hasScopes = [...policy.rules, ...policy.exceptions].some(({ scope }) => scope !== null);
  const asksPrompt = [...policy.rules, ...policy.exceptions].some(
    ({ scope }) => scope?.tests.some(({ field }) => field === "promptMatched") === true,
  );
  let knownFor = noBreakGlass;
  const groups = new Map<string, Group>();
  for (const rule of policy.rules) {
    if (groups.has(rule.detectKey)) continue;
    groups.set(rule.detectKey, {
      key: rule.detectKey,
      detector: parts.createDetector(rule.detect),
      order: groups.size,
    });
  }
  const known = new Map<string, ScopedPlan>();
  return Object.freeze({
    policy,
    get isScoped() {
      return hasScopes || breakGlass().routes.size > 0;
    },
    asksPrompt,
    asked: new Set<UnjudgedKind>(
      policy.rules.some(({ scope }) => scope?.places?.includes("tool-definition")) ? ["tool-definition"] : [],
    ),
    markNames: markNamesOf(policy, ["flag", "route"]),
    routeNames: markNamesOf(policy, ["route"]),
    label: parts.label,
    views: parts.views,
    order: (stage) =>
      orderOf(
        policy.rules.filter((rule) => rule.stages.includes(stage)),
        [...groups.values()],
      ),
    begin: (nowS: number) => ({ nowS, out: breakGlass() }),
    scoped(facts: ExchangeFacts, { nowS, out }: Begun): ScopedPlan {
      if (out !== knownFor) known.clear();
      knownFor = out;
      const broken = facts.route !== null && out.routes.has(facts.route);
      const isShadow = (rule: Rule): boolean => rule.shadow || broken || out.rules.has(rule.id);
      const fits = policy.rules.map((rule) => fitsExchange(rule, facts, isShadow(rule)));
      const holds = policy.exceptions.map((it) => it.expiresS > nowS && fitsExchange(it, facts, false));
      const key = bits([...fits, ...holds, broken]);
      const ready = known.get(key);
      if (ready !== undefined) return ready;
      const rules = policy.rules
        .filter((_, index) => fits[index])
        .map((rule) => (isShadow(rule) && !rule.shadow ? { ...rule, shadow: true } : rule));
      const made = scopedPlan(rules, [...groups.values()], parts.views, policy, holds);
      if (known.size < scopedMax) known.set(key, made);
      return made;
    },
  });
}

function orderOf(rules: readonly Rule[], groups: readonly Group[]): RunOrder {
  const ids = new Map<"totals" | TierName, string[]>();
  for (const { key, detector } of groups) {
    const own = rules.filter((rule) => rule.detectKey === key);
    const cost = detector.kind === "exchange" ? detector.cost : "scan";
    const name = detector.kind === "shape" ? "totals" : tierOf({ cost, enforcing: own.some(enforces) });
    ids.set(name, [...(ids.get(name) ?? []), ...own.map(({ id }) => id)]);
  }
  return (["totals", ...tierNames] as const).flatMap((name) => {
    const asked = ids.get(name) ?? [];
    return asked.length === 0 ? [] : [{ name, rules: asked }];
  });
}

function markNamesOf({ rules }: Policy, kinds: readonly ("flag" | "route")[]): readonly string[] {
  const names = rules.flatMap(({ action }) =>
    (action.kind === "flag" || action.kind === "route") && kinds.includes(action.kind) && action.header !== null
      ? [action.header.name]
      : [],
  );
  return [...new Set(names)];
}

function bits(flags: readonly boolean[]): string {
  let key = "";
  for (const flag of flags) key += flag ? "1" : "0";
  return key;
}

function scopedPlan(
  rules: readonly Rule[],
  groups: readonly Group[],
  views: PlanParts["views"],
  policy: Policy,
  holds: readonly boolean[],
): ScopedPlan {
  const planOf = (stage: Stage): StagePlan => {
    const here = rules.filter((rule) => rule.stages.includes(stage));
    const shape: ShapeCheck[] = [];
    const exchange: ExchangeCheck[] = [];
    for (const { key, detector, order } of groups) {
      const own = here.filter((rule) => rule.detectKey === key);
      if (own.length === 0) continue;
      if (detector.kind === "shape") shape.push({ detector, rules: own });
      if (detector.kind === "exchange" && (stage === "reply" || detector.prompts === true))
        exchange.push({ detector, rules: own, order });
    }
    const lanes = new Map<string, LanePlan>();
    return {
      shape,
      exchange,
      textRules: here.filter((rule) => rule.detect.kind !== "size"),
      holds: here.some((rule) => rule.hold && enforces(rule)),
      lane(location) {
        const key = `${location.unclear === undefined ? location.role : `unclear-${location.unclear}`} ${location.place}`;
        let plan = lanes.get(key);
        if (plan === undefined) {
          plan = lanePlan(here, groups, views, location);
          lanes.set(key, plan);
        }
        return plan;
      },
    };
  };
  const [prompt, reply] = stages;
  return {
    stages: { [prompt]: planOf(prompt), [reply]: planOf(reply) },
    exceptions: policy.exceptions.filter((_, index) => holds[index]),
    stable: stableIn(rules),
  };
}

function lanePlan(
  rules: readonly Rule[],
  groups: readonly Group[],
  views: PlanParts["views"],
  location: Location,
): LanePlan {
  const checks: TextCheck[] = [];
  for (const { key, detector, order } of groups) {
    if (detector.kind !== "text") continue;
    const own = rules.filter((rule) => rule.detectKey === key && fitsLocation(rule, location));
    if (own.length > 0) checks.push({ detector, rules: own, enforcing: own.some(enforces), cost: "scan", order });
  }
  return planLane(checks, views);
}
