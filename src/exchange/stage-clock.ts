/** Times one stage of an exchange. Waiting for bytes between two steps is not judging. Holds no text. */
import type { Clock } from "../domain/ports.ts";
import type { StageTimes } from "../domain/times.ts";

export class StageClock {
  readonly #clock: Clock;
  #beganMs: number | null = null;
  #endedMs = 0;
  #firstByteMs: number | null = null;
  #addedMs: number | null = null;
  #judgingMs = 0;
  #stepMaxMs = 0;
  #readMs = 0;
  #decideMs = 0;
  #holdMs = 0;
  /** When the step under way began. */
  #stepMs = 0;
  /** The oldest arrival of what goes with it. */
  #heldSinceMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  /** The stage's first message has come. */
  begin(): void {
    this.#beganMs ??= this.nowMs();
    this.#endedMs = Math.max(this.#endedMs, this.#beganMs);
  }

  /** A step of judging begins: what comes has come by now. */
  step(): void {
    this.#stepMs = this.nowMs();
  }

  /** It is over, and what it lets go is on its way. */
  stepped(): void {
    this.#endedMs = this.nowMs();
    const spent = this.#endedMs - this.#stepMs;
    this.#judgingMs += spent;
    this.#stepMaxMs = Math.max(this.#stepMaxMs, spent);
    this.#holdMs = Math.max(this.#holdMs, this.#endedMs - this.#heldSinceMs);
    this.#heldSinceMs = Number.POSITIVE_INFINITY;
  }

  /** When the step under way began, or the last one. */
  get stepMs(): number {
    return this.#stepMs;
  }

  /** With the step under way. */
  bytesCame(): void {
    this.#firstByteMs ??= this.#stepMs;
  }

  /** Somebody waited since then, for the first time. */
  waited(sinceMs: number): void {
    this.#addedMs ??= Math.max(0, this.#endedMs - sinceMs);
  }

  /** When the first byte came; the step under way, where none has. */
  get firstByteMs(): number {
    return this.#firstByteMs ?? this.#stepMs;
  }

  /** Time since `fromMs` went into reading. Gives the time now. */
  read(fromMs: number): number {
    const now = this.nowMs();
    this.#readMs += now - fromMs;
    return now;
  }

  /** Time since `fromMs` went into writing what was decided. */
  decided(fromMs: number): void {
    this.#decideMs += this.nowMs() - fromMs;
  }

  /** Bytes that were held since then go with the step under way. */
  released(sinceMs: number): void {
    this.#heldSinceMs = Math.min(this.#heldSinceMs, sinceMs);
  }

  get judgingMs(): number {
    return this.#judgingMs;
  }

  /** The longest single step. */
  get stepMaxMs(): number {
    return this.#stepMaxMs;
  }

  /** `null`: the stage has not begun. */
  get times(): StageTimes | null {
    if (this.#beganMs === null) return null;
    return {
      beganMs: this.#beganMs,
      endedMs: this.#endedMs,
      readMs: this.#readMs,
      decideMs: this.#decideMs,
      holdMs: this.#holdMs,
      addedMs: this.#addedMs ?? 0,
    };
  }
}
