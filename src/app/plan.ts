/** A policy with its detectors built. */
import { createHash } from "node:crypto";
import { createDetector, placeholderFor } from "../detectors/index.ts";
import type { Policy } from "../domain/policy.ts";
import type { BreakGlass } from "../domain/break-glass.ts";
import { createPlan, type Plan } from "../guard/plan.ts";
import type { ViewKind, ViewSource } from "../domain/view.ts";

export const sha256Hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const viewSources = {} as Readonly<Record<ViewKind, ViewSource>>;

/** `breakGlass`: what is out of force for exchanges that begin now. */
export const planOf = (policy: Policy, breakGlass?: () => BreakGlass): Plan =>
  createPlan(policy, {
    createDetector,
    label: placeholderFor,
    views: viewSources,
    ...(breakGlass === undefined ? {} : { breakGlass }),
  });
