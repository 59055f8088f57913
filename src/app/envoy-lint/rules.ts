/** All rules, in the order of the guide. Ids are part of the command's interface: they do not change. */
import type { Rule } from "./rule.ts";
import { failureRules } from "./rules/failure.ts";
import { guardClusterRules } from "./rules/guard-cluster.ts";
import { httpRules } from "./rules/http.ts";
import { modeRules } from "./rules/modes.ts";
import { orderRules } from "./rules/order.ts";
import { sourceRules } from "./rules/source.ts";
import { telemetryRules } from "./rules/telemetry.ts";
import { unguardedRules } from "./rules/unguarded.ts";
import { visibilityRules } from "./rules/visibility.ts";

export const rules: readonly Rule[] = [
  ...unguardedRules,
  ...modeRules,
  ...failureRules,
  ...orderRules,
  ...visibilityRules,
  ...telemetryRules,
  ...httpRules,
  ...guardClusterRules,
  ...sourceRules,
];
