/**
 * The log's level at run time: set for a while, and back to the configured one by itself, by hand or with the process. Each
 * change is a line in the log, whatever the level before and after.
 */
import { type LogLevel, logLevelMinutesMax, type LogLevelOrder, type LogLevelState } from "../domain/log-level.ts";
import type { Clock } from "../domain/ports.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import type { RootLogger } from "../telemetry/log.ts";

export type LogLevelSwitch = Disposable & {
  state(): LogLevelState;
  /** The error says what is wrong with the order. A second order takes the place of the first. */
  set(order: LogLevelOrder, from: string): Result<LogLevelState, string>;
  /** Back to the configured level now. False: it is in force already. */
  reset(from: string): boolean;
};

/** `from`: the address that asks, as a socket gives it. */
export function createLogLevelSwitch(log: RootLogger, clock: Clock): LogLevelSwitch {
  const configured: LogLevel = log.level;
  let endsS: number | null = null;
  let timer: NodeJS.Timeout | null = null;
  const change = (level: LogLevel, ends: number | null, who: Readonly<Record<string, string | number>>): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    endsS = ends;
    log.setLevel(level, "log level changed", { to: level, before: log.level, ...who });
  };
  const back = (who: Readonly<Record<string, string>>): void => change(configured, null, who);
  return {
    state: () => ({ level: log.level, configured, endsS }),
    set({ level, minutes, owner }, from) {
      if (!(minutes > 0 && minutes <= logLevelMinutesMax))
        return err(`minutes must be more than 0 and at most ${logLevelMinutesMax}`);
      const seconds = Math.ceil(minutes * 60);
      const ends = clock.epochS() + seconds;
      const told = { by: "operator", from, ends: new Date(ends * 1000).toISOString() };
      change(level, ends, owner === null ? told : { ...told, owner });
      timer = setTimeout(() => back({ by: "its time is over" }), seconds * 1000);
      timer.unref();
      return ok({ level, configured, endsS });
    },
    reset(from) {
      if (endsS === null) return false;
      back({ by: "operator", from });
      return true;
    },
    /** The level stays as it is. */
    [Symbol.dispose]() {
      if (timer !== null) clearTimeout(timer);
    },
  };
}
