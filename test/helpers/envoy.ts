// A real Envoy for one test: free ports, one worker, the access log as records, the statistics as numbers.
// It owns the process and its folder. The configuration is envoy/gateway.yaml, rendered, and changed by `shape`.

import { readFile, writeFile } from "node:fs/promises";
import { type EnvoySettings, renderEnvoyConfig } from "../../src/app/envoy-config.ts";
import { Child } from "./child.ts";
import { assertNoLeak } from "./leaks.ts";
import { openTempDir, type TempDir } from "./temp-dir.ts";

const TEMPLATE = new URL("../../envoy/gateway.yaml", import.meta.url);
const FLUSH_MS = 20;

/** One line of the access log, as envoy/gateway.yaml shapes it. */
export interface AccessRecord {
  readonly [key: string]: unknown;
  readonly status?: number;
  readonly details?: string;
  readonly flags?: string;
  readonly sallyport?: Readonly<Record<string, unknown>>;
}

export interface EnvoyOptions {
  /** The Envoy program. */
  readonly program: string;
  readonly guard: EnvoySettings["guard"];
  readonly upstream: EnvoySettings["upstream"];
  readonly telemetry?: EnvoySettings["telemetry"];
  /** Last changes to the YAML, for a shape that the shipped file does not have. */
  readonly shape?: (yaml: string) => string;
}

export class Envoy implements AsyncDisposable {
  readonly proxyPort: number;
  readonly adminPort: number;
  readonly records: AccessRecord[];
  readonly #child: Child;
  readonly #dir: TempDir;
  readonly #onRecord: Set<() => void>;

  private constructor(parts: {
    child: Child;
    dir: TempDir;
    proxyPort: number;
    adminPort: number;
    records: AccessRecord[];
    onRecord: Set<() => void>;
  }) {
    this.#child = parts.child;
    this.#dir = parts.dir;
    this.proxyPort = parts.proxyPort;
    this.adminPort = parts.adminPort;
    this.records = parts.records;
    this.#onRecord = parts.onRecord;
  }

  /** Resolves when Envoy takes connections. Throws with Envoy's last words if it ends instead. */
  static async open(options: EnvoyOptions): Promise<Envoy> {
    const dir = await openTempDir();
    const rendered = renderEnvoyConfig(await readFile(TEMPLATE, "utf8"), {
      proxyPort: 0,
      adminPort: 0,
      guard: options.guard,
      upstream: options.upstream,
      ...(options.telemetry === undefined ? {} : { telemetry: options.telemetry }),
    });
    await writeFile(dir.join("envoy.yaml"), options.shape?.(rendered) ?? rendered);
    const records: AccessRecord[] = [];
    const onRecord = new Set<() => void>();
    const child = new Child(options.program, argumentsFor(dir), {
      onStdout: (line) => {
        records.push(JSON.parse(line) as AccessRecord);
        for (const wake of onRecord) wake();
      },
    });
    try {
      await child.line(/starting workers/);
      child.forgetStart(); // pages of names of extensions
      const adminPort = portOf(await readFile(dir.join("admin"), "utf8"));
      const proxyPort = await listenerPort(adminPort);
      const envoy = new Envoy({ child, dir, proxyPort, adminPort, records, onRecord });
      // The line comes before the workers listen. Each look waits for an answer.
      while ((await envoy.stat("listener_manager.workers_started")) !== 1);
      return envoy;
    } catch (error) {
      await child[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
      throw error;
    }
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** The first access-log record that satisfies `wanted`, now or when it is written. */
  async record(wanted: (record: AccessRecord) => boolean): Promise<AccessRecord> {
    for (;;) {
      const found = this.records.find(wanted);
      if (found !== undefined) return found;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onRecord.add(resolve);
      const ended = this.#child.exited.then((how) => {
        throw new Error(`Envoy ended (${how}):\n${this.#child.lastLines}`);
      });
      await Promise.race([promise, ended]).finally(() => this.#onRecord.delete(resolve));
    }
  }

  /** One counter or gauge by its full name; 0 where Envoy has not made it yet. */
  async stat(name: string): Promise<number> {
    const reply = await fetch(
      `http://127.0.0.1:${this.adminPort}/stats?format=json&filter=${encodeURIComponent(`^${name}$`)}`,
    );
    const { stats } = (await reply.json()) as { stats: readonly { name?: string; value?: number }[] };
    return stats.find((stat) => stat.name === name)?.value ?? 0;
  }

  /** Resolves once a counter has come to `least`. Asks again as soon as it is answered. */
  async statAtLeast(name: string, least: number): Promise<void> {
    while ((await this.stat(name)) < least);
  }

  /** Throws where its logs or its statistics tell what a client or a model wrote. */
  async [Symbol.asyncDispose](): Promise<void> {
    await using parts = new AsyncDisposableStack();
    parts.use(this.#dir);
    parts.use(this.#child);
    const names = await fetch(`http://127.0.0.1:${this.adminPort}/stats?filter=sallyport`).then(
      (reply) => reply.text(),
      () => "", // it was ended by a test
    );
    assertNoLeak(
      "Envoy's statistics",
      names.split("\n").map((line) => line.replace(/: [^:]*$/, "")),
    );
  }
}

function argumentsFor(dir: TempDir): string[] {
  return [
    ...["-c", dir.join("envoy.yaml"), "--concurrency", "1", "--disable-hot-restart", "-l", "info"],
    ...["--admin-address-path", dir.join("admin"), "--file-flush-interval-msec", String(FLUSH_MS)],
    ...["--drain-time-s", "1", "--parent-shutdown-time-s", "2"],
  ];
}

async function listenerPort(adminPort: number): Promise<number> {
  const reply = await fetch(`http://127.0.0.1:${adminPort}/listeners`);
  return portOf(await reply.text());
}

function portOf(address: string): number {
  const port = Number(/:(\d+)\s*$/.exec(address)?.[1]);
  if (!Number.isInteger(port) || port === 0) throw new Error("Envoy names no port");
  return port;
}
