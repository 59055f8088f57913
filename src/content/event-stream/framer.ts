/**
 * Bytes of an AWS event stream -> frames, as their preludes give their lengths. Invariant: frames and the rest, joined, are
 * the bytes that came, divided in the same places however they were cut. A prelude is believed when its checksum is right,
 * so that a wrong length is not waited for. Reads no headers.
 */
import type { Framed, Framer } from "../../domain/dialect.ts";
import type { Unreadable } from "../../domain/verdict.ts";
import { PendingBytes } from "../frames/pending.ts";
import { preludeBytes, readPrelude } from "./prelude.ts";

export class MessageFramer implements Framer {
  readonly #maxFrameBytes: number;
  readonly #pending = new PendingBytes();
  /** Of the open frame; `null`: its prelude has not come. */
  #totalBytes: number | null = null;
  #failure: Unreadable | null = null;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  push(chunk: Uint8Array): Framed {
    const frames: Uint8Array[] = [];
    if (this.#failure !== null) return { frames, failure: this.#failure };
    let rest = chunk;
    while (this.#pending.size + rest.length >= (this.#totalBytes ?? preludeBytes)) {
      if (this.#totalBytes === null) {
        rest = this.#pending.take(rest);
        const failure = this.#open(rest);
        if (failure !== null) return this.#fail(failure, frames, rest);
      } else {
        const missing = this.#totalBytes - this.#pending.size;
        frames.push(this.#pending.take(rest.subarray(0, missing)));
        rest = rest.subarray(missing);
        this.#totalBytes = null;
      }
    }
    this.#pending.add(rest);
    return { frames, failure: null };
  }

  /** A frame without its end is `truncated`. */
  flush(): Framed {
    if (this.#pending.size > 0) this.#failure ??= "truncated";
    return { frames: [], failure: this.#failure };
  }

  rest(): Uint8Array {
    return this.#pending.look();
  }

  #open(bytes: Uint8Array): Unreadable | null {
    const prelude = readPrelude(bytes);
    if (!prelude.ok) return prelude.error;
    this.#totalBytes = prelude.value.totalBytes;
    return this.#totalBytes > this.#maxFrameBytes ? "event-too-large" : null;
  }

  #fail(failure: Unreadable, frames: readonly Uint8Array[], rest: Uint8Array): Framed {
    this.#failure = failure;
    this.#pending.add(rest);
    return { frames, failure };
  }
}
