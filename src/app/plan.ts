/** A policy with its detectors built. */
import { createHash } from "node:crypto";
import {
  createDetector,
  detectorId,
  type ModelSource,
  noModels,
  placeholderFor,
  viewSources,
} from "../detectors/index.ts";
import type { BreakGlass } from "../domain/break-glass.ts";
import type { Detector } from "../domain/detector.ts";
import type { DetectSpec, Policy } from "../domain/policy.ts";
import { createPlan, type Plan } from "../guard/plan.ts";
import type { Breather } from "../stdx/paced.ts";

export const sha256Hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Makes the plans of one program, one after another. */
export type Planner = {
  plan(policy: Policy): Plan;
  /** The same, with breaths between its detectors: a thousand rules may take a second to build, and streams go on meanwhile. */
  planPaced(policy: Policy, pace: Breather): Promise<Plan>;
};

/**
 * Detectors hold no state: those that the plan before had too are taken over, so that a reload builds only what is new.
 * `models`: those that rules may ask. `breakGlass`: what is out of force for exchanges that begin now.
 */
export function createPlanner(models: ModelSource = noModels, breakGlass?: () => BreakGlass): Planner {
  let before = new Map<string, Detector>();
  const join = (policy: Policy, now: Map<string, Detector>): Plan => {
    const plan = createPlan(policy, {
      createDetector: (spec) => take(spec, now),
      label: placeholderFor,
      views: viewSources,
      ...(breakGlass === undefined ? {} : { breakGlass }),
    });
    before = now;
    return plan;
  };
  const take = (spec: DetectSpec, now: Map<string, Detector>): Detector => {
    const id = detectorId(spec);
    const detector = now.get(id) ?? before.get(id) ?? createDetector(spec, models);
    now.set(id, detector);
    return detector;
  };
  return {
    plan: (policy) => join(policy, new Map()),
    async planPaced(policy, pace) {
      const now = new Map<string, Detector>();
      for (const { detect } of policy.rules) {
        take(detect, now);
        await pace.breathe();
      }
      return join(policy, now);
    },
  };
}

/** One plan by itself. */
export const planOf = (policy: Policy, models: ModelSource = noModels): Plan => createPlanner(models).plan(policy);
