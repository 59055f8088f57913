/** How long each detector of a stage took, for a trace that wants to know. Bounded. */
import type { Clock } from "../domain/ports.ts";
import type { Stage } from "../domain/segment.ts";
import type { DetectorTime } from "../domain/times.ts";
import type { TextCheck } from "./lane-plan.ts";

/** Detectors of one stage that are told of. */
export const timedChecksMax = 64;

type Timed = { -readonly [K in keyof DetectorTime]: DetectorTime[K] };

export class CheckTimes {
  readonly #stage: Stage;
  readonly #clock: Clock;
  /** By their place in the policy: lanes may have detectors of their own for the same rules. */
  readonly #times = new Map<number, Timed>();
  /** Answers of those beyond the bound. */
  left = 0;

  constructor(stage: Stage, clock: Clock) {
    this.#stage = stage;
    this.#clock = clock;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  answered({ rules, cost, order }: TextCheck, askedMs: number): void {
    const now = this.nowMs();
    const before = this.#times.get(order);
    if (before !== undefined) {
      before.endedMs = now;
      before.busyMs += now - askedMs;
      before.windows += 1;
      return;
    }
    if (this.#times.size >= timedChecksMax) {
      this.left += 1;
      return;
    }
    this.#times.set(order, {
      stage: this.#stage,
      rules: rules.map(({ id }) => id),
      cost,
      beganMs: askedMs,
      endedMs: now,
      busyMs: now - askedMs,
      windows: 1,
    });
  }

  all(): readonly DetectorTime[] {
    return [...this.#times.values()];
  }
}
