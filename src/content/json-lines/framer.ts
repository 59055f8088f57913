/**
 * Bytes of JSON lines -> frames, each one line with its "\n". Invariant: frames and the rest, joined, are the bytes that
 * came, divided in the same places however they were cut. The last line may have no end. Knows no JSON.
 */
import type { Framed, Framer } from "../../domain/dialect.ts";
import { PendingBytes } from "../frames/pending.ts";

const lineFeed = 0x0a;

export class LineFramer implements Framer {
  readonly #maxFrameBytes: number;
  readonly #pending = new PendingBytes();
  #failed = false;

  /** `maxFrameBytes`: of a line with its end. */
  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  push(chunk: Uint8Array): Framed {
    const frames: Uint8Array[] = [];
    if (this.#failed) return { frames, failure: "event-too-large" };
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      if (this.#pending.size + end + 1 - start > this.#maxFrameBytes) return this.#fail(frames, chunk.subarray(start));
      frames.push(this.#pending.take(chunk.subarray(start, end + 1)));
      start = end + 1;
    }
    if (this.#pending.size + chunk.length - start > this.#maxFrameBytes) {
      return this.#fail(frames, chunk.subarray(start));
    }
    this.#pending.add(chunk.subarray(start));
    return { frames, failure: null };
  }

  flush(): Framed {
    if (this.#failed) return { frames: [], failure: "event-too-large" };
    const rest = this.#pending.take(new Uint8Array());
    return { frames: rest.length === 0 ? [] : [rest], failure: null };
  }

  rest(): Uint8Array {
    return this.#pending.look();
  }

  #fail(frames: readonly Uint8Array[], rest: Uint8Array): Framed {
    this.#failed = true;
    this.#pending.add(rest);
    return { frames, failure: "event-too-large" };
  }
}
