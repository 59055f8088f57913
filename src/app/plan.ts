/** A policy with its detectors built. */
import { createHash } from "node:crypto";
import { createDetector, detectorId, placeholderFor, viewSources } from "../detectors/index.ts";
import type { BreakGlass } from "../domain/break-glass.ts";
import type { Detector } from "../domain/detector.ts";
import type { DetectSpec, Policy } from "../domain/policy.ts";
import { createPlan, type Plan } from "../guard/plan.ts";

export const sha256Hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * Makes the plans of one program, one after another. Detectors hold no state: those that the plan before had too are
 * taken over, so that a reload builds only what is new. `breakGlass`: what is out of force for exchanges that begin now.
 */
export function createPlanner(breakGlass?: () => BreakGlass): (policy: Policy) => Plan {
  let before = new Map<string, Detector>();
  return (policy) => {
    const now = new Map<string, Detector>();
    const detectorFor = (spec: DetectSpec): Detector => {
      const id = detectorId(spec);
      const detector = now.get(id) ?? before.get(id) ?? createDetector(spec);
      now.set(id, detector);
      return detector;
    };
    const plan = createPlan(policy, {
      createDetector: detectorFor,
      label: placeholderFor,
      views: viewSources,
      ...(breakGlass === undefined ? {} : { breakGlass }),
    });
    before = now;
    return plan;
  };
}

/** One plan by itself. */
export const planOf = (policy: Policy): Plan => createPlanner()(policy);
