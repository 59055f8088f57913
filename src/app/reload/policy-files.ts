/** Reads a policy's files. Bounded in bytes; what is no plain file is not read. Decides nothing. */
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { ReadFile } from "../../policy/compile.ts";
import { documentBytesMax } from "../../policy/document.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { sha256Hex } from "../plan.ts";

/** The error is the system's code, such as ENOENT, or `not-a-file`. */
export type ReadBytes = Result<Uint8Array, string>;

/** Reads one byte more than a policy may have, so that the compiler can say that it is too large. */
export async function readPolicyBytes(file: string): Promise<ReadBytes> {
  try {
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(await handle.stat()).isFile()) return err("not-a-file");
    const bytes = new Uint8Array(documentBytesMax + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length === bytes.length) return ok(bytes.slice(0, length));
    }
  } catch (error) {
    return err(error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "EIO");
  }
}

/** What was read, file by file; the same text for the same contents. `blank`: one of them is empty, perhaps being written. */
export class Reading {
  readonly #read = new Map<string, ReadBytes>();
  readonly #readBytes: ReadFile;

  constructor(readBytes: ReadFile = readPolicyBytes) {
    this.#readBytes = readBytes;
  }

  async read(file: string): Promise<ReadBytes> {
    const bytes = await this.#readBytes(file);
    this.#read.set(file, bytes);
    return bytes;
  }

  get print(): string {
    return [...this.#read]
      .map(([file, bytes]) => `${file} ${bytes.ok ? sha256Hex(bytes.value) : bytes.error}`)
      .sort()
      .join("\n");
  }

  get files(): readonly string[] {
    return [...this.#read.keys()];
  }

  get blank(): boolean {
    return [...this.#read.values()].some((bytes) => bytes.ok && bytes.value.length === 0);
  }
}

/** What files hold, without reading them as a policy: cheap. */
export async function readingOf(files: readonly string[]): Promise<Reading> {
  const reading = new Reading();
  for (const file of files) await reading.read(file);
  return reading;
}
