/**
 * The threads that run one model: gives each batch to a free one, and starts another where one has died.
 *
 * Invariant: each batch is answered exactly once. What a dead thread had is answered `died`; nobody runs it again, since it
 * may be what killed the thread.
 */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { BackendProblem, Description, LoadedModel, RunAnswer, TokenBatch } from "../backend.ts";
import type { Ask, Start, Told } from "./protocol.ts";

/** Also where the program was built to JavaScript. */
const program = new URL(`./model-thread${extname(import.meta.url)}`, import.meta.url);

/** Before a thread is started in place of one that died at once: doubles up to the most. */
const restartMs = { first: 100, most: 10_000 } as const;
/** A thread that lived so long is no longer counted as one that dies at once. */
const steadyMs = 60_000;

type Answer = Result<RunAnswer, BackendProblem>;
type Job = { readonly batch: TokenBatch; readonly resolve: (answer: Answer) => void };

/** Resolves when all threads are ready, or with the first reason why one is not. */
export async function openModelThreads(start: Start, streams: number, onDeath: (message: string) => void) {
  const threads = new ModelThreads(start, onDeath);
  const opened = await Promise.all(Array.from({ length: streams }, () => threads.open()));
  const refused = opened.find((each) => !each.ok);
  if (refused === undefined) return ok<LoadedModel>(threads);
  await threads.close();
  return refused;
}

class ModelThreads implements LoadedModel {
  readonly #start: Start;
  readonly #onDeath: (message: string) => void;
  readonly #free: Thread[] = [];
  readonly #all = new Set<Thread>();
  readonly #waiting: Job[] = [];
  readonly #restarts = new Set<NodeJS.Timeout>();
  #description: Description | null = null;
  #streams = 0;
  #delayMs: number = restartMs.first;
  #closed = false;

  constructor(start: Start, onDeath: (message: string) => void) {
    this.#start = start;
    this.#onDeath = onDeath;
  }

  get description(): Description {
    if (this.#description === null) throw new Error("a model is described when it is loaded");
    return this.#description;
  }

  get streams(): number {
    return this.#streams;
  }

  /** Threads that are ready now. */
  get alive(): number {
    return this.#all.size;
  }

  async open(): Promise<Result<void, BackendProblem>> {
    const thread = new Thread(this.#start);
    const begun = performance.now();
    const ready = await thread.ready;
    if (!ready.ok) return ready;
    if (this.#closed) {
      await thread.close();
      return err({ kind: "closed", message: "the model was closed while it was loaded" });
    }
    this.#description ??= ready.value;
    this.#streams += 1;
    this.#all.add(thread);
    void thread.died.then((message) => this.#replace(thread, message, performance.now() - begun));
    this.#next(thread);
    return ok(undefined);
  }

  run(batch: TokenBatch): Promise<Answer> {
    if (this.#closed) return Promise.resolve(err({ kind: "closed", message: "the model is closed" }));
    if (this.#all.size === 0) return Promise.resolve(err({ kind: "died", message: "no thread of the model is alive" }));
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#waiting.push({ batch, resolve });
    const thread = this.#free.pop();
    if (thread !== undefined) this.#next(thread);
    return promise;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#restarts) clearTimeout(timer);
    for (const { resolve } of this.#waiting.splice(0)) resolve(err({ kind: "closed", message: "the model is closed" }));
    await Promise.all(Array.from(this.#all, (thread) => thread.close()));
  }

  #next(thread: Thread): void {
    const job = this.#waiting.shift();
    if (job === undefined) {
      this.#free.push(thread);
      return;
    }
    void thread.run(job.batch).then((answer) => {
      job.resolve(answer);
      if (this.#all.has(thread)) this.#next(thread);
    });
  }

  #replace(thread: Thread, message: string, livedMs: number): void {
    this.#all.delete(thread);
    const at = this.#free.indexOf(thread);
    if (at >= 0) this.#free.splice(at, 1);
    this.#streams -= 1;
    if (this.#closed) return;
    this.#onDeath(message);
    if (this.#all.size === 0) {
      for (const { resolve } of this.#waiting.splice(0)) resolve(err({ kind: "died", message }));
    }
    if (livedMs >= steadyMs) this.#delayMs = restartMs.first;
    this.#restart();
  }

  #restart(): void {
    const timer = setTimeout(() => {
      this.#restarts.delete(timer);
      void this.open().then((opened) => {
        if (opened.ok || this.#closed) return;
        this.#onDeath(opened.error.message);
        this.#restart();
      });
    }, this.#delayMs);
    this.#delayMs = Math.min(restartMs.most, this.#delayMs * 2);
    this.#restarts.add(timer);
  }
}

/** One worker, one batch at a time. */
class Thread {
  readonly ready: Promise<Result<Description, BackendProblem>>;
  /** Why it ended before it was told to. */
  readonly died: Promise<string>;
  readonly #worker: Worker;
  #answer: ((answer: Answer) => void) | null = null;

  constructor(start: Start) {
    const ready = Promise.withResolvers<Result<Description, BackendProblem>>();
    const died = Promise.withResolvers<string>();
    this.ready = ready.promise;
    this.died = died.promise;
    this.#worker = new Worker(program, { workerData: start });
    let reason = "its thread ended";
    this.#worker.on("message", (told: Told) => {
      if (told.kind === "ready") ready.resolve(ok(told.description));
      else if (told.kind === "refused") ready.resolve(err({ kind: told.problem, message: told.message }));
      else this.#give(told.kind === "ran" ? ok(told) : err({ kind: "failed", message: told.message }));
    });
    this.#worker.on("error", (error) => {
      reason = error instanceof Error ? error.message : reason;
    });
    this.#worker.once("exit", () => {
      ready.resolve(err({ kind: "bad-model", message: reason })); // of no effect once it was ready
      this.#give(err({ kind: "died", message: reason }));
      died.resolve(reason);
    });
  }

  run(batch: TokenBatch): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#answer = resolve;
    const ask: Ask = { kind: "run", batch };
    const arrays = [batch.ids, batch.mask, ...(batch.types === null ? [] : [batch.types])];
    this.#worker.postMessage(ask, arrays.map(({ buffer }) => buffer));
    return promise;
  }

  /** After the batch that runs. */
  async close(): Promise<void> {
    const ask: Ask = { kind: "close" };
    this.#worker.postMessage(ask);
    await this.died;
  }

  #give(answer: Answer): void {
    const resolve = this.#answer;
    this.#answer = null;
    resolve?.(answer);
  }
}
