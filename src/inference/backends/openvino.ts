/**
 * OpenVINO's libraries as a backend: one copy of a model for all its threads, compiled by a thread that keeps the libraries
 * loaded until the backend is closed.
 */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { Backend, BackendProblem, LoadedModel, LoadRequest } from "../backend.ts";
import type { OpenVinoLibraries } from "../openvino-libraries.ts";
import { openModelThreads } from "../workers/model-threads.ts";
import type { Compiled, KeeperAsk, KeeperTold } from "../workers/protocol.ts";

/** Also where the program was built to JavaScript. */
const program = new URL(`../workers/keeper-thread${extname(import.meta.url)}`, import.meta.url);

/** Loads the libraries: the error says why they are of no use. */
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
      const compiled = await keeper.compile(request);
      if (!compiled.ok) return compiled;
      const start = { engine: "openvino", libraries, compiled: compiled.value } as const;
      const opened = await openModelThreads(start, request.streams, onDeath);
      if (opened.ok) return ok(withFree(opened.value, () => keeper.free(compiled.value)));
      keeper.free(compiled.value);
      return opened;
    },
  });
}

function withFree(model: LoadedModel, free: () => void): LoadedModel {
  return {
    get description() {
      return model.description;
    },
    get streams() {
      return model.streams;
    },
    run: (batch) => model.run(batch),
    async close() {
      await model.close();
      free();
    },
  };
}

class Keeper {
  readonly ready: Promise<Result<void, BackendProblem>>;
  readonly #worker: Worker;
  readonly #ended: Promise<unknown>;
  readonly #asked = new Map<number, (answer: Result<Compiled, BackendProblem>) => void>();
  #nextId = 0;

  constructor(libraries: OpenVinoLibraries) {
    const ready = Promise.withResolvers<Result<void, BackendProblem>>();
    this.ready = ready.promise;
    this.#worker = new Worker(program, { workerData: libraries });
    this.#ended = new Promise((resolve) => this.#worker.once("exit", resolve));
    let reason = "its thread ended";
    this.#worker.on("message", (told: KeeperTold) => {
      if (told.kind === "ready") ready.resolve(ok(undefined));
      else if (told.kind === "no-runtime") ready.resolve(err(told));
      else this.#answer(told.id, told.kind === "compiled" ? ok(told.compiled) : err({ kind: "bad-model", message: told.message }));
    });
    this.#worker.on("error", (error) => {
      reason = error instanceof Error ? error.message : reason;
    });
    void this.#ended.then(() => {
      ready.resolve(err({ kind: "no-runtime", message: reason }));
      for (const id of this.#asked.keys()) this.#answer(id, err({ kind: "died", message: reason }));
    });
  }

  compile(request: LoadRequest): Promise<Result<Compiled, BackendProblem>> {
    const id = this.#nextId++;
    const { promise, resolve } = Promise.withResolvers<Result<Compiled, BackendProblem>>();
    this.#asked.set(id, resolve);
    this.#tell({ kind: "compile", id, request });
    return promise;
  }

  free(compiled: Compiled): void {
    this.#tell({ kind: "free", compiled });
  }

  async close(): Promise<void> {
    this.#tell({ kind: "close" });
    await this.#ended;
  }

  #tell(ask: KeeperAsk): void {
    this.#worker.postMessage(ask);
  }

  #answer(id: number, answer: Result<Compiled, BackendProblem>): void {
    this.#asked.get(id)?.(answer);
    this.#asked.delete(id);
  }
}
