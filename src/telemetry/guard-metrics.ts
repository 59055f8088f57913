/** Metrics of the guard as a whole: what it holds, what it serves by, and what must not be. */
import type { Policy } from "../domain/policy.ts";
import { type RestartHistory, restartReasons } from "../domain/restart.ts";
import type { Meter } from "./instruments.ts";
import { Names } from "./labels.ts";

export const reloadResults = ["swapped", "unchanged", "bad", "unreadable", "unbuildable"] as const;
export type ReloadResult = (typeof reloadResults)[number];

/**
 * `clean-end-refused`, `handler-left`: we would have ended a stream before its time, and Envoy would have gone on unguarded.
 * `connection-broken`: Node ended a connection of Envoy's: more resets than its limit, or frames that are none.
 */
export const faultKinds = [
  "handler-threw",
  "handler-left",
  "clean-end-refused",
  "unencodable-answer",
  "malformed-request",
  "peer-refused",
  "connection-broken",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/**
 * How a stream of Envoy's ended. `reset`: by Envoy, as most do. `half-closed`: by Envoy, when all that it showed was decided;
 * `undecided`: before that. `failed`: by us, with an error.
 */
export const streamEnds = ["reset", "half-closed", "undecided", "failed"] as const;
export type StreamEnd = (typeof streamEnds)[number];

export type GuardSources = {
  readonly heldBytes: () => number;
  /** Lines of the log that its reader was too slow for; none where left out. */
  readonly logLinesLost?: () => number;
  /** How often a serving process was started again before this one; none where left out. */
  readonly restarts?: RestartHistory["counts"];
  /** Zero where left out. */
  readonly limits?: { readonly heldBytesTotalMax: number; readonly exchangesMax: number };
};

export type GuardMetrics = {
  /** A fault of one stream or connection. */
  fault(kind: FaultKind): void;
  streamEnded(end: StreamEnd): void;
  /** Permits that exchanges hold are asked for here from now on. */
  watchPermits(held: () => number): void;
  policyReloaded(result: ReloadResult): void;
  /** True while the file on disk is not the policy in force. */
  policyStale(stale: boolean): void;
  /** How many rules and routes an operator has taken out of force. */
  breakGlass(open: number): void;
};

export function createGuardMetrics(
  { counter, gauge, reading }: Meter,
  {
    heldBytes,
    logLinesLost = () => 0,
    restarts = {},
    limits = { heldBytesTotalMax: 0, exchangesMax: 0 },
  }: GuardSources,
): GuardMetrics & { showPolicy(policy: Policy): void } {
  let permitsHeld = (): number => 0;
  reading("held_bytes", "Bytes held back by all exchanges", heldBytes);
  reading("held_bytes_max", "Bytes that all exchanges may hold back together", () => limits.heldBytesTotalMax);
  reading("permits_held", "Exchanges that are judged now", () => permitsHeld());
  reading("permits_max", "Exchanges that are judged at once; those beyond are turned away", () => limits.exchangesMax);
  reading("log_lines_lost", "Lines of the log that its reader was too slow for, since the start", logLinesLost);
  const faults = counter("faults_total", "Streams and connections ended by a fault of the guard or of a peer", {
    kind: faultKinds,
  });
  const streams = counter("stream_ends_total", "Streams of Envoy's that are over, by how they ended", {
    end: streamEnds,
  });
  const reloads = counter("policy_reload_total", "Looks at a changed policy file, by result", {
    result: reloadResults,
  });
  const restarted = counter("restarts_total", "Serving processes started again after one had crashed, by why", {
    reason: restartReasons,
  });
  for (const reason of restartReasons) restarted.of({ reason }).inc(restarts[reason] ?? 0);
  const version = new Names({ about: "the policy's name and digest", form: /^[a-z0-9-]{1,40}@[0-9a-f]{12}$/, most: 1 });
  const policy = gauge("policy_info", "The policy in force", { version });
  const open = gauge("break_glass_open", "Rules and routes that an operator has taken out of force for a while", {});
  const stale = gauge("policy_stale", "1 while the policy file is bad or missing and an older policy serves", {});
  return {
    fault: (kind) => faults.of({ kind }).inc(),
    streamEnded: (end) => streams.of({ end }).inc(),
    watchPermits(held) {
      permitsHeld = held;
    },
    policyReloaded: (result) => reloads.of({ result }).inc(),
    policyStale: (isStale) => stale.of({}).set(isStale ? 1 : 0),
    breakGlass: (count) => open.of({}).set(count),
    showPolicy(served) {
      policy.keep(() => false);
      version.keep(new Set());
      policy.of({ version: version.of(served.version) }).set(1);
    },
  };
}
