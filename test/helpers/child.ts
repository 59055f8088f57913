// One child process of a test: its output line by line, its end, and that it is gone when its holder is.

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { assertNoLeak } from "./leaks.ts";

const KILL_AFTER_MS = 5_000;
const KEPT_LINES = 200;

/** Children that run now: none outlives a test process that ends by an error. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export interface ChildOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly onStdout?: (line: string) => void;
  readonly onStderr?: (line: string) => void;
  /** What it is to the tests' texts: `must-not-tell` them (the guard, Envoy), where left out; a shell or a screen `may-tell`. */
  readonly texts?: "must-not-tell" | "may-tell";
}

export class Child implements AsyncDisposable {
  readonly exited: Promise<number | NodeJS.Signals>;
  /** Resolves when all that it wrote was read too. */
  readonly closed: Promise<void>;
  readonly #process: ChildProcess;
  readonly #name: string;
  readonly #lines: string[] = [];
  /** All of it, each different line once. */
  readonly #said = new Set<string>();
  readonly #mayTell: boolean;
  #mayName: readonly string[] = [];
  readonly #waiting = new Set<{ readonly wanted: RegExp; readonly resolve: (found: RegExpExecArray) => void }>();

  constructor(command: string, args: readonly string[], options: ChildOptions = {}) {
    this.#name = command;
    this.#mayTell = options.texts === "may-tell";
    this.#process = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: options.env ?? process.env });
    running.add(this.#process);
    this.#process.once("exit", () => running.delete(this.#process));
    this.#read(this.#process.stdout, options.onStdout);
    this.#read(this.#process.stderr, options.onStderr);
    this.exited = new Promise((resolve, reject) => {
      this.#process.once("error", reject);
      this.#process.once("exit", (code, signal) => resolve(code ?? signal ?? 0));
    });
    this.exited.catch(() => undefined);
    this.closed = new Promise((resolve) => {
      this.#process.once("error", () => resolve());
      this.#process.once("close", () => resolve());
    });
  }

  get pid(): number {
    if (this.#process.pid === undefined) throw new Error(`${this.#name} did not start`);
    return this.#process.pid;
  }

  /** The last lines of both outputs, for a failure message. */
  get lastLines(): string {
    return this.#lines.join("\n");
  }

  /** Resolves with the match when a line of either output matches; rejects if the process ends before. */
  async line(wanted: RegExp): Promise<RegExpExecArray> {
    const earlier = this.#lines.map((line) => wanted.exec(line)).find((found) => found !== null);
    if (earlier !== undefined) return earlier;
    const seen = new Promise<RegExpExecArray>((resolve) => this.#waiting.add({ wanted, resolve }));
    const ended = this.exited.then((how) => {
      throw new Error(`${this.#name} ended (${how}) before it said ${wanted}:\n${this.lastLines}`);
    });
    return Promise.race([seen, ended]);
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** SIGTERM, and SIGKILL if that is not enough. Resolves with the exit status once it is gone. */
  async stop(): Promise<number | NodeJS.Signals> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return this.exited;
    this.signal("SIGCONT");
    this.signal("SIGTERM");
    const kill = setTimeout(() => this.signal("SIGKILL"), KILL_AFTER_MS);
    try {
      return await this.exited;
    } finally {
      clearTimeout(kill);
    }
  }

  /** Names that it may tell, because its policy lists them. */
  mayName(names: readonly string[]): void {
    this.#mayName = names;
  }

  /** What it has said by now is of no user: none has spoken to it. */
  forgetStart(): void {
    this.#said.clear();
  }

  /** Throws where it has told a text of a user. */
  async [Symbol.asyncDispose](): Promise<void> {
    const how = await this.stop().catch(() => null);
    if (this.#mayTell) return;
    if (how !== null && how !== "SIGKILL") await this.closed; // what a killed one has started may still hold its outputs
    const said = [...this.#said];
    this.#said.clear();
    assertNoLeak(`the output of ${this.#name}`, said, this.#mayName);
  }

  #read(stream: NodeJS.ReadableStream | null, onLine?: (line: string) => void): void {
    if (stream === null) return;
    createInterface({ input: stream }).on("line", (line) => {
      this.#lines.push(line);
      if (!this.#mayTell) this.#said.add(line);
      if (this.#lines.length > KEPT_LINES) this.#lines.shift();
      for (const waiter of this.#waiting) {
        const found = waiter.wanted.exec(line);
        if (found === null) continue;
        this.#waiting.delete(waiter);
        waiter.resolve(found);
      }
      onLine?.(line);
    });
  }
}
