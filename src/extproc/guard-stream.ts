/**
 * One stream of Envoy's, as the session sees it: messages to pull, answers to send, and one way to end it safely.
 *
 * Invariant: the stream ends cleanly (status OK) only after Envoy has half-closed and all it sent was taken. Whatever
 * else ends it is a failure in the trailers, because Envoy goes on unguarded after a clean end. Nothing here throws into
 * gRPC, so that a fault stays in its own stream. Does not know gRPC's package: `Wire` is all it needs of it.
 */
import type { ExchangeIds } from "../domain/verdict.ts";
import { assert } from "../stdx/assert.ts";
import { type Encoded, isEncoded, MALFORMED, type Malformed } from "./codec.ts";
import { GrpcCode, type GrpcFailure, type ProcessingRequest, type ProcessingResponse } from "./wire.ts";

/** Messages read ahead of the consumer; then reading stops, and with it Envoy once HTTP/2's window is full. */
export const READ_AHEAD_MESSAGES_MAX = 4;
/** Body bytes after which no further message is read ahead. */
export const READ_AHEAD_BYTES_MAX = 256 * 1024;
/** Encoded answers waiting for the transport, in bytes, above which `send` asks its caller to wait. */
export const UNSENT_BYTES_MAX = 256 * 1024;

export interface GuardStream {
  /** Unique within its server. */
  readonly id: number;
  /**
   * What Envoy sends, in order. One consumer at a time; leaving the loop early leaves the rest readable. Ends when Envoy
   * half-closed, and at once on cancel, `fail` or `end`.
   */
  readonly messages: AsyncIterable<ProcessingRequest>;
  /** Aborts when the stream is over, however it ended: Envoy's reset (its usual end), `fail`, `end`. */
  readonly cancelled: AbortSignal;
  /** Envoy has half-closed and every message was taken. */
  readonly halfClosed: boolean;
  /** Over: nothing more can be sent. */
  readonly closed: boolean;
  /** We ended it, with an error. */
  readonly failed: boolean;
  /** What faults of this stream are told with; `null`: nobody has said yet whose stream it is. */
  ids: ExchangeIds | null;
  /** A value of the stream's gRPC metadata. Set by Envoy, never by the client. */
  metadata(name: string): string | undefined;
  /** Sends one answer; ignored once closed. A promise means that the transport is full: wait for it before sending on. */
  send(message: ProcessingResponse | Encoded): void | Promise<void>;
  /** The clean end. Before Envoy has half-closed it is refused: the stream fails and a fault is reported. */
  end(): void;
  /** Ends the stream with `code` in its trailers. `details` is a fixed token (lower case, digits, `_`; at most 64). */
  fail(code: GrpcFailure, details: string): void;
}

/** What the stream needs of the transport. */
export interface Wire {
  /** Asks for one message or the half-close; it may come before this returns. */
  startRead(): void;
  sendMessage(bytes: Encoded, written: () => void): void;
  sendStatus(code: GrpcCode, details: string): void;
  metadata(name: string): string | undefined;
}

/** Our faults and those of the peer's messages. `error` is for a stack trace; its text may quote what was processed. */
export type StreamFault =
  | { readonly kind: "handler-threw"; readonly stream: number; readonly error: unknown }
  | { readonly kind: "handler-left"; readonly stream: number }
  | { readonly kind: "clean-end-refused"; readonly stream: number }
  | { readonly kind: "unencodable-answer"; readonly stream: number; readonly error: unknown }
  | { readonly kind: "malformed-request"; readonly stream: number };

export type StreamContext = {
  readonly encode: (message: ProcessingResponse) => Encoded;
  readonly onFault: (fault: StreamFault, ids: ExchangeIds | null) => void;
  /** The transport has let go of the stream: its status is out, or the peer is gone. */
  readonly onGone: (stream: OpenStream) => void;
};

/** Why `cancelled` aborted. */
export class StreamClosed extends Error {
  override readonly name = "AbortError";
}

/** One for all: where it is thrown tells nothing, and each stream would pay for its stack. */
const streamClosed = new StreamClosed("stream closed");

type Next = IteratorResult<ProcessingRequest, undefined>;
const END: Next = { done: true, value: undefined };
const DETAILS = /^[a-z0-9_]{1,64}$/;
const FAULT_DETAILS = "guard_fault";

/** The stream with both its sides: GuardStream for the session, `receive*` for the transport. */
export class OpenStream implements GuardStream {
  readonly id: number;
  readonly messages: AsyncIterable<ProcessingRequest>;
  ids: ExchangeIds | null = null;
  readonly #wire: Wire;
  readonly #context: StreamContext;
  readonly #inbox: ProcessingRequest[] = [];
  #inboxBytes = 0;
  #reading = false;
  #peerEnded = false;
  #closed = false;
  #failed = false;
  #unsentBytes = 0;
  #wanted: ((next: Next) => void) | undefined;
  #room: PromiseWithResolvers<void> | undefined;
  #controller: AbortController | undefined;

  constructor(id: number, wire: Wire, context: StreamContext) {
    this.id = id;
    this.#wire = wire;
    this.#context = context;
    const iterator = { next: () => this.#next() };
    this.messages = { [Symbol.asyncIterator]: () => iterator };
  }

  /** Runs the session on this stream and turns whatever it does wrong into a failed stream. */
  run(handler: (stream: GuardStream) => void | Promise<void>): void {
    try {
      const done = handler(this);
      if (done === undefined) this.#left();
      else
        done.then(
          () => this.#left(),
          (error: unknown) => this.#threw(error),
        );
    } catch (error) {
      this.#threw(error);
    }
    this.#readAhead();
  }

  get cancelled(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#closed) this.#controller.abort(streamClosed);
    }
    return this.#controller.signal;
  }

  get halfClosed(): boolean {
    return this.#peerEnded && this.#inbox.length === 0;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get failed(): boolean {
    return this.#failed;
  }

  metadata(name: string): string | undefined {
    return this.#wire.metadata(name);
  }

  send(message: ProcessingResponse | Encoded): void | Promise<void> {
    if (this.#closed) return undefined;
    const bytes = isEncoded(message) ? message : this.#encode(message);
    if (bytes === undefined) return undefined;
    const size = bytes.length;
    this.#unsentBytes += size;
    this.#wire.sendMessage(bytes, () => this.#written(size));
    if (this.#closed || this.#unsentBytes <= UNSENT_BYTES_MAX) return undefined;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  end(): void {
    if (this.#closed) return;
    if (!this.halfClosed) return this.#fault("clean_end_refused", { kind: "clean-end-refused", stream: this.id });
    this.#close();
    this.#wire.sendStatus(GrpcCode.OK, "");
  }

  fail(code: GrpcFailure, details: string): void {
    if (this.#closed) return;
    this.#failed = true;
    this.#close();
    this.#wire.sendStatus(code, DETAILS.test(details) ? details : FAULT_DETAILS);
  }

  receive(message: ProcessingRequest | Malformed): void {
    this.#reading = false;
    if (this.#closed) return;
    if (message === MALFORMED) {
      return this.#fault("malformed_request", { kind: "malformed-request", stream: this.id });
    }
    const wanted = this.#wanted;
    if (wanted === undefined) {
      this.#inbox.push(message);
      this.#inboxBytes += bodyBytes(message);
    } else {
      this.#wanted = undefined;
      wanted({ done: false, value: message });
    }
    this.#readAhead();
  }

  receiveHalfClose(): void {
    this.#peerEnded = true;
    this.#wanted?.(END);
    this.#wanted = undefined;
  }

  /** The peer reset the stream or its connection is gone, or our own status is out. */
  receiveCancel(): void {
    this.#close();
    this.#context.onGone(this);
  }

  #next(): Promise<Next> {
    assert(this.#wanted === undefined, "a stream has one consumer at a time");
    const message = this.#inbox.shift();
    if (message !== undefined) {
      this.#inboxBytes -= bodyBytes(message);
      this.#readAhead();
      return Promise.resolve({ done: false, value: message });
    }
    if (this.#closed || this.#peerEnded) return Promise.resolve(END);
    return new Promise((resolve) => {
      this.#wanted = resolve;
      this.#readAhead();
    });
  }

  #readAhead(): void {
    if (this.#reading || this.#peerEnded || this.#closed) return;
    if (this.#inbox.length >= READ_AHEAD_MESSAGES_MAX || this.#inboxBytes >= READ_AHEAD_BYTES_MAX) return;
    this.#reading = true;
    this.#wire.startRead();
  }

  #encode(message: ProcessingResponse): Encoded | undefined {
    try {
      return this.#context.encode(message);
    } catch (error) {
      this.#fault("unencodable_answer", { kind: "unencodable-answer", stream: this.id, error });
      return undefined;
    }
  }

  #written(size: number): void {
    this.#unsentBytes -= size;
    if (this.#room === undefined || this.#unsentBytes > UNSENT_BYTES_MAX / 2) return;
    this.#room.resolve();
    this.#room = undefined;
  }

  #left(): void {
    if (this.#closed) return;
    if (this.halfClosed) this.end();
    else this.#fault(FAULT_DETAILS, { kind: "handler-left", stream: this.id });
  }

  #threw(error: unknown): void {
    // Work that was called off because the stream closed is no fault; any other error after the close still is.
    if (this.#closed && error instanceof Error && error.name === "AbortError") return;
    this.#fault(FAULT_DETAILS, { kind: "handler-threw", stream: this.id, error });
  }

  #fault(details: string, fault: StreamFault): void {
    this.fail(GrpcCode.INTERNAL, details);
    this.#context.onFault(fault, this.ids);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#inbox.length = 0;
    this.#inboxBytes = 0;
    this.#wanted?.(END);
    this.#wanted = undefined;
    this.#room?.resolve();
    this.#room = undefined;
    this.#controller?.abort(streamClosed);
  }
}

function bodyBytes(message: ProcessingRequest): number {
  return message.requestBody?.body?.length ?? message.responseBody?.body?.length ?? 0;
}
