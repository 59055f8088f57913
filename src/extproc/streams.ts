/**
 * The open streams of one server: makes them, knows when the last is gone, and drains them.
 * Invariant: once draining, no stream begins, and none is ended cleanly by the drain itself.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ExchangeIds } from "../domain/verdict.ts";
import { openDeadline } from "../stdx/deadline.ts";
import type { Codec } from "./codec.ts";
import { type GuardStream, OpenStream, type StreamContext, type StreamFault, type Wire } from "./guard-stream.ts";
import { GrpcCode } from "./wire.ts";

/** How long statuses may take to leave when the server gives streams up. */
export const FLUSH_MS_MAX = 1_000;

export type StreamsOptions = {
  readonly codec: Codec;
  readonly onStream: (stream: GuardStream) => void | Promise<void>;
  readonly onFault: (fault: StreamFault, ids: ExchangeIds | null) => void;
};

/** The open streams of one server. */
export class Streams {
  readonly #open = new Set<OpenStream>();
  readonly #context: StreamContext;
  readonly #options: StreamsOptions;
  #lastId = 0;
  #idle: PromiseWithResolvers<void> | undefined;
  draining = false;

  constructor(options: StreamsOptions) {
    this.#options = options;
    this.#context = {
      encode: options.codec.encode,
      onFault: options.onFault,
      onGone: (stream) => {
        this.#open.delete(stream);
        if (this.#open.size > 0) return;
        this.#idle?.resolve();
        this.#idle = undefined;
      },
    };
  }

  /** The new stream; undefined when the server is draining. */
  open(wire: Wire): OpenStream | undefined {
    if (this.draining) {
      wire.sendStatus(GrpcCode.UNAVAILABLE, "draining");
      return undefined;
    }
    const stream = new OpenStream(++this.#lastId, wire, this.#context);
    this.#open.add(stream);
    return stream;
  }

  run(stream: OpenStream): void {
    stream.run(this.#options.onStream);
  }

  async drain(budgetMs: number): Promise<void> {
    this.draining = true;
    if (budgetMs > 0) await this.#idleWithin(budgetMs);
    for (const stream of this.#open) stream.fail(GrpcCode.UNAVAILABLE, "draining");
    await this.#idleWithin(FLUSH_MS_MAX);
    // Node writes HTTP/2 frames in the turn after they were queued: the last statuses leave before anyone closes sockets.
    await nextTurn();
    await nextTurn();
  }

  async #idleWithin(budgetMs: number): Promise<void> {
    if (this.#open.size === 0) return;
    this.#idle ??= Promise.withResolvers<void>();
    using deadline = openDeadline(new AbortController().signal, budgetMs);
    const late = new Promise<void>((resolve) =>
      deadline.signal.addEventListener("abort", () => resolve(), { once: true }),
    );
    await Promise.race([this.#idle.promise, late]);
  }
}
