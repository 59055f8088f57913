/** What an operator may change on a running guard for a while: rules out of force, and the log's level. Both are told in the log. */
import type { Policy } from "../domain/policy.ts";
import type { Logger, RootLogger } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Audit } from "./audit/open-audit.ts";
import { type BreakGlassEvent, type BreakGlassSwitch, createBreakGlass } from "./break-glass.ts";
import { createLogLevelSwitch, type LogLevelSwitch } from "./log-level.ts";
import { systemClock } from "./surroundings.ts";

export type Switches = { readonly breakGlass: BreakGlassSwitch; readonly logLevel: LogLevelSwitch };

/** `policy`: the one in force. They end with `started`. */
export function openSwitches(
  started: AsyncDisposableStack,
  policy: () => Policy,
  audit: Audit,
  metrics: Metrics,
  log: RootLogger,
): Switches {
  const breakGlass = createBreakGlass({
    clock: systemClock,
    ruleIds: () => policy().rules.map(({ id }) => id),
    onEvent: (event) => {
      metrics.breakGlass(breakGlass.entries().length);
      logBreakGlass(log, event);
      audit.breakGlass(event);
    },
  });
  started.defer(() => breakGlass.dispose());
  return { breakGlass, logLevel: started.use(createLogLevelSwitch(log, systemClock)) };
}

/** Never quietly: whoever reads the log sees that the policy is not whole, who wanted it, and until when. */
function logBreakGlass(log: Logger, { kind, entry }: BreakGlassEvent): void {
  const { target, reason, owner, endsS } = entry;
  const fields = { [target.kind]: target.name, reason, owner, ends: new Date(endsS * 1000).toISOString() };
  const words = {
    opened: "break-glass: out of force",
    "still-open": "break-glass: still out of force",
    closed: "break-glass: back in force",
    ended: "break-glass: time is over, back in force",
  } as const;
  if (kind === "opened" || kind === "still-open") log.error(words[kind], fields);
  else log.warn(words[kind], fields);
}
