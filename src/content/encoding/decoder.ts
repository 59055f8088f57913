/**
 * Packed bytes -> plain bytes as they come. Invariant: every byte that came was read by the decoder that judges them:
 * bytes after the end of the packed data are an error, never passed over.
 *
 * Members one after the other are legal for gzip and zstd, and all are read.
 */
import type { Unreadable } from "../../domain/verdict.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { type Coding, openUnpacker, parseCodings } from "./codings.ts";
import { Run } from "./run.ts";

export type Plain = Result<Uint8Array, Unreadable>;

/** One call at a time. After an error each call gives that error again. */
export type Decoder = {
  /** All that can be unpacked so far. Errors: `encoding`, `expands-too-far`. */
  push(chunk: Uint8Array): Promise<Plain>;
  /** What was still missing. Also `truncated`. A body without any byte is empty, whatever its coding. */
  end(): Promise<Plain>;
  /** Frees the decoder; harmless after the end. */
  close(): void;
};

/**
 * Frames of zstd that begin inside a chunk. Each costs a new context, so that nine bytes could cost a tenth of a
 * millisecond. Honest bodies have few; where chunks end with frames, more can pass.
 */
export const maxFramesInChunks = 1024;

/** `maxBytes` bounds what each coding unpacks to. Error: `encoding` for a coding that is not known. */
export function openDecoder(contentEncoding: string | null, maxBytes: number): Result<Decoder, Unreadable> {
  const codings = parseCodings(contentEncoding);
  if (!codings.ok) return codings;
  const stages = codings.value.toReversed().map((coding) => new Stage(coding, maxBytes));
  if (stages.length === 0) stages.push(new Stage(null, maxBytes));
  return ok(stages.length === 1 && stages[0] !== undefined ? stages[0] : chain(stages));
}

function chain(stages: readonly Stage[]): Decoder {
  return {
    async push(chunk) {
      let plain: Plain = ok(chunk);
      for (const stage of stages) {
        if (!plain.ok) return plain;
        plain = await stage.push(plain.value);
      }
      return plain;
    },
    async end() {
      let rest: Uint8Array = new Uint8Array(0);
      for (const stage of stages) {
        const pushed: Plain = await stage.push(rest);
        if (!pushed.ok) return pushed;
        const ended: Plain = await stage.end();
        if (!ended.ok) return ended;
        rest = Buffer.concat([pushed.value, ended.value]);
      }
      return ok(rest);
    },
    close: () => stages.forEach((stage) => stage.close()),
  };
}

/** One coding; `null` passes bytes on and counts them. */
class Stage implements Decoder {
  readonly #coding: Coding | null;
  readonly #maxBytes: number;
  #run: Run | null = null;
  /** Bytes that wait until there are enough to tell the form. */
  #head: Uint8Array = new Uint8Array(0);
  #out: Uint8Array[] = [];
  #unpacked = 0;
  #frames = 0;
  #failure: Unreadable | null = null;

  constructor(coding: Coding | null, maxBytes: number) {
    this.#coding = coding;
    this.#maxBytes = maxBytes;
  }

  async push(chunk: Uint8Array): Promise<Plain> {
    if (this.#failure === null && chunk.length > 0) {
      if (this.#coding === null) this.#take(chunk);
      else if (this.#run !== null) await this.#feed(this.#coding, chunk);
      else await this.#begin(this.#coding, Buffer.concat([this.#head, chunk]), false);
    }
    return this.#result();
  }

  async end(): Promise<Plain> {
    if (this.#failure === null && this.#coding !== null) {
      if (this.#run === null && this.#head.length > 0) await this.#begin(this.#coding, this.#head, true);
      if (this.#failure === null && this.#run !== null) this.#failure ??= await this.#run.finish();
    }
    const result = this.#result();
    this.close();
    return result;
  }

  close(): void {
    this.#run?.close();
    this.#out = [];
  }

  async #begin(coding: Coding, bytes: Uint8Array, last: boolean): Promise<void> {
    this.#head = bytes;
    if (bytes.length < 2 && !last) return;
    this.#open(coding, bytes);
    await this.#feed(coding, bytes);
  }

  #open(coding: Coding, head: Uint8Array): Run {
    this.#run?.close();
    const run = new Run(openUnpacker(coding, head), (out) => this.#take(out));
    this.#run = run;
    return run;
  }

  async #feed(coding: Coding, chunk: Uint8Array): Promise<void> {
    let rest = chunk;
    let run = this.#run ?? this.#open(coding, chunk);
    for (;;) {
      const failure = await run.write(rest);
      this.#failure ??= failure;
      if (this.#failure !== null) return this.close();
      const unread = run.unread;
      if (unread === 0) return;
      // Node reads on at the next gzip member by itself, but stops at the end of a zstd frame.
      this.#frames += 1;
      if (coding !== "zstd" || unread === rest.length || this.#frames > maxFramesInChunks) {
        this.#failure = "encoding";
        return this.close();
      }
      rest = rest.subarray(rest.length - unread);
      run = this.#open(coding, rest);
    }
  }

  /** False when that is too much: the unpacker is to stop. */
  #take(out: Uint8Array): boolean {
    this.#unpacked += out.length;
    if (this.#unpacked > this.#maxBytes) {
      this.#failure = "expands-too-far";
      return false;
    }
    this.#out.push(out);
    return true;
  }

  #result(): Plain {
    if (this.#failure !== null) return err(this.#failure);
    const [only] = this.#out;
    const plain = this.#out.length === 1 && only !== undefined ? only : Buffer.concat(this.#out);
    this.#out = [];
    return ok(plain);
  }
}
