/**
 * Plans for the lanes of one stage, with what was opened for its exchange: one for all lanes whose checks are the same, since a
 * prompt may have as many lanes as values. Only what must be a lane's own from its beginning makes a plan its own.
 */
import type { LaneDetectors, LanePlace } from "../domain/detector.ts";
import type { ViewKind, ViewSource } from "../domain/view.ts";
import { type LaneCheck, type LanePlan, planLane, type TextCheck } from "./lane-plan.ts";
import { enforces, type ExchangeCheck, fitsLocation } from "./scoped-plan.ts";

export type OpenedCheck = ExchangeCheck & { readonly lanes: LaneDetectors };

/** What fits at a place, and the plans there by which of it has something to judge in the lane. */
type AtPlace = { readonly fitting: readonly LaneCheck[]; readonly plans: Map<string, LanePlan> };

export class LanePlans {
  readonly #views: Readonly<Record<ViewKind, ViewSource>>;
  readonly #opened: OpenedCheck[] = [];
  /** By the plan of what needs no opening: there is one for each kind of place. */
  readonly #places = new Map<LanePlan, AtPlace>();

  constructor(views: Readonly<Record<ViewKind, ViewSource>>) {
    this.#views = views;
  }

  /** To be called before the first plan is made. */
  add(check: OpenedCheck): void {
    this.#opened.push(check);
  }

  /** `base`: of what needs no opening. `own`: what else judges the lane, and no other. */
  of(base: LanePlan, place: LanePlace, own: readonly TextCheck[]): LanePlan {
    if (this.#opened.length + own.length === 0) return base;
    const { fitting, plans } = this.#at(base, place);
    const ready = [...own];
    const later: LaneCheck[] = [];
    let key = "";
    for (const check of fitting) {
      const { lanes, ...rest } = check;
      const detector = lanes.lane(place);
      const waits = detector !== null && check.cost !== "scan";
      key += waits ? "1" : "0";
      if (waits) later.push(check);
      else if (detector !== null) ready.push({ ...rest, detector });
    }
    if (ready.length > 0) return planLane([...base.checks, ...ready], this.#views, later);
    let plan = plans.get(key);
    if (plan === undefined) {
      plan = planLane(base.checks, this.#views, later);
      plans.set(key, plan);
    }
    return plan;
  }

  /** What detectors keep for comparing goes. */
  forget(): void {
    this.#opened.length = 0;
    this.#places.clear();
  }

  #at(base: LanePlan, { location }: LanePlace): AtPlace {
    let at = this.#places.get(base);
    if (at === undefined) {
      const fitting = this.#opened.flatMap(({ lanes, rules: all, order, detector: { cost } }): LaneCheck[] => {
        const rules = all.filter((rule) => fitsLocation(rule, location));
        return rules.length === 0 ? [] : [{ lanes, rules, enforcing: rules.some(enforces), cost, order }];
      });
      at = { fitting, plans: new Map() };
      this.#places.set(base, at);
    }
    return at;
  }
}
