/**
 * The thread that compiles for OpenVINO, seen from outside: asks it and has the answer. One is started when it is needed, also in
 * place of one that died; what that had compiled stays valid, and can be freed by the next.
 *
 * Invariant: each question is answered exactly once. What a dead thread was asked is not asked again: to free twice would end the
 * process, and to compile may be what ended the thread.
 */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { err, ok, type Result } from "../../stdx/result.ts";
import { reasonOfDeath } from "./death.ts";
import type { BackendProblem, LoadRequest } from "../backend.ts";
import type { OpenVinoLibraries } from "../openvino-libraries.ts";
import type { Compiled, KeeperAsk, KeeperTold } from "./protocol.ts";
import { heapMiB } from "./thread.ts";

/** Also where the program was built to JavaScript. */
const keeperProgram = new URL(`./keeper-thread${extname(import.meta.url)}`, import.meta.url);

export type KeeperParts = {
  readonly libraries: OpenVinoLibraries;
  /** Told why a thread ended that nobody had ended. The next question starts another. */
  readonly onDeath: (message: string) => void;
  /** What the thread runs; another only in tests. */
  readonly program?: URL | undefined;
};

type Answer = Result<Compiled | null, BackendProblem>;

export class Keeper {
  readonly #parts: KeeperParts;
  #thread: KeeperThread | null = null;
  #closed = false;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** Loads the libraries: the error says why they are of no use. */
  open(): Promise<Result<void, BackendProblem>> {
    return this.#alive().ready;
  }

  async compile(request: LoadRequest): Promise<Result<Compiled, BackendProblem>> {
    const answer = await this.#ask({ kind: "compile", request });
    if (answer.ok && answer.value === null) throw new Error("what was compiled has an address");
    return answer as Result<Compiled, BackendProblem>;
  }

  /** When no thread runs it any more, and once. */
  async free(compiled: Compiled): Promise<void> {
    await this.#ask({ kind: "free", compiled });
  }

  /** When the thread that ran batches on it has ended, and once. */
  async freeRequest(request: bigint): Promise<void> {
    await this.#ask({ kind: "free-request", request });
  }

  /** After what was asked before. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#thread?.close();
  }

  #ask(ask: KeeperAsk["ask"]): Promise<Answer> {
    if (this.#closed) return Promise.resolve(err({ kind: "closed", message: "the runtime is closed" }));
    return this.#alive().ask(ask);
  }

  #alive(): KeeperThread {
    if (this.#thread !== null) return this.#thread;
    const { libraries, onDeath, program = keeperProgram } = this.#parts;
    const thread = new KeeperThread(program, libraries);
    this.#thread = thread;
    void thread.ended.then((why) => {
      if (this.#thread === thread) this.#thread = null;
      // One that was never ready has told whoever asked.
      if (why !== null && !this.#closed) onDeath(why);
    });
    return thread;
  }
}

class KeeperThread {
  readonly ready: Promise<Result<void, BackendProblem>>;
  /** Why it ended after it was ready; `null`: it never was. */
  readonly ended: Promise<string | null>;
  readonly #worker: Worker;
  readonly #asked = new Map<number, (answer: Answer) => void>();
  #nextId = 0;
  #over: BackendProblem | null = null;

  constructor(program: URL, libraries: OpenVinoLibraries) {
    const ready = Promise.withResolvers<Result<void, BackendProblem>>();
    const ended = Promise.withResolvers<string | null>();
    this.ready = ready.promise;
    this.ended = ended.promise;
    this.#worker = new Worker(program, { workerData: libraries, resourceLimits: heapMiB });
    let isReady = false;
    let reason = "the thread that compiles has ended";
    let noRuntime: BackendProblem | null = null;
    this.#worker.on("message", (told: KeeperTold) => {
      if (told.kind === "ready") {
        isReady = true;
        ready.resolve(ok(undefined));
      } else if (told.kind === "no-runtime") noRuntime = told;
      else if (told.kind === "done") this.#answer(told.id, ok(told.compiled));
      else this.#answer(told.id, err({ kind: "bad-model", message: told.message }));
    });
    this.#worker.on("error", (error) => {
      reason = `the thread that compiles: ${reasonOfDeath(error)}`;
    });
    this.#worker.once("exit", () => {
      this.#over = noRuntime ?? { kind: "died", message: reason };
      ready.resolve(err(noRuntime ?? { kind: "no-runtime", message: reason })); // of no effect once it was ready
      for (const id of [...this.#asked.keys()]) this.#answer(id, err(this.#over));
      ended.resolve(isReady ? reason : null);
    });
  }

  ask(ask: KeeperAsk["ask"]): Promise<Answer> {
    if (this.#over !== null) return Promise.resolve(err(this.#over));
    const id = this.#nextId++;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#asked.set(id, resolve);
    this.#tell({ id, ask });
    return promise;
  }

  async close(): Promise<void> {
    this.#tell("close");
    await this.ended;
  }

  #tell(message: KeeperAsk | "close"): void {
    this.#worker.postMessage(message, []);
  }

  #answer(id: number, answer: Answer): void {
    this.#asked.get(id)?.(answer);
    this.#asked.delete(id);
  }
}
