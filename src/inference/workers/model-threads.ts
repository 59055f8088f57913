/**
 * The threads that run one model: gives each batch to a free one, and starts another where one has died.
 *
 * Invariant: each batch is answered exactly once. What a dead thread had is answered `died`; nobody runs it again, since it
 * may be what killed the thread.
 */
import { extname } from "node:path";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { BackendProblem, Description, LoadedModel, RunAnswer, TokenBatch } from "../backend.ts";
import type { Start } from "./protocol.ts";
import { Restarts } from "./restarts.ts";
import { Thread } from "./thread.ts";

/** Also where the program was built to JavaScript. */
const modelProgram = new URL(`./model-thread${extname(import.meta.url)}`, import.meta.url);

type Answer = Result<RunAnswer, BackendProblem>;
type Job = { readonly batch: TokenBatch; readonly resolve: (answer: Answer) => void };

export type ModelThreadsParts = {
  readonly start: Start;
  readonly streams: number;
  /** Told why a thread ended that nobody had ended, or why another could not be started in its place. */
  readonly onDeath: (message: string) => void;
  /** Frees the request that a thread has left behind. It is asked when the thread has certainly ended. */
  readonly freeRequest?: (request: bigint) => Promise<unknown>;
  /** Asked before a thread is started in place of one that died: why it must not be, or `null`. */
  readonly isStale?: () => Promise<string | null>;
  /** What a thread runs; another only in tests. */
  readonly program?: URL;
};

/** Resolves when all threads are ready, or with the first reason why one is not. */
export async function openModelThreads(parts: ModelThreadsParts): Promise<Result<LoadedModel, BackendProblem>> {
  const threads = new ModelThreads(parts);
  const opened = await Promise.all(Array.from({ length: parts.streams }, () => threads.open()));
  const refused = opened.find((each) => !each.ok);
  if (refused === undefined) return ok(threads);
  await threads.close();
  return refused;
}

class ModelThreads implements LoadedModel {
  readonly #parts: ModelThreadsParts;
  readonly #free: Thread[] = [];
  readonly #all = new Set<Thread>();
  readonly #opening = new Set<Promise<unknown>>();
  readonly #freeing = new Set<Promise<unknown>>();
  readonly #waiting: Job[] = [];
  readonly #restarts: Restarts;
  #description: Description | null = null;
  #closed = false;

  constructor(parts: ModelThreadsParts) {
    this.#parts = parts;
    this.#restarts = new Restarts(async () => {
      const stale = (await parts.isStale?.()) ?? null;
      if (stale !== null) return stale;
      const opened = await this.open();
      return opened.ok || this.#closed ? null : opened.error.message;
    }, parts.onDeath);
  }

  get description(): Description {
    if (this.#description === null) throw new Error("a model is described when it is loaded");
    return this.#description;
  }

  get streams(): number {
    return this.#all.size;
  }

  open(): Promise<Result<void, BackendProblem>> {
    const opening = this.#open();
    this.#opening.add(opening);
    return opening.finally(() => this.#opening.delete(opening));
  }

  run(batch: TokenBatch): Promise<Answer> {
    if (this.#closed) return Promise.resolve(closed);
    if (this.#all.size === 0) return Promise.resolve(err({ kind: "died", message: "no thread of the model is alive" }));
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#waiting.push({ batch, resolve });
    const thread = this.#free.pop();
    if (thread !== undefined) this.#next(thread);
    return promise;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#restarts.close();
    this.#answerWaiting(closed);
    await Promise.all([...Array.from(this.#all, (thread) => thread.close()), ...this.#opening]);
    await Promise.all(this.#freeing);
  }

  async #open(): Promise<Result<void, BackendProblem>> {
    const { start, program = modelProgram } = this.#parts;
    const thread = new Thread(program, start);
    const freed = thread.died.then(() => this.#freeLeft(thread)).finally(() => this.#freeing.delete(freed));
    this.#freeing.add(freed);
    const ready = await thread.ready;
    if (!ready.ok) {
      await thread.died;
      return ready;
    }
    if (this.#closed) {
      await thread.close();
      return closed;
    }
    this.#description ??= ready.value;
    this.#all.add(thread);
    void thread.died.then((message) => this.#replace(thread, message));
    this.#next(thread);
    return ok(undefined);
  }

  #next(thread: Thread): void {
    // A thread may have ended and not yet been replaced.
    if (thread.ended) return;
    const job = this.#waiting.shift();
    if (job === undefined) {
      this.#free.push(thread);
      return;
    }
    void thread.run(job.batch).then((answer) => {
      if (answer.ok) this.#restarts.wentWell();
      job.resolve(answer);
      this.#next(thread);
    });
  }

  #replace(thread: Thread, message: string): void {
    this.#all.delete(thread);
    const at = this.#free.indexOf(thread);
    if (at >= 0) this.#free.splice(at, 1);
    if (this.#closed) return;
    if (this.#all.size === 0) this.#answerWaiting(err({ kind: "died", message }));
    this.#parts.onDeath(message);
    this.#restarts.plan();
  }

  async #freeLeft({ held }: Thread): Promise<void> {
    if (held !== null) await this.#parts.freeRequest?.(held);
  }

  #answerWaiting(answer: Answer): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve(answer);
  }
}

const closed = err({ kind: "closed", message: "the model is closed" } as const);
