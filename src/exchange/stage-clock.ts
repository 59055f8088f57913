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

  /** A step of judging, which ends when its promise does. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const from = this.nowMs();
    try {
      return await work();
    } finally {
      this.#endedMs = this.nowMs();
      const spent = this.#endedMs - from;
      this.#judgingMs += spent;
      this.#stepMaxMs = Math.max(this.#stepMaxMs, spent);
    }
  }

  bytesCame(): void {
    this.#firstByteMs ??= this.nowMs();
  }

  /** Somebody waited since then, for the first time. */
  waited(sinceMs: number): void {
    this.#addedMs ??= Math.max(0, this.#endedMs - sinceMs);
  }

  /** When the first byte came; now, where none has. */
  get firstByteMs(): number {
    return this.#firstByteMs ?? this.nowMs();
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

  /** Bytes that were held since then go. */
  released(sinceMs: number): void {
    this.#holdMs = Math.max(this.#holdMs, this.nowMs() - sinceMs);
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
