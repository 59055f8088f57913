/**
 * Writes the audit record beside the exchanges: they put entries in a queue and go on; entries are sealed into the chain and written in
 * batches, and a checkpoint is made from time to time.
 *
 * Invariant: a sealed line is written before any after it, however often that is tried: what stands in the record is never out of order.
 * The queue is bounded; what finds no place is counted, and a `lost` entry stands where it would have stood.
 */
import type { AuditKind, Chain, CheckpointReason, Entry, Head } from "../../telemetry/audit/chain.ts";
import { bodyOf } from "../../telemetry/audit/chain.ts";
import type { Signer } from "../../telemetry/audit/checkpoint.ts";
import type { AuditMetrics } from "../../telemetry/audit-metrics.ts";
import { Fifo } from "../../stdx/fifo.ts";
import type { AuditSink } from "./sink.ts";

export type AuditLimits = {
  /** Entries, and bytes of them, that may wait. */
  readonly queueEntriesMax: number;
  readonly queueBytesMax: number;
  /** Entries between two checkpoints, and milliseconds from an entry to the checkpoint after it. */
  readonly checkpointEntries: number;
  readonly checkpointMs: number;
};

export type WriterParts = {
  readonly chain: Chain;
  readonly sink: AuditSink;
  /** `null`: checkpoints are not signed. */
  readonly signer: Signer | null;
  readonly limits: AuditLimits;
  readonly metrics: AuditMetrics;
  /** Since the Unix epoch. */
  readonly epochMs: () => number;
  /** Calls back after a while, unless it is called off. */
  readonly after: (ms: number, then: () => void) => () => void;
  /** After each checkpoint: what stands there now outlives this process. */
  readonly onCheckpoint: (head: Head, reason: CheckpointReason) => Promise<void>;
  /** Told at changes alone. `why` is `null` when it works again; `lost`: entries that were lost meanwhile. */
  readonly onState: (why: string | null, lost: number) => void;
  /** Told at the end, where entries were lost that no `lost` entry tells. */
  readonly onEnd: (lost: number) => void;
};

/** From the first entry that waits to its write. */
const gatherMs = 50;
/** One batch: what is hashed in one turn of the loop. */
const batchEntriesMax = 256;
const batchBytesMax = 256 * 1024;
const retryMs = 250;
const retryMostMs = 5000;
/** A write that takes longer is a failure, though it goes on. */
const slowMs = 5000;
/** At the end, for what still waits. */
const closeMsMax = 5000;

type Lost = { readonly kind: "lost"; readonly timeMs: number; count: number; readonly why: string };
type Timer = (() => void) | null;

export class AuditWriter {
  readonly #parts: WriterParts;
  readonly #queue = new Fifo<Entry | Lost>();
  #bytes = 0;
  /** The last of the queue, where that is one. */
  #lost: Lost | null = null;
  #lostNow = 0;
  /** Entries since the last checkpoint. */
  #uncovered = 0;
  /** One that is asked for. */
  #checkpoint: CheckpointReason | null = null;
  #gatherTimer: Timer = null;
  #checkpointTimer: Timer = null;
  #pumping: Promise<void> | null = null;
  readonly #tried = Promise.withResolvers<void>();
  #hasWritten = false;
  /** Why it does not work; `null`: it does. */
  #why: string | null = null;
  #isClosing = false;
  #isGone = false;
  /** Ends what the pump waits for. */
  #interrupt: () => void = () => undefined;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  /** The last try to write went well. */
  get works(): boolean {
    return this.#why === null && this.#hasWritten;
  }

  /** Writes the first entry. Resolves when that was tried; if it failed, it is tried again. */
  async begin(entry: Entry): Promise<void> {
    this.#put(entry);
    void this.#flush("time");
    await this.#tried.promise;
  }

  /** Never waits, never throws. */
  add(entry: Entry): void {
    if (this.#isClosing) return this.#lose(null);
    const { queueEntriesMax, queueBytesMax } = this.#parts.limits;
    if (this.#queue.length >= queueEntriesMax || this.#bytes + entry.body.length > queueBytesMax) {
      this.#fails("slow");
      return this.#lose(entry.timeMs);
    }
    this.#put(entry);
    if (this.#queue.length >= batchEntriesMax) this.#start();
    else this.#gatherTimer ??= this.#parts.after(gatherMs, () => this.#start());
  }

  /** A stop, sealed by a checkpoint. What cannot be written within five seconds is lost. */
  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#put({ kind: "stop", timeMs: this.#parts.epochMs(), body: "" });
    const callOff = this.#parts.after(closeMsMax, () => {
      this.#isGone = true;
      this.#interrupt();
    });
    this.#interrupt();
    await this.#flush("stop");
    callOff();
    this.#checkpointTimer?.();
    if (this.#isGone) this.#parts.onEnd(this.#lostNow);
    await this.#parts.sink.close();
  }

  async #flush(reason: CheckpointReason): Promise<void> {
    this.#checkpoint = reason;
    this.#start();
    await this.#pumping;
  }

  #put(entry: Entry): void {
    this.#lost = null;
    this.#queue.push(entry);
    this.#bytes += entry.body.length;
    this.#parts.metrics.waiting(this.#queue.length);
  }

  /** `timeMs` null: no entry says it, because none comes any more. */
  #lose(timeMs: number | null, count = 1): void {
    this.#parts.metrics.lost(count);
    this.#lostNow += count;
    if (timeMs === null) return;
    if (this.#lost === null) {
      this.#lost = { kind: "lost", timeMs, count: 0, why: this.#why ?? "slow" };
      this.#queue.push(this.#lost);
    }
    this.#lost.count += count;
  }

  #start(): void {
    this.#gatherTimer?.();
    this.#gatherTimer = null;
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = null;
    });
  }

  async #pump(): Promise<void> {
    const { sink, epochMs, limits, metrics, after } = this.#parts;
    while (this.#queue.length > 0 || this.#checkpoint !== null) {
      if (this.#queue.length > 0 && sink.isDue(epochMs())) await this.#rotate();
      const lines = this.#sealBatch();
      const reason = this.#dueNow();
      if (reason !== null) this.#sealCheckpoint(reason, lines);
      await this.#write(lines);
      if (reason !== null) await this.#anchor(reason);
      if (this.#isGone) return this.#giveUp();
      metrics.waiting(this.#queue.length);
      if (this.#uncovered === 0 || this.#isClosing) continue;
      this.#checkpointTimer ??= after(limits.checkpointMs, () => {
        this.#checkpointTimer = null;
        this.#checkpoint ??= "time";
        this.#start();
      });
    }
  }

  #giveUp(): void {
    this.#lose(null, this.#queue.takeAll().length);
    this.#checkpoint = null;
    this.#parts.metrics.waiting(0);
  }

  #sealBatch(): Sealed[] {
    const { chain } = this.#parts;
    const lines: Sealed[] = [];
    let bytes = 0;
    while (lines.length < batchEntriesMax && bytes < batchBytesMax) {
      const next = this.#queue.shift();
      if (next === undefined) break;
      if ("count" in next) {
        if (next === this.#lost) this.#lost = null;
        const { kind, timeMs, count, why } = next;
        lines.push({ kind, line: chain.seal({ kind, timeMs, body: bodyOf({ count, why }) }) });
        continue;
      }
      this.#bytes -= next.body.length;
      bytes += next.body.length;
      lines.push({ kind: next.kind, line: chain.seal(next) });
    }
    this.#uncovered += lines.length;
    return lines;
  }

  /** A stop is the last entry, and its checkpoint comes after all that waited. */
  #dueNow(): CheckpointReason | null {
    const isFull = this.#uncovered >= this.#parts.limits.checkpointEntries;
    const wanted = this.#checkpoint === "stop" && this.#queue.length > 0 ? null : this.#checkpoint;
    return wanted ?? (isFull ? "entries" : null);
  }

  #sealCheckpoint(reason: CheckpointReason, lines: Sealed[]): void {
    const { chain, epochMs, signer } = this.#parts;
    lines.push({ kind: "checkpoint", line: chain.sealCheckpoint(reason, epochMs(), signer) });
    this.#uncovered = 0;
    if (reason === this.#checkpoint) this.#checkpoint = null;
    this.#checkpointTimer?.();
    this.#checkpointTimer = null;
  }

  async #rotate(): Promise<void> {
    const { chain, epochMs, sink } = this.#parts;
    const timeMs = epochMs();
    const lines: Sealed[] = [{ kind: "rotate", line: chain.seal({ kind: "rotate", timeMs, body: "" }) }];
    this.#sealCheckpoint("rotate", lines);
    await this.#write(lines);
    await this.#anchor("rotate");
    await this.#untilDone(() => sink.rotate(chain.head.seq + 1, epochMs()));
  }

  /** Until all stand there, or nobody waits any more. */
  async #write(lines: readonly Sealed[]): Promise<void> {
    const { sink, metrics } = this.#parts;
    let done = 0;
    await this.#untilDone(async () => {
      const { written, why } = await sink.append(lines.slice(done).map(({ line }) => line));
      for (const { kind } of lines.slice(done, done + written)) metrics.written(kind);
      done += written;
      return why;
    });
    if (done < lines.length) this.#lose(null, lines.length - done);
  }

  async #anchor(reason: CheckpointReason): Promise<void> {
    const { sink, chain, onCheckpoint, metrics } = this.#parts;
    const { head } = chain;
    await this.#untilDone(() => sink.sync());
    if (this.#isGone) return;
    metrics.at(head.seq);
    await onCheckpoint(head, reason);
  }

  /** Tries again, with longer and longer rests. */
  async #untilDone(attempt: () => Promise<string | null>): Promise<void> {
    for (let restMs = retryMs; !this.#isGone; restMs = Math.min(retryMostMs, restMs * 2)) {
      const why = await this.#withinPatience(attempt());
      if (why === null) return this.#succeeded();
      this.#parts.metrics.failed();
      this.#fails(why);
      if (!this.#isGone) await this.#rest(restMs);
    }
  }

  /** What the attempt says, or `gone` when nobody waits any more. */
  #withinPatience(attempt: Promise<string | null>): Promise<string | null> {
    return new Promise((resolve) => {
      const callOff = this.#parts.after(slowMs, () => this.#fails("slow"));
      const over = (why: string | null): void => {
        callOff();
        resolve(why);
      };
      this.#interrupt = () => {
        if (this.#isGone) over("gone");
      };
      void attempt.then(over);
    });
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const callOff = this.#parts.after(ms, resolve);
      this.#interrupt = () => {
        callOff();
        resolve();
      };
    });
  }

  #fails(why: string): void {
    this.#tried.resolve();
    if (this.#why !== null) return;
    this.#why = why;
    this.#parts.metrics.working(false);
    this.#parts.onState(why, 0);
  }

  #succeeded(): void {
    this.#hasWritten = true;
    this.#tried.resolve();
    // Who is slow has caught up when nothing waits.
    if (this.#why === null || (this.#why === "slow" && this.#queue.length > 0)) return;
    this.#why = null;
    this.#parts.metrics.working(true);
    this.#parts.onState(null, this.#lostNow);
    this.#lostNow = 0;
  }
}

type Sealed = { readonly kind: AuditKind; readonly line: string };
