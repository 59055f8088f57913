// A real redis-server on a UNIX socket or a free port: stalled, resumed, killed and started again on the same place.

import { Redis } from "ioredis";
import { createServer } from "node:net";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { Child } from "./child.ts";
import { openTempDir, type TempDir } from "./temp-dir.ts";

export interface RedisOptions {
  /** Lines of redis.conf. */
  readonly settings?: readonly string[];
}

export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #dir: TempDir;
  readonly #settings: readonly string[];
  #child: Child | undefined;

  private constructor(dir: TempDir, port: number, settings: readonly string[]) {
    this.#dir = dir;
    this.port = port;
    this.#settings = settings;
  }

  /** Resolves when it takes connections. */
  static async open({ settings = [] }: RedisOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(await openTempDir(), await freePort(), settings);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const file = this.#dir.join("redis.conf");
    const own = [`port ${this.port}`, "bind 127.0.0.1", 'save ""', `dir ${this.#dir.path}`];
    await writeFile(file, [...own, ...this.#settings, ""].join("\n"));
    this.#child = new Child("redis-server", [file]);
    await this.#child.line(/Ready to accept connections/);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}/0`;
  }

  /** It keeps its connections and answers nothing. */
  stall(): void {
    this.#child?.signal("SIGSTOP");
  }

  resume(): void {
    this.#child?.signal("SIGCONT");
  }

  /** Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child?.signal("SIGKILL");
    await this.#child?.exited;
  }

  /** Another client of it, which sees what the guard has written. */
  client(): Redis & AsyncDisposable {
    const client = new Redis(this.port, "127.0.0.1");
    return Object.assign(client, {
      async [Symbol.asyncDispose]() {
        await client.quit();
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child?.[Symbol.asyncDispose]();
    await this.#dir[Symbol.asyncDispose]();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
