/**
 * The program's end of the thread that sends to a collector. To hand something over costs a push; what was gathered goes in
 * batches, of which so many may be under way, and beyond that it is dropped and counted. Nobody waits for anything here.
 *
 * Whatever was handed over is counted once, as sent or as dropped, also when the thread ends with it.
 */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { type OtelDropReason, type OtelSignal, otelSignals } from "../../telemetry/otel-metrics.ts";
import { spanCount, type TracedExchange } from "../../telemetry/otel/exchange-spans.ts";
import type { RegistryMetric } from "../../telemetry/otel/metric-facts.ts";
import type { Ask, Start, Told } from "./protocol.ts";

export type LinkParts = {
  readonly start: Start;
  /** The monotonic clock's 0, in milliseconds since 1970. */
  readonly originMs: () => number;
  readonly onSent: (signal: OtelSignal, count: number) => void;
  readonly onDropped: (signal: OtelSignal, reason: OtelDropReason, count: number) => void;
  readonly onArrives: (signal: OtelSignal, does: boolean, why: string) => void;
  /** The thread ended though nobody asked it; another is started. */
  readonly onThreadEnded: (error: unknown) => void;
  /** Another program than the thread's, for tests. */
  readonly program?: URL;
  /** Milliseconds until another thread is started. */
  readonly restartMs?: number;
};

/** Exchanges, and lines, that are handed over together. */
const batchMax = 64;
const gatherMs = 100;
/** Batches that the thread has not taken yet. */
const untakenMax = 16;
/** Exchanges, and lines, that wait while it takes none. */
const waitingMax = 2048;
/** In JavaScript's memory; what waits there is bounded far below. */
const heapMiB = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 16 } as const;
const standardRestartMs = 5000;

/** Also where the program was built to JavaScript. */
const threadProgram = new URL(`./otel-thread${extname(import.meta.url)}`, import.meta.url);

export class Link {
  readonly #parts: LinkParts;
  #worker: Worker | null = null;
  #exchanges: TracedExchange[] = [];
  #lines: string[] = [];
  #untaken = 0;
  /** What the thread has of each signal and has not told of. */
  readonly #owed = new Map<OtelSignal, number>(otelSignals.map((signal) => [signal, 0]));
  #timer: NodeJS.Timeout | null = null;
  #restart: NodeJS.Timeout | null = null;
  #error: unknown = null;
  #closed: PromiseWithResolvers<void> | null = null;

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#open();
  }

  exchange(exchange: TracedExchange): void {
    if (this.#exchanges.length >= waitingMax || this.#closed !== null)
      return this.#parts.onDropped("traces", this.#closed === null ? "full" : "shutdown", spanCount(exchange));
    this.#exchanges.push(exchange);
    if (this.#exchanges.length >= batchMax) this.#handOver();
    else this.#handOverLater();
  }

  /** One line of the log. */
  line(line: string): void {
    if (this.#lines.length >= waitingMax || this.#closed !== null)
      return this.#parts.onDropped("logs", this.#closed === null ? "full" : "shutdown", 1);
    this.#lines.push(line);
    if (this.#lines.length >= batchMax) this.#handOver();
    else this.#handOverLater();
  }

  metrics(metrics: readonly RegistryMetric[], atMs: number): void {
    if (this.#worker === null || this.#untaken >= untakenMax || this.#closed !== null)
      return this.#parts.onDropped("metrics", this.#worker === null ? "thread" : "full", 1);
    this.#give("metrics", 1, { kind: "metrics", atMs, metrics });
  }

  /** Sends what waits, for so many milliseconds at the most; what is left then is dropped. */
  async close(withinMs: number): Promise<void> {
    if (this.#closed !== null) return this.#closed.promise;
    if (this.#restart !== null) clearTimeout(this.#restart);
    while (this.#worker !== null && this.#exchanges.length + this.#lines.length > 0) this.#handOver(true);
    this.#closed = Promise.withResolvers();
    if (this.#timer !== null) clearTimeout(this.#timer);
    const worker = this.#worker;
    if (worker === null) return this.#lost("shutdown");
    worker.ref();
    const ask: Ask = { kind: "close", withinMs };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has none
    worker.postMessage(ask);
    const late = setTimeout(() => void worker.terminate(), withinMs + 500);
    await this.#closed.promise;
    clearTimeout(late);
  }

  #open(): void {
    this.#restart = null;
    // Nothing of the environment is read there: all that counts is in the configuration.
    const worker = new Worker(this.#parts.program ?? threadProgram, {
      workerData: this.#parts.start,
      resourceLimits: heapMiB,
      env: {},
      name: "otel",
    });
    worker.unref();
    worker.on("message", (told: Told) => this.#hear(told));
    worker.once("error", (error) => {
      this.#error = error;
    });
    worker.once("exit", () => this.#ended());
    this.#worker = worker;
    if (this.#exchanges.length + this.#lines.length > 0) this.#handOverLater();
  }

  #hear(told: Told): void {
    const { onSent, onDropped, onArrives } = this.#parts;
    if (told.kind === "took") {
      this.#untaken -= 1;
      if (this.#exchanges.length >= batchMax || this.#lines.length >= batchMax) this.#handOver();
      return;
    }
    if (told.kind === "arrives") return onArrives(told.signal, told.does, told.why);
    this.#owed.set(told.signal, (this.#owed.get(told.signal) ?? 0) - told.count);
    if (told.kind === "sent") onSent(told.signal, told.count);
    else onDropped(told.signal, told.reason, told.count);
  }

  #handOverLater(): void {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#handOver();
    }, gatherMs);
    this.#timer.unref();
  }

  /** `all`: though the thread has not taken those before. */
  #handOver(all = false): void {
    if (this.#worker === null) return;
    if (this.#untaken >= untakenMax && !all) return this.#handOverLater();
    if (this.#exchanges.length > 0) {
      const exchanges = this.#exchanges.splice(0, batchMax);
      const spans = exchanges.reduce((total, exchange) => total + spanCount(exchange), 0);
      this.#give("traces", spans, { kind: "exchanges", originMs: this.#parts.originMs(), exchanges });
    }
    if (this.#lines.length > 0) {
      const lines = this.#lines.splice(0, batchMax);
      this.#give("logs", lines.length, { kind: "lines", lines });
    }
    if (this.#exchanges.length + this.#lines.length > 0 && !all) this.#handOverLater();
  }

  #give(signal: OtelSignal, count: number, ask: Ask): void {
    this.#untaken += 1;
    this.#owed.set(signal, (this.#owed.get(signal) ?? 0) + count);
    this.#worker?.postMessage(ask);
  }

  #ended(): void {
    this.#worker = null;
    this.#untaken = 0;
    if (this.#closed !== null) return this.#lost("shutdown");
    this.#lost("thread");
    this.#parts.onThreadEnded(this.#error);
    this.#error = null;
    this.#restart = setTimeout(() => this.#open(), this.#parts.restartMs ?? standardRestartMs);
    this.#restart.unref();
  }

  /** What nobody will tell of. */
  #lost(reason: OtelDropReason): void {
    for (const [signal, count] of this.#owed) if (count > 0) this.#parts.onDropped(signal, reason, count);
    for (const signal of otelSignals) this.#owed.set(signal, 0);
    if (this.#closed === null) return;
    const spans = this.#exchanges.reduce((total, exchange) => total + spanCount(exchange), 0);
    if (spans > 0) this.#parts.onDropped("traces", reason, spans);
    if (this.#lines.length > 0) this.#parts.onDropped("logs", reason, this.#lines.length);
    this.#exchanges = [];
    this.#lines = [];
    this.#closed.resolve();
  }
}
