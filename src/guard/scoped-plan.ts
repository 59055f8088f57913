/**
 * The part of a policy that applies to one exchange, indexed by stage and by where a text stands. Made once for each
 * combination of rules that traffic brings up, and shared by all exchanges that it fits. Holds no state.
 */
import type { ExchangeDetector, ShapeDetector } from "../domain/detector.ts";
import type { ExchangeFacts } from "../domain/facts.ts";
import { type ActionKind, type PolicyException, type Rule, type StableIn, stableOf } from "../domain/policy.ts";
import type { Location, Place, Stage } from "../domain/segment.ts";
import type { LanePlan } from "./lane-plan.ts";

export type ShapeCheck = { readonly detector: ShapeDetector; readonly rules: readonly Rule[] };
/** To be opened when the prompt is known. */
export type ExchangeCheck = {
  readonly detector: ExchangeDetector;
  readonly rules: readonly Rule[];
  readonly order: number;
};

export type StagePlan = {
  readonly shape: readonly ShapeCheck[];
  readonly exchange: readonly ExchangeCheck[];
  /** All rules that have text to judge, wherever it stands. */
  readonly textRules: readonly Rule[];
  /** Nothing goes before all was judged. */
  readonly holds: boolean;
  lane(location: Location): LanePlan;
};

export type ScopedPlan = {
  readonly stages: Readonly<Record<Stage, StagePlan>>;
  readonly exceptions: readonly PolicyException[];
  /** What the rules' placeholders keep their names in, each once. */
  readonly stable: readonly StableIn[];
};

export const enforces = (rule: Rule): boolean => !rule.shadow && !lenient.includes(rule.action.kind);
/** These leave the bytes as they are. */
const lenient: readonly ActionKind[] = ["allow", "flag", "route"];

/** Rules in shadow write nothing. */
export function stableIn(rules: readonly Rule[]): readonly StableIn[] {
  const asked = rules.flatMap((rule) => (rule.shadow ? [] : (stableOf(rule.action) ?? [])));
  return [...new Map(asked.map((stable) => [stable.header, stable])).values()];
}

/** A rule as it applies: all of the exchange's conditions hold, and these places are left to ask about. */
export function fitsExchange({ scope }: Pick<Rule, "scope">, facts: ExchangeFacts, shadow: boolean): boolean {
  return scope?.tests.every((test) => test.holds(facts, shadow)) ?? true;
}

/** What tools are offered is judged by rules that name it alone: it is long, the operator's own, and full of orders to the model. */
export function fitsLocation({ scope }: Pick<Rule, "scope">, location: Location | null): boolean {
  if (location?.place === "tool-definition" && scope?.places?.includes("tool-definition") !== true) return false;
  if (scope === null || (scope.roles === null && scope.places === null)) return true;
  if (location === null) return false;
  const { roles, places } = scope;
  if (location.unclear === "place") return true;
  if (location.unclear === "role") return places === null || mayStandAt(location.place, places);
  return (roles?.includes(location.role) ?? true) && (places?.includes(location.place) ?? true);
}

/** An exception holds only where it is clear that it does. */
export function exceptsLocation({ scope }: Pick<PolicyException, "scope">, location: Location | null): boolean {
  const asks = scope !== null && (scope.roles !== null || scope.places !== null);
  return !(asks && location?.unclear !== undefined) && fitsLocation({ scope }, location);
}

/** By its role a message is content or a tool's result. */
function mayStandAt(place: Place, places: readonly Place[]): boolean {
  if (places.includes(place)) return true;
  if (place === "content") return places.includes("tool-result");
  return place === "tool-result" && places.includes("content");
}
