// What a recording client shows of one exchange, whichever HTTP it speaks.

import type { Recording } from "./recording.ts";

export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How the request ends: with its head, with its last piece (content-length, or END_STREAM on it), apart, or by trailers. */
  readonly ends: "head" | "last-piece" | "apart" | "trailers";
}

export interface ReplyHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ClientExchange extends Disposable {
  write(bytes: Uint8Array): void;
  /** The last piece, and the end as the head says. */
  end(last: Uint8Array, trailers: Readonly<Record<string, string>>): void;
  /** Leaves: closes the connection (HTTP/1.1) or resets the stream (HTTP/2). */
  abort(): void;
  /** Rejects if the exchange ends before a reply's head came. */
  readonly head: Promise<ReplyHead>;
  /** The reply's body, unpacked from its framing. */
  readonly body: Recording;
  /** The reply's trailers; all there once `body` has ended. */
  trailers(): Readonly<Record<string, string>>;
}

export type OpenExchange = (port: number, head: RequestHead) => ClientExchange;
