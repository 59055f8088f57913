/** What the commands' exit statuses mean; the same for all of them. */
export const exitStatus = {
  good: 0,
  /** Bad input, or a check that failed. */
  bad: 1,
  /** Of `envoy lint` also an input that cannot be read. */
  usage: 2,
  /** `scan` only: something was redacted or blocked. */
  acted: 3,
  /** `eval` only: a budget is missed. */
  missed: 3,
  /** `audit verify` only: nothing is wrong, but the record's end is open. */
  open: 3,
  /** A signal came: the figures of `eval` are of the first rows, `models bench` has none. */
  interrupted: 130,
} as const;
export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];
