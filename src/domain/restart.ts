/** Why a serving process was started again: the words of logs and of the metric's label. */
export const restartReasons = [
  "SIGSEGV",
  "SIGABRT",
  "SIGBUS",
  "SIGILL",
  "SIGFPE",
  "SIGTRAP",
  "SIGKILL",
  "other-signal",
  /** It ended by itself though nobody asked, as after an error that nothing caught. */
  "exit",
  /** The system gave no process. */
  "not-started",
] as const;

export type RestartReason = (typeof restartReasons)[number];

/** What a serving process is told of those before it. */
export type RestartHistory = {
  readonly counts: Readonly<Partial<Record<RestartReason, number>>>;
  readonly last: RestartReason;
  /** When the last one ended, in milliseconds since the epoch. */
  readonly endedAtMs: number;
};

export const restartsIn = ({ counts }: Pick<RestartHistory, "counts">): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
