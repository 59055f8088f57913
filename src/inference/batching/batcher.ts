/**
 * Joins the rows of many exchanges into batches for one model: rows of like length together where that costs less than a batch
 * more, within a budget of tokens, the nearest deadline first. A lone row on an idle model waits for nobody; where all of a model's streams are busy rows gather.
 *
 * Invariant: each row is answered exactly once. The queue is bounded in tokens: above it rows are turned away at once. A text
 * whose caller has gone is answered at once and leaves the queue, and so does the rest of a text of which a row has failed.
 */
import { err, type Result } from "../../stdx/result.ts";
import type { BackendProblem, RunAnswer, TokenBatch } from "../backend.ts";
import { batchOf, outputsOfRow, type Row, type RowOutputs } from "./rows.ts";
import { RunCost } from "./run-cost.ts";
import { WaitingRows } from "./waiting-rows.ts";

export type BatcherLimits = {
  /** Padded tokens of a batch at most; a single longer row is a batch of its own. */
  readonly batchTokensMax: number;
  readonly batchRowsMax: number;
  /** Tokens that wait at most. */
  readonly queueTokensMax: number;
};

/** A row whose deadline is further away is treated as if it were so near: otherwise others could pass it for ever. */
export const patienceMs = 1_000;

/** A batch so many times as long as what it costs by itself gains no more by growing, and those in it wait for one another. */
const longEnough = 32;

export type Runner = {
  /** Batches that run at once. */
  readonly streams: number;
  run(batch: TokenBatch): Promise<Result<RunAnswer, BackendProblem>>;
};

export type RowProblem = { readonly kind: "overloaded" | "gone" } | BackendProblem;
export type RowAnswer = Result<RowOutputs, RowProblem>;

/** For metrics: rows, padded tokens, milliseconds that the runtime took, milliseconds that the oldest row had waited. */
export type BatchSeen = { rows: number; tokens: number; columns: number; runMs: number; waitedMs: number };

/** Of a row, when its batch has run: milliseconds, and what ran together. */
export type RowSeen = {
  readonly waitedMs: number;
  readonly runMs: number;
  readonly rows: number;
  readonly tokens: number;
};

/** The rows that were submitted together. */
type Text = {
  readonly signal: AbortSignal;
  readonly onRow: ((seen: RowSeen) => void) | null;
  /** Waiting or running. */
  readonly open: Set<Waiting>;
  readonly leave: () => void;
};

type Waiting = {
  readonly row: Row;
  readonly text: Text;
  readonly length: number;
  readonly sinceMs: number;
  readonly urgencyMs: number;
  readonly order: number;
  place: number;
  readonly resolve: (answer: RowAnswer) => void;
};

export type BatcherParts = {
  readonly runner: Runner;
  readonly padId: number;
  readonly limits: BatcherLimits;
  readonly nowMs: () => number;
  readonly onBatch?: (seen: BatchSeen) => void;
};

export class Batcher {
  readonly #parts: BatcherParts;
  readonly #waiting = new WaitingRows<Waiting>();
  readonly #cost = new RunCost();
  #running = 0;
  #order = 0;

  constructor(parts: BatcherParts) {
    this.#parts = parts;
  }

  /** Monotonic milliseconds, by which it tells how long rows waited. */
  nowMs(): number {
    return this.#parts.nowMs();
  }

  /** Tokens that wait now. */
  get queuedTokens(): number {
    return this.#waiting.tokens;
  }

  /** `deadlineMs`: monotonic, Infinity for whenever. All of a text's rows are taken, or none is. `onRow`: for each that has run. */
  submit(
    signal: AbortSignal,
    rows: readonly Row[],
    deadlineMs: number,
    onRow: ((seen: RowSeen) => void) | null = null,
  ): Promise<readonly RowAnswer[]> {
    if (rows.length === 0) return Promise.resolve([]);
    if (signal.aborted) return Promise.resolve(rows.map(() => err({ kind: "gone" })));
    const tokens = rows.reduce((sum, { ids }) => sum + ids.length, 0);
    const queued = this.#waiting.tokens;
    // What finds an empty queue may be longer than it: it cannot be shorter.
    if (queued > 0 && queued + tokens > this.#parts.limits.queueTokensMax) {
      return Promise.resolve(rows.map(() => err({ kind: "overloaded" })));
    }
    const text: Text = { signal, onRow, open: new Set(), leave: () => this.#end(text, { kind: "gone" }) };
    signal.addEventListener("abort", text.leave, { once: true });
    const answers = rows.map((row) => this.#wait(text, row, deadlineMs));
    this.#dispatch();
    return Promise.all(answers);
  }

  #wait(text: Text, row: Row, deadlineMs: number): Promise<RowAnswer> {
    const { promise, resolve } = Promise.withResolvers<RowAnswer>();
    const sinceMs = this.#parts.nowMs();
    // Never before now: a deadline that has passed must not go before all that ever comes.
    const urgencyMs = Math.max(sinceMs, Math.min(deadlineMs, sinceMs + patienceMs));
    const length = row.ids.length;
    const waiting: Waiting = { row, text, length, sinceMs, urgencyMs, order: this.#order++, place: -1, resolve };
    text.open.add(waiting);
    this.#waiting.add(waiting);
    return promise;
  }

  #answer(waiting: Waiting, answer: RowAnswer): void {
    const { text } = waiting;
    if (!text.open.delete(waiting)) return;
    waiting.resolve(answer);
    if (text.open.size === 0) text.signal.removeEventListener("abort", text.leave);
    else if (!answer.ok) this.#end(text, answer.error);
  }

  /** Nobody has a use for the rest of it. What runs already runs on. */
  #end(text: Text, problem: RowProblem): void {
    text.signal.removeEventListener("abort", text.leave);
    for (const waiting of text.open) {
      this.#waiting.remove(waiting);
      waiting.resolve(err(problem));
    }
    text.open.clear();
  }

  #dispatch(): void {
    const { runner, limits } = this.#parts;
    for (;;) {
      const free = Math.max(1, runner.streams) - this.#running;
      if (free <= 0 || this.#waiting.rows === 0) return;
      // All free streams have their share: a long text is done sooner in two batches at once than in one.
      const enough = Math.ceil(this.#waiting.tokens / free);
      this.#running += 1;
      const paddingMax = this.#cost.worth;
      const tokensMax = Math.min(limits.batchTokensMax, longEnough * paddingMax);
      void this.#run(this.#waiting.take({ tokensMax, rowsMax: limits.batchRowsMax, enough, paddingMax }));
    }
  }

  async #run(chosen: readonly Waiting[]): Promise<void> {
    const { runner, padId, nowMs, onBatch } = this.#parts;
    const batch = batchOf(
      chosen.map(({ row }) => row),
      padId,
    );
    const { rows, columns } = batch;
    const beganMs = nowMs();
    const waitedMs = beganMs - Math.min(...chosen.map(({ sinceMs }) => sinceMs));
    const answer = await answerOf(runner, batch);
    this.#running -= 1;
    if (answer.ok) this.#cost.saw(rows * columns, answer.value.runMs);
    if (answer.ok) onBatch?.({ rows, columns, tokens: rows * columns, runMs: answer.value.runMs, waitedMs });
    for (const [at, waiting] of chosen.entries()) {
      if (answer.ok)
        waiting.text.onRow?.({
          waitedMs: beganMs - waiting.sinceMs,
          runMs: answer.value.runMs,
          rows,
          tokens: rows * columns,
        });
      const place = { at, rows, columns, length: waiting.length };
      this.#answer(waiting, answer.ok ? outputsOfRow(answer.value.outputs, place) : answer);
    }
    this.#dispatch();
  }
}

/** The outermost frame of a batch: a bug beneath fails its texts, and no others. */
async function answerOf(runner: Runner, batch: TokenBatch): Promise<Result<RunAnswer, BackendProblem>> {
  try {
    return await runner.run(batch);
  } catch (error) {
    return err({ kind: "failed", message: error instanceof Error ? error.message : "the batch did not run" });
  }
}
