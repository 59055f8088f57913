// A program that lives no longer than this process: it runs under a keeper (keeper.ts) in a process group of its own, so
// that Ctrl-C at a terminal reaches only us and we choose the order of the end. If the keeper itself is killed, the
// group goes with it.

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { constants } from "node:os";
import { extname } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

const KEEPER = fileURLToPath(new URL(`./keeper${extname(import.meta.url)}`, import.meta.url));
const KEPT_LINES = 40;
const SIGNAL_BASE = 128;
/** The keeper's word for a program that is not there. */
const NOT_STARTED = 127;

export type KeptOptions = {
  /** What people call it, for messages. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly onStdout?: (line: string) => void;
  readonly onStderr?: (line: string) => void;
};

/** It ended and nobody had asked it to. */
export class UnexpectedEnd extends Error {
  override readonly name = "UnexpectedEnd";
  readonly lastLines: readonly string[];
  constructor(program: string, how: string, lastLines: readonly string[]) {
    super(`${program} ${how}`);
    this.lastLines = lastLines;
  }
}

export class KeptProcess implements AsyncDisposable {
  /** Resolves when it is gone, whoever ended it. Never rejects. */
  readonly ended: Promise<UnexpectedEnd>;
  readonly #name: string;
  readonly #keeper: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: string[] = [];
  readonly #waiting = new Set<(line: string) => void>();

  constructor(options: KeptOptions) {
    this.#name = options.name;
    this.#keeper = spawn(process.execPath, [KEEPER, options.program, ...options.args], {
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    this.#keeper.stdin.on("error", () => undefined);
    this.#read(this.#keeper.stdout, options.onStdout);
    this.#read(this.#keeper.stderr, options.onStderr);
    this.ended = this.#end();
  }

  /** Resolves when a line of either output matches; rejects with `UnexpectedEnd` if it ends before. */
  async line(wanted: RegExp): Promise<void> {
    if (this.#lines.some((line) => wanted.test(line))) return;
    const seen = Promise.withResolvers<void>();
    const watch = (line: string): void => {
      if (wanted.test(line)) seen.resolve();
    };
    this.#waiting.add(watch);
    const ended = this.ended.then((end) => Promise.reject(end));
    await Promise.race([seen.promise, ended]).finally(() => this.#waiting.delete(watch));
  }

  /** Asks it to end and resolves when it is gone; the keeper kills it where it does not end in time. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#keeper.stdin.end();
    await this.ended;
  }

  async #end(): Promise<UnexpectedEnd> {
    const how = await new Promise<string>((resolve) => {
      this.#keeper.once("error", (error) => resolve(`could not be started: ${error.message}`));
      // `close`, not `exit`: the last words have been read by then.
      this.#keeper.once("exit", () => this.#killGroup());
      this.#keeper.once("close", (code, signal) => resolve(describe(code, signal)));
    });
    return new UnexpectedEnd(this.#name, how, this.#lines);
  }

  #killGroup(): void {
    if (this.#keeper.pid === undefined) return;
    try {
      process.kill(-this.#keeper.pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  #read(stream: Readable, onLine?: (line: string) => void): void {
    createInterface({ input: stream }).on("line", (line) => {
      this.#lines.push(line);
      if (this.#lines.length > KEPT_LINES) this.#lines.shift();
      for (const watch of this.#waiting) watch(line);
      onLine?.(line);
    });
  }
}

function describe(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `ended: ${signal}`;
  if (code === NOT_STARTED) return "could not be started";
  const named = Object.entries(constants.signals).find(([, number]) => number === (code ?? 0) - SIGNAL_BASE);
  return `ended: ${named?.[0] ?? `exit status ${code}`}`;
}
