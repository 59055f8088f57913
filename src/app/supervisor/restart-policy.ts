/**
 * What follows when the serving process has ended: the end, or another one, and after how long. Pure: the time is a parameter.
 *
 * - It ends where it was asked to, where it ended with 0, and where it could not start the first time (bad settings).
 * - A crash before anything was ever served is tried a few times only: whoever started it must see that it does not run.
 * - Once one has served, there is always another: at once, then after growing delays. A file that is bad by now may be mended.
 */
import { constants } from "node:os";
import { type RestartHistory, type RestartReason, restartReasons, restartsIn } from "../../domain/restart.ts";

export const restartLimits = {
  /** Crashes within this time before the last one make the delay longer. */
  windowMs: 300_000,
  /** After the second crash in a window; it doubles with each further one. After the first there is none. */
  delayFirstMs: 250,
  delayMaxMs: 10_000,
  /** Starts that crash before any of them has served. */
  startsMax: 3,
} as const;

export type Ending =
  | { readonly kind: "exit"; readonly status: number }
  | { readonly kind: "signal"; readonly signal: NodeJS.Signals }
  | { readonly kind: "not-started" };

export type Next =
  | { readonly kind: "end"; readonly status: number }
  | { readonly kind: "again"; readonly delayMs: number; readonly history: RestartHistory }
  /** It crashed `starts` times and has never served. */
  | { readonly kind: "give-up"; readonly reason: RestartReason; readonly starts: number };

/** `nowMs` never goes back; `epochMs` is what the clock on the wall says. */
export type Now = { readonly nowMs: number; readonly epochMs: number };

export class RestartPolicy {
  readonly #counts: Partial<Record<RestartReason, number>> = {};
  #crashesMs: readonly number[] = [];
  #served = false;
  #serves = false;

  /** The process that runs takes exchanges. */
  serves(): void {
    this.#served = true;
    this.#serves = true;
  }

  /** It has ended. `asked`: somebody wanted that. */
  ended(how: Ending, asked: boolean, { nowMs, epochMs }: Now): Next {
    const served = this.#serves;
    this.#serves = false;
    // One that served takes these any number of times, and drains: only when it is over already can one end it.
    if (asked && served && how.kind === "signal" && drainedBy.includes(how.signal)) return { kind: "end", status: 0 };
    if (asked || isOver(how, served || this.#served)) return { kind: "end", status: statusOf(how) };
    const reason = reasonOf(how);
    this.#counts[reason] = (this.#counts[reason] ?? 0) + 1;
    const counts = { ...this.#counts };
    const starts = restartsIn({ counts });
    if (!this.#served && starts >= restartLimits.startsMax) return { kind: "give-up", reason, starts };
    this.#crashesMs = [...this.#crashesMs.filter((at) => nowMs - at < restartLimits.windowMs), nowMs];
    const delayMs = delayAfter(this.#crashesMs.length);
    return { kind: "again", delayMs, history: { counts, last: reason, endedAtMs: epochMs } };
  }
}

/** Signals at which what serves drains. */
const drainedBy: readonly string[] = ["SIGTERM", "SIGINT"];
/** Signals by which people and systems ask a program to end. */
const askedBy: readonly string[] = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"];

function isOver(how: Ending, served: boolean): boolean {
  if (how.kind === "signal") return askedBy.includes(how.signal);
  return how.kind === "exit" && (how.status === 0 || !served);
}

const delayAfter = (crashes: number): number =>
  crashes <= 1 ? 0 : Math.min(restartLimits.delayMaxMs, restartLimits.delayFirstMs * 2 ** (crashes - 2));

function reasonOf(how: Ending): RestartReason {
  if (how.kind !== "signal") return how.kind;
  return restartReasons.find((reason) => reason === how.signal) ?? "other-signal";
}

const notStartedStatus = 1;

/** As a shell tells it: 128 and the signal's number. */
function statusOf(how: Ending): number {
  if (how.kind === "exit") return how.status;
  return how.kind === "signal" ? 128 + constants.signals[how.signal] : notStartedStatus;
}
