// `sallyport serve` as a child process on a UNIX socket of its own: started, stopped, killed and started again on the
// same socket, as a supervisor would.

import { existsSync } from "node:fs";
import { watch } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Child } from "./child.ts";
import { freePort } from "./free-port.ts";
import { openTempDir, type TempDir } from "./temp-dir.ts";

const PROGRAM = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

export interface GuardOptions {
  readonly policy: string;
  /** More arguments of `serve`. */
  readonly args?: readonly string[];
}

export class GuardProcess implements AsyncDisposable {
  readonly socket: string;
  readonly adminPort: number;
  readonly #dir: TempDir;
  readonly #options: GuardOptions;
  #child: Child | undefined;

  private constructor(dir: TempDir, adminPort: number, options: GuardOptions) {
    this.#dir = dir;
    this.#options = options;
    this.adminPort = adminPort;
    this.socket = dir.join("guard.sock");
  }

  /** Resolves when it takes exchanges. */
  static async open(options: GuardOptions): Promise<GuardProcess> {
    const guard = new GuardProcess(await openTempDir(), await freePort(), options);
    try {
      await guard.start();
      return guard;
    } catch (error) {
      await guard[Symbol.asyncDispose]();
      throw error;
    }
  }

  async start(): Promise<void> {
    const started = new AbortController();
    const socketIsThere = this.#socketAppears(started.signal);
    const { policy, args = [] } = this.#options;
    const admin = `127.0.0.1:${this.adminPort}`;
    const serve = ["serve", "--listen", `unix:${this.socket}`, "--admin", admin, "--policy", policy, ...args];
    this.#child = new Child(process.execPath, [PROGRAM, ...serve]);
    const ended = this.#child.exited.then((how) => {
      throw new Error(`serve ended (${how}):\n${this.#child?.lastLines}`);
    });
    try {
      await Promise.race([socketIsThere, ended]);
      await Promise.race([this.#ready(started.signal), ended]);
    } finally {
      ended.catch(() => undefined);
      started.abort();
    }
  }

  /** SIGKILL; resolves once the process is gone. */
  async kill(): Promise<void> {
    this.#running.signal("SIGKILL");
    await this.#running.exited;
  }

  /** Starts it again on the same socket, after `kill` or `terminate`. */
  async restart(): Promise<void> {
    await this.#child?.[Symbol.asyncDispose]();
    await this.start();
  }

  /** SIGSTOP: it keeps its connections and answers nothing. */
  stall(): void {
    this.#running.signal("SIGSTOP");
  }

  resume(): void {
    this.#running.signal("SIGCONT");
  }

  /** SIGTERM; resolves with the exit status. */
  terminate(): Promise<number | NodeJS.Signals> {
    return this.#running.stop();
  }

  get pid(): number {
    return this.#running.pid;
  }

  get lastLines(): string {
    return this.#child?.lastLines ?? "";
  }

  async metrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.adminPort}/metrics`)).text();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child?.[Symbol.asyncDispose]();
    await this.#dir[Symbol.asyncDispose]();
  }

  get #running(): Child {
    if (this.#child === undefined) throw new Error("serve was not started");
    return this.#child;
  }

  /** Resolves at the latest when `started` is aborted. */
  async #socketAppears(started: AbortSignal): Promise<void> {
    if (existsSync(this.socket)) return; // a dead process left it: readiness alone tells
    try {
      for await (const _ of watch(this.#dir.path, { signal: started })) if (existsSync(this.socket)) return;
    } catch (error) {
      if (!started.aborted) throw error;
    }
  }

  async #ready(started: AbortSignal): Promise<void> {
    while (!started.aborted) {
      // Each round waits for the answer, or for the refusal while the port is not open yet.
      const reply = await fetch(`http://127.0.0.1:${this.adminPort}/readyz`).catch(() => undefined);
      if (reply?.ok === true) return;
    }
  }
}
