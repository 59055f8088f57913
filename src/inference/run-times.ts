/** How long one text took from the question to the answer, and in which of the steps. */
import type { ModelIdentity, ModelRun } from "../domain/times.ts";
import type { RowSeen } from "./batching/batcher.ts";

export class RunTimes {
  readonly #nowMs: () => number;
  readonly #beganMs: number;
  #tokenisedMs: number;
  #queueMs = 0;
  #inferMs = 0;
  #rows = 0;
  #batchRows = 0;
  #batchTokens = 0;

  /** Monotonic milliseconds. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#beganMs = nowMs();
    this.#tokenisedMs = this.#beganMs;
  }

  /** Of a pair when both are. */
  tokenised(): void {
    this.#tokenisedMs = this.#nowMs();
  }

  ranRow({ waitedMs, runMs, rows, tokens }: RowSeen): void {
    this.#rows += 1;
    this.#queueMs = Math.max(this.#queueMs, waitedMs);
    this.#inferMs = Math.max(this.#inferMs, runMs);
    this.#batchRows = Math.max(this.#batchRows, rows);
    this.#batchTokens = Math.max(this.#batchTokens, tokens);
  }

  end(identity: ModelIdentity, failed: boolean): ModelRun {
    return {
      ...identity,
      beganMs: this.#beganMs,
      endedMs: this.#nowMs(),
      tokeniseMs: this.#tokenisedMs - this.#beganMs,
      queueMs: this.#queueMs,
      inferMs: this.#inferMs,
      rows: this.#rows,
      batchRows: this.#batchRows,
      batchTokens: this.#batchTokens,
      failed,
    };
  }
}
