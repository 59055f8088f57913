/** Policy bytes to a plan: compiled, with its detectors built. */
import { createHash } from "node:crypto";
import { createDetector, placeholderFor } from "../detectors/index.ts";
import type { Mistake, Policy } from "../domain/policy.ts";
import { createPlan, type Plan } from "../guard/plan.ts";
import { compilePolicy } from "../policy/compile.ts";
import type { Result } from "../stdx/result.ts";

export const sha256Hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** The error lists every mistake. */
export const readPolicy = (source: Uint8Array): Result<Policy, readonly Mistake[]> => compilePolicy(source, sha256Hex);

export const planOf = (policy: Policy): Plan => createPlan(policy, createDetector, placeholderFor);
