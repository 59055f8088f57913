/**
 * An operator's hand on the policy: for a while, a rule (or all rules on a route) acts as if in shadow. It is judged and
 * reported as ever, and comes back by itself.
 */
export type BreakGlassTarget = { readonly kind: "rule" | "route"; readonly name: string };

export type BreakGlassOrder = {
  readonly target: BreakGlassTarget;
  readonly minutes: number;
  /** For the log; both are required, so that there is always somebody to ask. */
  readonly reason: string;
  readonly owner: string;
};

export type BreakGlassEntry = BreakGlassOrder & {
  /** Seconds since the Unix epoch. */
  readonly endsS: number;
};

/** What an exchange that begins now is to know. */
export type BreakGlass = { readonly rules: ReadonlySet<string>; readonly routes: ReadonlySet<string> };
export const noBreakGlass: BreakGlass = { rules: new Set(), routes: new Set() };

export const breakGlassMinutesMax = 240;
export const breakGlassEntriesMax = 32;
