/** Tells operators what a look at the policy file led to: one log entry and the metrics. The file's own words only. */
import type { Mistake } from "../domain/policy.ts";
import { errorFields, type LogFields, type Logger } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { PolicyEvent, PolicyProblem } from "./policy-store.ts";

/** More are counted, but not logged. */
export const loggedMistakesMax = 20;

export function tellPolicyEvent(event: PolicyEvent<unknown>, logger: Logger, metrics: Metrics): void {
  const { version } = event.served.policy;
  metrics.policyStale(event.kind === "stale");
  switch (event.kind) {
    case "swapped":
      metrics.policyReloaded("swapped");
      metrics.policyServed(event.served.policy);
      return logger.info("policy swapped", { policy: version, before: event.before });
    case "unchanged":
      metrics.policyReloaded("unchanged");
      return logger.info("policy file is again the policy in force", { policy: version });
    case "stale":
      metrics.policyReloaded(event.problem.kind);
      return logger.error("policy file not taken; the old policy serves", {
        policy: version,
        ...problemFields(event.problem),
      });
  }
}

/** As `LINE:COLUMN: message`. */
export const formatMistake = ({ line, column, message }: Mistake): string => `${line}:${column}: ${message}`;

function problemFields(problem: PolicyProblem): LogFields {
  switch (problem.kind) {
    case "unreadable":
      return { problem: problem.kind, code: problem.code };
    case "unbuildable":
      return { problem: problem.kind, ...errorFields(problem.error) };
    case "bad": {
      const { mistakes } = problem;
      return {
        problem: problem.kind,
        count: mistakes.length,
        mistakes: mistakes.slice(0, loggedMistakesMax).map(formatMistake),
      };
    }
  }
}
