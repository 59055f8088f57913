/** A policy with its detectors built. */
import { createHash } from "node:crypto";
import { createDetector, placeholderFor, viewSources } from "../detectors/index.ts";
import type { Policy } from "../domain/policy.ts";
import type { BreakGlass } from "../domain/break-glass.ts";
import { createPlan, type Plan } from "../guard/plan.ts";

export const sha256Hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** `breakGlass`: what is out of force for exchanges that begin now. */
export const planOf = (policy: Policy, breakGlass?: () => BreakGlass): Plan =>
  createPlan(policy, {
    createDetector,
    label: placeholderFor,
    views: viewSources,
    ...(breakGlass === undefined ? {} : { breakGlass }),
  });
