/**
 * OpenVINO's libraries as a backend: one copy of a model for all its threads, compiled by a thread that keeps the libraries
 * loaded until the backend is closed.
 */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { Backend, BackendProblem, LoadedModel } from "../backend.ts";
import type { OpenVinoLibraries } from "../openvino-libraries.ts";
import { openModelThreads } from "../workers/model-threads.ts";
import type { Compiled, KeeperAsk, KeeperTold } from "../workers/protocol.ts";

/** Also where the program was built to JavaScript. */
const keeperProgram = new URL(`../workers/keeper-thread${extname(import.meta.url)}`, import.meta.url);

/** Loads the libraries: the error says why they are of no use. `onDeath` as `ModelThreadsParts` has it. */
export async function openOpenVinoBackend(
  libraries: OpenVinoLibraries,
  onDeath: (message: string) => void,
): Promise<Result<Backend, BackendProblem>> {
  const keeper = new Keeper(libraries);
  const ready = await keeper.ready;
  if (!ready.ok) return ready;
  return ok({
    runtime: "openvino",
    close: () => keeper.close(),
    async load(request) {
      const compiled = await keeper.ask({ kind: "compile", request });
      if (!compiled.ok) return compiled;
      const start = { engine: "openvino", libraries, compiled: compiled.value } as const;
      const free = (): Promise<unknown> => keeper.ask({ kind: "free", compiled: compiled.value });
      const opened = await openModelThreads({ start, streams: request.streams, onDeath });
      if (opened.ok) return ok(withFree(opened.value, free));
      await free();
      return opened;
    },
  });
}

function withFree(model: LoadedModel, free: () => Promise<unknown>): LoadedModel {
  let closing: Promise<unknown> | null = null;
  return {
    get description() {
      return model.description;
    },
    get streams() {
      return model.streams;
    },
    run: (batch) => model.run(batch),
    async close() {
      closing ??= model.close().then(free); // to free it twice would end the process
      await closing;
    },
  };
}

type Answer = Result<Compiled, BackendProblem>;

class Keeper {
  readonly ready: Promise<Result<void, BackendProblem>>;
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  readonly #asked = new Map<number, (answer: Answer) => void>();
  #nextId = 0;
  #over: BackendProblem | null = null;

  constructor(libraries: OpenVinoLibraries) {
    const ready = Promise.withResolvers<Result<void, BackendProblem>>();
    const ended = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.#ended = ended.promise;
    this.#worker = new Worker(keeperProgram, { workerData: libraries });
    let reason = "the thread that compiles has ended";
    this.#worker.on("message", (told: KeeperTold) => {
      if (told.kind === "ready") ready.resolve(ok(undefined));
      else if (told.kind === "no-runtime") ready.resolve(err({ kind: "no-runtime", message: told.message }));
      else
        this.#answer(
          told.id,
          told.kind === "done" ? ok(told.compiled) : err({ kind: "bad-model", message: told.message }),
        );
    });
    this.#worker.on("error", (error) => {
      reason = error instanceof Error ? error.message : reason;
    });
    this.#worker.once("exit", () => {
      this.#over ??= { kind: "died", message: reason };
      ready.resolve(err({ kind: "no-runtime", message: reason })); // of no effect once it was ready
      for (const id of [...this.#asked.keys()]) this.#answer(id, err(this.#over));
      ended.resolve();
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

  /** After what was asked before. */
  async close(): Promise<void> {
    this.#over ??= { kind: "closed", message: "the runtime is closed" };
    this.#tell("close");
    await this.#ended;
  }

  #tell(message: KeeperAsk | "close"): void {
    this.#worker.postMessage(message, []);
  }

  #answer(id: number, answer: Answer): void {
    this.#asked.get(id)?.(answer);
    this.#asked.delete(id);
  }
}
