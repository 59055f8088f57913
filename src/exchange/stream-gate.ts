/**
 * The gate for a reply that streams, in whatever form. Judges event by event, in order, so that it does not matter
 * how the bytes were cut; releases an event as soon as all its text is settled, and as it came when nothing is masked.
 *
 * Events leave in the order in which they came, but for keep-alives, which overtake what is held. A block drops what is
 * held and ends the client's stream in its dialect.
 */
import { type Decoder, openDecoder } from "../content/encoding/index.ts";
import type { AnswerFacts, Extraction, Framed, Framer, StreamFormat, StreamReader } from "../domain/dialect.ts";
import type { Pace } from "../domain/ports.ts";
import type { BlockCause, Unreadable } from "../domain/verdict.ts";
import { type Cleared, clear, ownWords, type Permit } from "../guard/cleared.ts";
import type { StageJudge } from "../guard/judge.ts";
import { openDeadline } from "../stdx/deadline.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import { EventQueue } from "./event-queue.ts";
import type { Gate, GateOutput } from "./gate.ts";
import type { Held } from "./held.ts";
import type { StageClock } from "./stage-clock.ts";

export type StreamOptions = {
  readonly judge: StageJudge;
  readonly held: Held;
  readonly clock: StageClock;
  readonly pace: Pace;
  readonly contentEncoding: string | null;
  readonly limits: {
    readonly unpackedBytesMax: number;
    readonly eventBytesMax: number;
    readonly windowBudgetMs: number;
  };
  readonly cancelled: AbortSignal;
  readonly format: StreamFormat;
  readonly reader: StreamReader;
  readonly readText: (body: string) => Extraction;
  readonly facts: (cause: BlockCause) => AnswerFacts;
};

/** `plain`: the body leaves without the content coding that it came with. `hasAside`: its end waits for what is judged beside it. */
export function openStreamGate(
  options: StreamOptions,
): Gate & { readonly plain: boolean; readonly hasAside: () => boolean } {
  const coded = options.contentEncoding !== null && options.contentEncoding.trim().toLowerCase() !== "identity";
  const decoder = coded ? openDecoder(options.contentEncoding, options.limits.unpackedBytesMax) : null;
  const gate = new StreamGate(options, decoder);
  return {
    push: (bytes) => gate.push(bytes),
    end: () => gate.end(),
    close: () => gate.close(),
    plain: decoder?.ok === true,
    hasAside: () => gate.hasAside,
  };
}

class StreamGate {
  readonly #options: StreamOptions;
  readonly #decoder: Result<Decoder, Unreadable> | null;
  readonly #framer: Framer;
  readonly #queue: EventQueue;
  /** The policy lets what cannot be read pass: from here on bytes go as they come. */
  #passing: Permit | null = null;
  /** Of the events so far, unpacked: where the bytes were cut changes no size. */
  #bodyBytes = 0;

  constructor(options: StreamOptions, decoder: Result<Decoder, Unreadable> | null) {
    this.#options = options;
    this.#decoder = decoder;
    this.#framer = options.format.openFramer(options.limits.eventBytesMax);
    this.#queue = new EventQueue({ ...options, budgetMs: options.limits.windowBudgetMs });
  }

  async push(bytes: Uint8Array): Promise<GateOutput> {
    const plain = await this.#decode(bytes);
    if (!plain.ok) return this.#cannotUnpack(plain.error, bytes, false);
    if (this.#passing !== null) return this.#pass(plain.value, this.#passing, false);
    return this.#frames(this.#framer.push(plain.value), plain.value.length, false);
  }

  async end(): Promise<GateOutput> {
    const rest = this.#decoder?.ok === true ? await this.#decoder.value.end() : ok(new Uint8Array());
    if (!rest.ok) return this.#cannotUnpack(rest.error, new Uint8Array(), true);
    if (this.#passing !== null) return this.#passEnd(rest.value, this.#passing);
    const last = this.#framer.push(rest.value);
    const flushed = last.failure === null ? this.#framer.flush() : { frames: [], failure: null };
    const frames = [...last.frames, ...flushed.frames];
    return this.#frames({ frames, failure: last.failure ?? flushed.failure }, rest.value.length, true);
  }

  get hasAside(): boolean {
    return this.#queue.hasAside;
  }

  async #passEnd(bytes: Uint8Array, permit: Permit): Promise<GateOutput> {
    using deadline = openDeadline(this.#options.cancelled, this.#options.limits.windowBudgetMs);
    const cause = await this.#queue.endAside(deadline.signal);
    return cause === null ? this.#pass(bytes, permit, true) : this.#blocked(cause);
  }

  close(): void {
    if (this.#decoder?.ok === true) this.#decoder.value.close();
    this.#options.held.giveAll();
  }

  async #decode(bytes: Uint8Array): Promise<Result<Uint8Array, Unreadable>> {
    if (this.#decoder === null || (!this.#decoder.ok && this.#passing !== null)) return ok(bytes);
    return this.#decoder.ok ? this.#decoder.value.push(bytes) : err(this.#decoder.error);
  }

  async #frames(framed: Framed, arrivedBytes: number, last: boolean): Promise<GateOutput> {
    const { judge, held, limits, cancelled } = this.#options;
    const full = held.take(arrivedBytes);
    if (full !== null) return this.#blocked(judge.block(full));
    using deadline = openDeadline(cancelled, limits.windowBudgetMs);
    for (const frame of framed.frames) {
      this.#bodyBytes += frame.length;
      const cause = await this.#queue.add(deadline.signal, frame, this.#bodyBytes);
      if (cause !== null) return this.#blocked(cause);
    }
    if (framed.failure !== null) return this.#cannotRead(framed.failure, this.#framer.rest(), last);
    if (last) {
      const cause = await this.#queue.end(deadline.signal);
      if (cause !== null) return this.#blocked(cause);
    }
    return { kind: "clear", cleared: this.#queue.take(), whole: last, changed: this.#queue.changed };
  }

  /**
   * A coding that we do not know passes as it came, where the policy says so. One that breaks underway cannot: what went
   * before it went unpacked.
   */
  #cannotUnpack(why: Unreadable, bytes: Uint8Array, last: boolean): GateOutput {
    if (this.#decoder?.ok !== true) return this.#cannotRead(why, bytes, last);
    return this.#blocked(this.#options.judge.block({ kind: "unreadable", why }));
  }

  /** Bytes that cannot be read at all: no event of them can be told apart from the next. */
  #cannotRead(why: Unreadable, bytes: Uint8Array, last: boolean): GateOutput {
    const treatment = this.#options.judge.unreadable(why, false);
    if (treatment.kind !== "pass") return this.#blocked((treatment as { cause: BlockCause }).cause);
    this.#passing = treatment.permit;
    return this.#pass(bytes, treatment.permit, last);
  }

  #pass(bytes: Uint8Array, permit: Permit, whole: boolean): GateOutput {
    const cleared: Cleared[] = [...this.#queue.takeAll(permit), clear(bytes, permit)];
    return { kind: "clear", cleared, whole, changed: this.#queue.changed };
  }

  #blocked(cause: BlockCause): GateOutput {
    const { format, reader, facts } = this.#options;
    const messages = reader.cut(facts(cause), this.#queue.released);
    // What the events before it cleared goes out as it would have, had they come by themselves.
    return {
      kind: "block",
      cause,
      before: this.#queue.take(),
      cut: ownWords(format.encode(messages, this.#queue.begun)),
    };
  }
}
