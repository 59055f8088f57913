/**
 * A tokenizer in a thread of its own, seen from outside: the same as `tokenizer.ts` gives, with a close.
 *
 * Invariant: each text is answered exactly once, also where the thread ends before it has; then another is started. No text is
 * kept here, and none is tokenised twice: it may be what ended the thread.
 */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { err, ok, type Result } from "../../stdx/result.ts";
import { reasonOfDeath } from "../workers/death.ts";
import { Restarts } from "../workers/restarts.ts";
import type { Tokenizer, Tokens } from "./tokens.ts";
import type { TokenizerAsk, TokenizerFacts, TokenizerTold } from "./tokenizer-protocol.ts";

/** Also where the program was built to JavaScript. */
const tokenizerProgram = new URL(`./tokenizer-thread${extname(import.meta.url)}`, import.meta.url);

/**
 * JavaScript's own memory in the thread. Whatever `tokenizerBytesMax` of JSON may become must fit: where that is read V8 looks for
 * no limit and would end the process. The young part as in `workers/thread.ts`.
 */
const heapMiB = { maxOldGenerationSizeMb: 4096, maxYoungGenerationSizeMb: 4 } as const;

export type ThreadedTokenizer = Tokenizer & {
  /** After the texts that were asked. */
  close(): Promise<void>;
};

export type TokenizerParts = {
  readonly path: string;
  /** Told why a thread ended that nobody had ended, or why another could not be started in its place. */
  readonly onDeath: (message: string) => void;
  /** What the thread runs; another only in tests. */
  readonly program?: URL;
};

/** The error says what is wrong with the file. */
export async function openTokenizer(parts: TokenizerParts): Promise<Result<ThreadedTokenizer, string>> {
  const threads = new TokenizerThreads(parts);
  const opened = await threads.open();
  if (!opened.ok) return opened;
  return ok({
    ...opened.value,
    encode: (signal, text, tokensMax) => threads.encode(signal, text, tokensMax),
    close: () => threads.close(),
  });
}

/** The one that lives, and those in its place. */
class TokenizerThreads {
  readonly #parts: TokenizerParts;
  readonly #restarts: Restarts;
  #thread: TokenizerThread | null = null;
  #opening: Promise<unknown> = Promise.resolve();
  #digest: string | null = null;
  #closed = false;

  constructor(parts: TokenizerParts) {
    this.#parts = parts;
    this.#restarts = new Restarts(async () => {
      const opened = await this.open();
      return opened.ok || this.#closed ? null : opened.error;
    }, parts.onDeath);
  }

  open(): Promise<Result<TokenizerFacts, string>> {
    const opening = this.#open();
    this.#opening = opening;
    return opening;
  }

  async encode(signal: AbortSignal, text: string, tokensMax = Number.POSITIVE_INFINITY): Promise<Tokens> {
    signal.throwIfAborted();
    if (this.#closed || this.#thread === null) throw new Error("no thread of the tokenizer is alive");
    const tokens = await this.#thread.encode(signal, text, tokensMax);
    this.#restarts.wentWell();
    return tokens;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#restarts.close();
    await this.#opening;
    await this.#thread?.close();
  }

  async #open(): Promise<Result<TokenizerFacts, string>> {
    const { path, program = tokenizerProgram } = this.#parts;
    const thread = new TokenizerThread(program, path);
    const ready = await thread.ready;
    if (!ready.ok) {
      await thread.died;
      return ready;
    }
    const { facts, digest } = ready.value;
    this.#digest ??= digest;
    if (this.#closed || digest !== this.#digest) {
      await thread.close();
      return err(this.#closed ? "the tokenizer is closed" : `${path} was changed since the model was loaded`);
    }
    this.#thread = thread;
    void thread.died.then((message) => {
      this.#thread = null;
      if (this.#closed) return;
      this.#parts.onDeath(message);
      this.#restarts.plan();
    });
    return ok(facts);
  }
}

type Ready = { readonly facts: TokenizerFacts; readonly digest: string };
type Asked = { readonly resolve: (tokens: Tokens) => void; readonly reject: (reason: unknown) => void };

class TokenizerThread {
  readonly ready: Promise<Result<Ready, string>>;
  /** Why it ended. */
  readonly died: Promise<string>;
  readonly #worker: Worker;
  readonly #asked = new Map<number, Asked>();
  #nextId = 0;
  #ended = false;

  constructor(program: URL, path: string) {
    const ready = Promise.withResolvers<Result<Ready, string>>();
    const died = Promise.withResolvers<string>();
    this.ready = ready.promise;
    this.died = died.promise;
    this.#worker = new Worker(program, { workerData: path, resourceLimits: heapMiB });
    let reason = "its thread ended";
    this.#worker.on("message", (told: TokenizerTold) => {
      if (told.kind === "ready") ready.resolve(ok(told));
      else if (told.kind === "refused") ready.resolve(err(told.message));
      else if (told.kind === "encoded") this.#take(told.id)?.resolve(told.tokens);
      else this.#take(told.id)?.reject(new Error("the tokenizer failed"));
    });
    this.#worker.on("error", (error) => {
      reason = reasonOfDeath(error);
    });
    this.#worker.once("exit", () => {
      this.#ended = true;
      ready.resolve(err(`${path} cannot be loaded: ${reason}`)); // of no effect once it was ready
      for (const id of [...this.#asked.keys()]) this.#take(id)?.reject(new Error(reason));
      died.resolve(`a tokenizer's thread: ${reason}`);
    });
  }

  async encode(signal: AbortSignal, text: string, tokensMax: number): Promise<Tokens> {
    if (this.#ended) throw new Error("the tokenizer's thread ended");
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<Tokens>();
    this.#asked.set(id, { resolve, reject });
    const leave = (): void => {
      this.#take(id)?.reject(signal.reason);
      this.#tell({ kind: "leave", id });
    };
    signal.addEventListener("abort", leave, { once: true });
    this.#tell({ kind: "encode", id, text, tokensMax });
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  async close(): Promise<void> {
    this.#tell({ kind: "close" });
    await this.died;
  }

  #tell(ask: TokenizerAsk): void {
    this.#worker.postMessage(ask, []);
  }

  #take(id: number): Asked | null {
    const asked = this.#asked.get(id) ?? null;
    this.#asked.delete(id);
    return asked;
  }
}
