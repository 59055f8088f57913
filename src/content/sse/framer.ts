/**
 * Bytes of an event stream -> frames, each one event with its blank line. Invariant: frames and the rest, joined, are
 * exactly the bytes that came, and where they are divided does not depend on how the bytes were cut, but for one byte:
 * a "\n" that completes an event-ending "\r" closes that frame if it came with it, else it opens the next one.
 *
 * An event is given out with the byte that ends it. Knows lines, not fields.
 */
import type { Framed, Framer } from "../../domain/dialect.ts";
import { PendingBytes } from "../frames/pending.ts";

/** In bytes, without a "\n" that may stand in this frame or the next. */
export const defaultMaxFrameBytes = 1024 * 1024;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

export class SseFramer implements Framer {
  readonly #maxFrameBytes: number;
  readonly #pending = new PendingBytes();
  /** Bytes of the open frame that count for the limit. */
  #size = 0;
  #lineIsEmpty = true;
  /** The last byte was "\r": a "\n" now belongs to the same line end. */
  #afterReturn = false;
  #failed = false;

  constructor(maxFrameBytes: number = defaultMaxFrameBytes) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** After a failure (`event-too-large`) nothing more is given out. */
  push(chunk: Uint8Array): Framed {
    const frames: Uint8Array[] = [];
    if (this.#failed) return { frames, failure: "event-too-large" };
    if (!this.#afterReturn && this.#size + chunk.length <= this.#maxFrameBytes && !chunk.includes(carriageReturn)) {
      return this.#pushLines(chunk);
    }
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === lineFeed && this.#afterReturn) {
        this.#afterReturn = false;
        // It opens a frame of its own where its event is out already; there it does not count.
        if (this.#size > 0) this.#size += 1;
        if (this.#size > this.#maxFrameBytes) return this.#fail(frames, chunk.subarray(start));
        continue;
      }
      this.#size += 1;
      if (this.#size > this.#maxFrameBytes) return this.#fail(frames, chunk.subarray(start));
      this.#afterReturn = byte === carriageReturn;
      if (byte !== lineFeed && byte !== carriageReturn) {
        this.#lineIsEmpty = false;
        continue;
      }
      if (!this.#lineIsEmpty) {
        this.#lineIsEmpty = true;
        continue;
      }
      if (this.#afterReturn && chunk[at + 1] === lineFeed) {
        this.#afterReturn = false;
        at += 1;
      }
      frames.push(this.#take(chunk.subarray(start, at + 1)));
      start = at + 1;
    }
    if (start < chunk.length) this.#pending.add(chunk.subarray(start));
    return { frames, failure: null };
  }

  /** The common case, line by line: lines end in "\n" alone, and no frame can grow too large in this chunk. */
  #pushLines(chunk: Uint8Array): Framed {
    const frames: Uint8Array[] = [];
    let start = 0;
    let line = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, line)) {
      const ends = end === line && this.#lineIsEmpty;
      line = end + 1;
      this.#lineIsEmpty = true;
      if (!ends) continue;
      frames.push(this.#take(chunk.subarray(start, line)));
      start = line;
    }
    if (line < chunk.length) this.#lineIsEmpty = false;
    if (start < chunk.length) {
      this.#pending.add(chunk.subarray(start));
      this.#size += chunk.length - start;
    }
    return { frames, failure: null };
  }

  /** The bytes after the last event, if any. */
  flush(): Framed {
    if (this.#failed) return { frames: [], failure: "event-too-large" };
    const rest = this.#take(new Uint8Array(0));
    return { frames: rest.length === 0 ? [] : [rest], failure: null };
  }

  #take(last: Uint8Array): Uint8Array {
    this.#size = 0;
    return this.#pending.take(last);
  }

  /** After a failure: the bytes that came in no frame. */
  rest(): Uint8Array {
    return this.#pending.look();
  }

  #fail(frames: readonly Uint8Array[], rest: Uint8Array): Framed {
    this.#failed = true;
    this.#pending.add(rest);
    return { frames, failure: "event-too-large" };
  }
}
