/**
 * Joins the rows of many exchanges into batches for one model: rows of like length together, within a budget of tokens, the
 * nearest deadline first. A lone row on an idle model waits for nobody; where all of a model's streams are busy rows gather.
 *
 * Invariant: each row is answered exactly once. The queue is bounded in tokens: above it rows are turned away at once. A row
 * whose caller has gone leaves the queue and is not run.
 */
import { err, ok, type Result } from "../../stdx/result.ts";
import type { BackendProblem, Output, RunAnswer, TokenBatch } from "../backend.ts";
import { batchOf, type Row } from "./rows.ts";

export type BatcherLimits = {
  /** Padded tokens of a batch at most; a single longer row is a batch of its own. */
  readonly batchTokensMax: number;
  readonly batchRowsMax: number;
  /** Tokens that wait at most. */
  readonly queueTokensMax: number;
};

export type Runner = {
  /** Batches that run at once. */
  readonly streams: number;
  run(batch: TokenBatch): Promise<Result<RunAnswer, BackendProblem>>;
};

/** What one row came to: its part of each output, without the batch's dimension. */
export type RowOutputs = readonly Output[];
export type RowProblem = { readonly kind: "overloaded" | "gone" } | BackendProblem;
export type RowAnswer = Result<RowOutputs, RowProblem>;

/** For metrics: rows, padded tokens, milliseconds that the runtime took, milliseconds that the oldest row had waited. */
export type BatchSeen = { rows: number; tokens: number; columns: number; runMs: number; waitedMs: number };

type Waiting = {
  readonly row: Row;
  /** Monotonic milliseconds; Infinity: whenever. */
  readonly deadlineMs: number;
  readonly sinceMs: number;
  readonly signal: AbortSignal;
  readonly leave: () => void;
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
  readonly #waiting = new Set<Waiting>();
  #queued = 0;
  #running = 0;

  constructor(parts: BatcherParts) {
    this.#parts = parts;
  }

  /** Tokens that wait now. */
  get queuedTokens(): number {
    return this.#queued;
  }

  /** All of a text's rows are taken, or none is. */
  submit(signal: AbortSignal, rows: readonly Row[], deadlineMs: number): Promise<readonly RowAnswer[]> {
    const tokens = rows.reduce((sum, { ids }) => sum + ids.length, 0);
    if (signal.aborted) return Promise.resolve(rows.map(() => err({ kind: "gone" })));
    const { limits, nowMs } = this.#parts;
    // What finds an empty queue may be longer than it: it cannot be shorter.
    if (this.#queued > 0 && this.#queued + tokens > limits.queueTokensMax) {
      return Promise.resolve(rows.map(() => err({ kind: "overloaded" })));
    }
    const sinceMs = nowMs();
    const answers = rows.map((row) => this.#wait(signal, row, deadlineMs, sinceMs));
    this.#dispatch();
    return Promise.all(answers);
  }

  #wait(signal: AbortSignal, row: Row, deadlineMs: number, sinceMs: number): Promise<RowAnswer> {
    const { promise, resolve } = Promise.withResolvers<RowAnswer>();
    const leave = (): void => {
      this.#remove(waiting);
      resolve(err({ kind: "gone" }));
    };
    const waiting: Waiting = { row, deadlineMs, sinceMs, signal, leave, resolve };
    signal.addEventListener("abort", leave, { once: true });
    this.#waiting.add(waiting);
    this.#queued += row.ids.length;
    return promise;
  }

  #remove(waiting: Waiting): void {
    if (!this.#waiting.delete(waiting)) return;
    this.#queued -= waiting.row.ids.length;
    waiting.signal.removeEventListener("abort", waiting.leave);
  }

  #dispatch(): void {
    const { runner } = this.#parts;
    while (this.#running < Math.max(1, runner.streams) && this.#waiting.size > 0) {
      const chosen = this.#choose();
      for (const waiting of chosen) this.#remove(waiting);
      this.#running += 1;
      void this.#run(chosen);
    }
  }

  /** The most urgent row leads; those nearest to it in length go with it while they pad little and fit. */
  #choose(): readonly Waiting[] {
    const { batchTokensMax, batchRowsMax } = this.#parts.limits;
    const all = [...this.#waiting];
    const lead = all.reduce((first, each) => (each.deadlineMs < first.deadlineMs ? each : first));
    const length = lead.row.ids.length;
    const others = all
      .filter((each) => each !== lead && isLike(each.row.ids.length, length))
      .toSorted((a, b) => a.deadlineMs - b.deadlineMs);
    const chosen = [lead];
    let columns = length;
    for (const each of others) {
      const wider = Math.max(columns, each.row.ids.length);
      if (chosen.length === batchRowsMax) break;
      if (wider * (chosen.length + 1) > batchTokensMax) continue;
      columns = wider;
      chosen.push(each);
    }
    return chosen;
  }

  async #run(chosen: readonly Waiting[]): Promise<void> {
    const { runner, padId, nowMs, onBatch } = this.#parts;
    const batch = batchOf(
      chosen.map(({ row }) => row),
      padId,
    );
    const { rows, columns } = batch;
    const waitedMs = nowMs() - Math.min(...chosen.map(({ sinceMs }) => sinceMs));
    const answer = await runner.run(batch);
    this.#running -= 1;
    if (answer.ok) onBatch?.({ rows, columns, tokens: rows * columns, runMs: answer.value.runMs, waitedMs });
    for (const [row, { resolve }] of chosen.entries()) {
      resolve(answer.ok ? rowOf(answer.value.outputs, row, rows) : answer);
    }
    this.#dispatch();
  }
}

/** Rows of a batch differ by at most a quarter of the longest, or by a few tokens: padding costs as much as text. */
function isLike(a: number, b: number): boolean {
  const [short, long] = a < b ? [a, b] : [b, a];
  return long - short <= Math.max(8, long / 4);
}

/** A model that gives NaN has failed: a number that is none must never read as a low score. */
function rowOf(outputs: readonly Output[], row: number, rows: number): RowAnswer {
  const parts: Output[] = [];
  for (const { name, dims, data } of outputs) {
    if (dims[0] !== rows) return err({ kind: "failed", message: `the output ${name} has ${dims[0]} rows instead of ${rows}` });
    const size = data.length / rows;
    const part = data.subarray(row * size, (row + 1) * size);
    if (!part.every(Number.isFinite)) return err({ kind: "failed", message: `the output ${name} holds what is no number` });
    parts.push({ name, dims: dims.slice(1), data: part });
  }
  return ok(parts);
}
