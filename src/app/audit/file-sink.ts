/**
 * The audit record in files of a folder: one is written until it is large or old, then the next. Only ever appends.
 *
 * A line that could not be written to its end, as on a full disk, stays; a line end is put after it, and the line is written again.
 */
import { type FileHandle, open, stat } from "node:fs/promises";
import { join } from "node:path";
import { auditFileName } from "./folder.ts";
import { type Appended, type AuditSink, failureOf } from "./sink.ts";

export type FileSinkParts = {
  readonly folder: string;
  /** A file is as large as this, and one batch, at the most. */
  readonly fileBytesMax: number;
  readonly fileMsMax: number;
  /** The file to go on with; `null`: a new one. `needsLineEnd`: its last line has none. */
  readonly goOn: { readonly path: string; readonly begunMs: number; readonly needsLineEnd: boolean } | null;
  /** For a new file. */
  readonly firstSeq: number;
  readonly epochMs: () => number;
  /** As in `node:fs`; another only in tests. */
  readonly write?: (file: FileHandle, bytes: Uint8Array) => Promise<number>;
};

export function createFileSink(parts: FileSinkParts): AuditSink {
  return new FileSink(parts);
}

const newLine = 0x0a;

class FileSink implements AuditSink {
  readonly #parts: FileSinkParts;
  #file: FileHandle | null = null;
  #path: string;
  #begunMs: number;
  #isNew: boolean;
  #bytes = 0;
  #needsLineEnd: boolean;
  /** Somebody has put it elsewhere, as log rotation does. */
  #isMoved = false;

  constructor(parts: FileSinkParts) {
    this.#parts = parts;
    const { folder, goOn, firstSeq } = parts;
    const begunMs = goOn?.begunMs ?? parts.epochMs();
    this.#begunMs = begunMs;
    this.#path = goOn?.path ?? join(folder, auditFileName(firstSeq, begunMs));
    this.#isNew = goOn === null;
    this.#needsLineEnd = goOn?.needsLineEnd ?? false;
  }

  async append(lines: readonly string[]): Promise<Appended> {
    const extra = this.#needsLineEnd ? "\n" : "";
    const bytes = Buffer.from(`${extra}${lines.join("\n")}\n`, "latin1");
    let done = 0;
    let why: string | null = null;
    try {
      this.#file ??= await this.#open();
      while (done < bytes.length) done += await this.#write(this.#file, bytes.subarray(done));
    } catch (error) {
      why = failureOf(error);
    }
    this.#bytes += done;
    const whole = bytes.lastIndexOf(newLine, done - 1) + 1;
    if (done > 0) this.#needsLineEnd = done > whole;
    const written = done === 0 ? 0 : linesIn(bytes.subarray(0, whole)) - extra.length;
    if (why !== null) await this.#close(); // it may be another one next time, as after a mount
    return { written: Math.max(0, written), why };
  }

  async sync(): Promise<string | null> {
    try {
      this.#file ??= await this.#open();
      await this.#file.sync();
      const [here, there] = await Promise.all([this.#file.stat(), stat(this.#path).catch(() => null)]);
      this.#isMoved = there === null || there.ino !== here.ino || there.dev !== here.dev;
      return null;
    } catch (error) {
      await this.#close();
      return failureOf(error);
    }
  }

  isDue(epochMs: number): boolean {
    const { fileBytesMax, fileMsMax } = this.#parts;
    const isOld = epochMs - this.#begunMs >= fileMsMax;
    return this.#isMoved || (this.#bytes > 0 && (this.#bytes >= fileBytesMax || isOld));
  }

  async rotate(firstSeq: number, epochMs: number): Promise<string | null> {
    await this.#close();
    this.#path = join(this.#parts.folder, auditFileName(firstSeq, epochMs));
    this.#isNew = true;
    try {
      this.#file = await this.#open();
    } catch (error) {
      return failureOf(error);
    }
    this.#begunMs = epochMs;
    this.#needsLineEnd = false;
    this.#isMoved = false;
    return null;
  }

  async close(): Promise<void> {
    await this.#close();
  }

  async #open(): Promise<FileHandle> {
    // A file that is there already under a new name is not ours to write to.
    const file = await open(this.#path, this.#isNew ? "ax" : "a", 0o600);
    this.#isNew = false;
    this.#bytes = (await file.stat()).size;
    return file;
  }

  async #write(file: FileHandle, bytes: Uint8Array): Promise<number> {
    const { write } = this.#parts;
    return write === undefined ? (await file.write(bytes)).bytesWritten : write(file, bytes);
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close().catch(() => undefined);
  }
}

function linesIn(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === newLine) count += 1;
  return count;
}
