/** How much the log tells, and an operator's hand on it: for a while, then it goes back by itself. */

/** The most telling first. */
export const logLevels = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** What can be set while it runs. Not `silent`: whoever wants faults untold writes so in the configuration. */
export const settableLogLevels = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];
export type SettableLogLevel = (typeof settableLogLevels)[number];

export const logLevelMinutesMax = 240;

export type LogLevelOrder = {
  readonly level: SettableLogLevel;
  /** More than 0, at most `logLevelMinutesMax`. */
  readonly minutes: number;
  /** Who wants it, for the log; `null`: not said. */
  readonly owner: string | null;
};

export type LogLevelState = {
  /** In force now. */
  readonly level: LogLevel;
  /** What it goes back to. */
  readonly configured: LogLevel;
  /** When it goes back, in seconds since the Unix epoch; `null`: it is the configured one. */
  readonly endsS: number | null;
};
