/**
 * One worker that runs a model, one batch at a time. Each batch is answered, also where the worker ends before it has.
 * Who asks only one at a time, and who starts another in its place, is not decided here.
 */
import { Worker } from "node:worker_threads";
import { err, ok, type Result } from "../../stdx/result.ts";
import { reasonOfDeath } from "./death.ts";
import type { BackendProblem, Description, RunAnswer, TokenBatch } from "../backend.ts";
import type { Ask, Start, Told } from "./protocol.ts";

/**
 * JavaScript's own memory in a thread of ours; a runtime's is beside it. Where it is at its end Node gives 16 MiB more and ends the
 * thread; what one collection moves out of the young part must fit there, or V8 ends the process.
 */
export const heapMiB = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 4 } as const;

type Answer = Result<RunAnswer, BackendProblem>;

export class Thread {
  readonly ready: Promise<Result<Description, BackendProblem>>;
  /** Why it ended. */
  readonly died: Promise<string>;
  readonly #worker: Worker;
  #answer: ((answer: Answer) => void) | null = null;
  #ended = false;
  #held: bigint | null = null;

  constructor(program: URL, start: Start) {
    const ready = Promise.withResolvers<Result<Description, BackendProblem>>();
    const died = Promise.withResolvers<string>();
    this.ready = ready.promise;
    this.died = died.promise;
    this.#worker = new Worker(program, { workerData: start, resourceLimits: heapMiB });
    let reason = "its thread ended";
    this.#worker.on("message", (told: Told) => {
      if (told.kind === "holds") this.#held = told.request;
      else if (told.kind === "ready") ready.resolve(ok(told.description));
      else if (told.kind === "refused") ready.resolve(err({ kind: told.problem, message: told.message }));
      else this.#give(told.kind === "ran" ? ok(told) : err({ kind: "failed", message: told.message }));
    });
    this.#worker.on("error", (error) => {
      reason = reasonOfDeath(error);
    });
    // Node says so when the system's thread has ended: no native call of it runs any more.
    this.#worker.once("exit", () => {
      this.#ended = true;
      ready.resolve(err({ kind: "died", message: reason })); // of no effect once it was ready
      this.#give(err({ kind: "died", message: reason }));
      died.resolve(reason);
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** A request of the runtime that it leaves behind: whoever sees it die frees it, and not before. */
  get held(): bigint | null {
    return this.#held;
  }

  run(batch: TokenBatch): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#answer = resolve;
    const ask: Ask = { kind: "run", batch };
    const arrays = [batch.ids, batch.mask, ...(batch.types === null ? [] : [batch.types])];
    const moved = new Set(arrays.map(({ buffer }) => buffer));
    this.#worker.postMessage(ask, [...moved]);
    return promise;
  }

  /** After the batch that runs. */
  async close(): Promise<void> {
    const ask: Ask = { kind: "close" };
    this.#worker.postMessage(ask, []);
    await this.died;
  }

  #give(answer: Answer): void {
    const resolve = this.#answer;
    this.#answer = null;
    resolve?.(answer);
  }
}
