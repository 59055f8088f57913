/**
 * One zlib stream from its first byte to its end, with one write at a time. Its output comes through `take` while a
 * write is under way; `take` answers false to stop it.
 */
import type { Unreadable } from "../../domain/verdict.ts";
import type { Packer, Unpacker } from "./codings.ts";

export class Run {
  readonly #stream: Unpacker | Packer;
  #written = 0;
  #failure: Unreadable | null = null;
  #wake: () => void = () => {};

  constructor(stream: Unpacker | Packer, take: (out: Uint8Array) => boolean) {
    this.#stream = stream;
    stream.on("data", (out: Uint8Array) => {
      if (!take(out)) this.close();
    });
    stream.on("error", (error: NodeJS.ErrnoException) => {
      this.#failure ??= error.code === "Z_BUF_ERROR" ? "truncated" : "encoding";
      this.#wake();
    });
    stream.on("close", () => this.#wake());
    stream.on("end", () => this.#wake());
  }

  /** Bytes written that it did not read: its data ended before them. */
  get unread(): number {
    return this.#written - this.#stream.bytesWritten;
  }

  /** Ends when the bytes are read and what they unpack to was given out. */
  async write(chunk: Uint8Array): Promise<Unreadable | null> {
    if (this.#stopped) return this.#failure;
    this.#written += chunk.length;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#stream.write(chunk, () => resolve());
    });
    return this.#failure;
  }

  async finish(): Promise<Unreadable | null> {
    if (this.#stopped) return this.#failure;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#stream.end();
    });
    return this.#failure;
  }

  close(): void {
    this.#stream.destroy();
  }

  get #stopped(): boolean {
    return this.#failure !== null || this.#stream.destroyed || this.#stream.readableEnded;
  }
}
