/**
 * What waits to be sent of one signal, and one request at a time that takes it there. Bounded: beyond it the newest are dropped.
 * What fails is tried again for a while, then dropped. Everything that came in is told of once: as sent or as dropped.
 */
import type { OtelDropReason } from "../../telemetry/otel-metrics.ts";
import type { Post } from "./post.ts";

export type SenderParts<T> = {
  /** How many spans, records or reports an item is. */
  readonly sizeOf: (item: T) => number;
  readonly encode: (items: readonly T[]) => Uint8Array;
  readonly post: Post;
  /** How many of those sent a collector's answer says it rejected. */
  readonly rejectedIn: (answer: Uint8Array) => number;
  /** Resolves after so many milliseconds, or at once when the signal says so. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onSent: (count: number) => void;
  readonly onDropped: (reason: OtelDropReason, count: number) => void;
  /** At changes alone. */
  readonly onArrives: (does: boolean, why: string) => void;
  readonly limits?: Partial<SenderLimits>;
};

export type SenderLimits = {
  /** Sizes that may wait. */
  readonly queueMax: number;
  /** Sizes of one request; an item that is larger goes alone. */
  readonly batchMax: number;
  /** Milliseconds that the first of a batch waits for others. */
  readonly gatherMs: number;
  /** How often one batch is tried. */
  readonly triesMax: number;
};

export const standardSenderLimits: SenderLimits = { queueMax: 16_384, batchMax: 2048, gatherMs: 500, triesMax: 5 };
const restMs = 1000;
const restMaxMs = 15_000;

export class Sender<T> {
  readonly #parts: SenderParts<T>;
  readonly #limits: SenderLimits;
  /** Ends what waits for time: from then on nothing is tried twice. */
  readonly #closing = new AbortController();
  /** Ends a request under way. */
  readonly #ended = new AbortController();
  #items: T[] = [];
  #size = 0;
  #running: Promise<void> | null = null;
  #gathered: AbortController | null = null;
  #arrives: boolean | null = null;

  constructor(parts: SenderParts<T>) {
    this.#parts = parts;
    this.#limits = { ...standardSenderLimits, ...parts.limits };
  }

  add(item: T): void {
    const size = this.#parts.sizeOf(item);
    const { queueMax, batchMax } = this.#limits;
    if (this.#size + size > queueMax) return this.#parts.onDropped("full", size);
    this.#items.push(item);
    this.#size += size;
    if (this.#size >= batchMax) this.#gathered?.abort();
    this.#running ??= this.#run();
  }

  /** Sends what waits, each once; what is not there when `late` says so is dropped. */
  async close(late: AbortSignal): Promise<void> {
    this.#closing.abort();
    this.#gathered?.abort();
    const end = (): void => this.#ended.abort();
    if (late.aborted) end();
    late.addEventListener("abort", end, { once: true });
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#items.length > 0) {
      if (this.#size < this.#limits.batchMax && !this.#closing.signal.aborted) {
        this.#gathered = new AbortController();
        await this.#parts.wait(this.#limits.gatherMs, this.#gathered.signal);
        this.#gathered = null;
      }
      const [batch, size] = this.#nextBatch();
      await this.#send(batch, size);
    }
    this.#running = null;
  }

  #nextBatch(): readonly [readonly T[], number] {
    let size = 0;
    let count = 0;
    for (const item of this.#items) {
      const more = this.#parts.sizeOf(item);
      if (count > 0 && size + more > this.#limits.batchMax) break;
      size += more;
      count += 1;
    }
    const batch = this.#items.slice(0, count);
    this.#items = this.#items.slice(count);
    // What is on its way still counts as waiting: it is still held.
    return [batch, size];
  }

  async #send(batch: readonly T[], size: number): Promise<void> {
    const { encode, post, rejectedIn, wait, onSent, onDropped } = this.#parts;
    const body = encode(batch);
    let dropped: OtelDropReason | null = null;
    for (let tries = 1; ; tries += 1) {
      if (this.#ended.signal.aborted) {
        dropped = "shutdown";
        break;
      }
      const outcome = await post(body, this.#ended.signal);
      if (outcome.kind === "took") {
        const rejected = Math.min(size, rejectedIn(outcome.answer));
        this.#tellArrives(true, "");
        if (rejected > 0) onDropped("rejected", rejected);
        if (rejected < size) onSent(size - rejected);
        break;
      }
      this.#tellArrives(false, outcome.why);
      if (outcome.kind === "refused") dropped = "refused";
      else if (this.#ended.signal.aborted) dropped = "shutdown";
      else if (tries >= this.#limits.triesMax || this.#closing.signal.aborted) dropped = outcome.reason;
      if (dropped !== null || outcome.kind === "refused") break;
      await wait(Math.max(outcome.afterMs, Math.min(restMs * 2 ** (tries - 1), restMaxMs)), this.#closing.signal);
    }
    this.#size -= size;
    if (dropped !== null) onDropped(dropped, size);
  }

  #tellArrives(does: boolean, why: string): void {
    if (this.#arrives === does) return;
    this.#arrives = does;
    this.#parts.onArrives(does, why);
  }
}
