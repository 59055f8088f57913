/** Policy files to a policy, with the tools of this program. */
import type { Mistake, Policy } from "../domain/policy.ts";
import {
  type CompileParts,
  compilePolicy,
  compilePolicySet,
  type PolicyFault,
  type PolicySet,
} from "../policy/compile.ts";
import type { Result } from "../stdx/result.ts";
import { readPolicyBytes } from "./reload/policy-files.ts";
import { policyTools } from "./policy-tools.ts";
import { sha256Hex } from "./plan.ts";
import { systemClock } from "./surroundings.ts";

/** A policy in one file. The error lists every mistake. */
export const readPolicy = (source: Uint8Array, tools = policyTools): Result<Policy, readonly Mistake[]> =>
  compilePolicy(source, sha256Hex, tools);

/** A policy with all that it includes. `main`: already read. `how`: the parts that are not to be the usual ones. */
export const readPolicySet = (
  main: CompileParts["main"],
  expired: CompileParts["expired"],
  how: Partial<CompileParts> = {},
): Promise<Result<PolicySet, PolicyFault>> =>
  compilePolicySet({
    main,
    readFile: readPolicyBytes,
    tools: policyTools,
    nowS: systemClock.epochS(),
    expired,
    ...how,
  });
