// What a recording client shows of one exchange, whichever HTTP it speaks.

import type { Recording } from "./recording.ts";

export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ReplyHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ClientExchange extends Disposable {
  write(bytes: string | Uint8Array): void;
  /** Ends the request's body; with trailers where given. */
  end(trailers?: Readonly<Record<string, string>>): void;
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
