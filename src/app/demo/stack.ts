// The demo's servers, started in this order and ended in the other: model server, Sallyport, Envoy. It owns their processes
// and a private folder with the socket and Envoy's configuration; all are gone when it is closed. It prints nothing.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { getCACertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { formatListen } from "../../config/address.ts";
import { type Upstream, renderEnvoyConfig } from "../envoy-config.ts";
import { type AccessRecord, parseAccessRecord } from "./access-log.ts";
import { KeptProcess, type UnexpectedEnd } from "./kept-process.ts";
import { type LogEntry, parseLogEntry } from "./log-entry.ts";
import { askedIn, parseChat } from "./model-request.ts";
import { ModelServer, type SeenRequest } from "./model-server.ts";
import type { DemoSettings, ModelUpstream } from "./settings.ts";

const TEMPLATE = new URL("../../../envoy/gateway.yaml", import.meta.url);
const MAIN = fileURLToPath(new URL(`../../main${extname(import.meta.url)}`, import.meta.url));
/** Slow enough that a stream can be seen to stream. */
const STREAM_PACE_MS = 15;
const ACCESS_LOG_FLUSH_MS = 20;
const ENVOY_WORKERS = 2;
const WORKERS_LOOK_MS = 10;

export type StackHooks = {
  readonly onExchange: (record: AccessRecord) => void;
  readonly onLog: (entry: LogEntry) => void;
};

export class Stack implements AsyncDisposable {
  /** Resolves when a server ended that should not have. */
  readonly broken: Promise<UnexpectedEnd>;
  /** `null`: a real one serves. */
  readonly modelUrl: string | null;
  /** What the stand-in was asked since this was last called: its user's last words. `null`: nothing. */
  readonly asked: () => string | null;
  readonly #parts: AsyncDisposableStack;

  private constructor(
    parts: AsyncDisposableStack,
    model: ModelServer | null,
    asked: () => string | null,
    processes: readonly KeptProcess[],
  ) {
    this.#parts = parts;
    this.modelUrl = model?.url ?? null;
    this.asked = asked;
    this.broken = Promise.race(processes.map(({ ended }) => ended));
  }

  /**
   * Resolves when all take requests. Throws `UnexpectedEnd` where a server ended before, and the reason of `stop` when
   * that fires; nothing is left running then.
   */
  static async open(settings: DemoSettings, hooks: StackHooks, stop: AbortSignal): Promise<Stack> {
    await using parts = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), "sallyport-"));
    parts.defer(() => rm(folder, { recursive: true, force: true }));
    let last: string | null = null;
    const onRequest = ({ body }: SeenRequest): void => {
      last = lastMessage(body);
    };
    const model =
      settings.upstream === null ? parts.use(await ModelServer.open({ paceMs: STREAM_PACE_MS, onRequest })) : null;
    const asked = (): string | null => {
      const seen = last;
      last = null;
      return seen;
    };
    const upstream =
      model === null ? await realUpstream(settings.upstream, folder) : { host: "127.0.0.1", port: model.port };

    const socket = join(folder, "ext-proc.sock");
    const guard = parts.use(startSallyport(settings, socket, hooks));
    await before(stop, guard.line(/sallyport: serving/));

    const config = join(folder, "envoy.yaml");
    await writeFile(config, await envoyConfig(settings, socket, upstream));
    const envoy = parts.use(startEnvoy(settings, config, hooks));
    const guardEnded = guard.ended.then((end) => Promise.reject(end));
    const envoyEnded = envoy.ended.then((end) => Promise.reject(end));
    const serving = envoy.line(/starting workers/).then(() => workersStarted(settings.envoyAdminPort, stop));
    await before(stop, Promise.race([serving, guardEnded, envoyEnded]));
    return new Stack(parts.move(), model, asked, [guard, envoy]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }
}

function lastMessage(body: string): string | null {
  const request = parseChat(JSON.parse(body));
  return request.ok ? askedIn(request.value).text : null;
}

function startSallyport(settings: DemoSettings, socket: string, hooks: StackHooks): KeptProcess {
  const { admin, policyFile } = settings;
  return new KeptProcess({
    name: "Sallyport",
    program: process.execPath,
    args: [MAIN, "serve", "--listen", `unix:${socket}`, "--admin", formatListen(admin), "--policy", policyFile],
    onStdout: (line) => {
      const entry = parseLogEntry(line);
      if (entry !== null) hooks.onLog(entry);
    },
  });
}

function startEnvoy(settings: DemoSettings, config: string, hooks: StackHooks): KeptProcess {
  return new KeptProcess({
    name: "Envoy",
    program: settings.envoy,
    args: [
      ...["-c", config, "--log-level", "info", "--disable-hot-restart", "--concurrency", String(ENVOY_WORKERS)],
      ...["--file-flush-interval-msec", String(ACCESS_LOG_FLUSH_MS)],
    ],
    onStdout: (line) => {
      const record = parseAccessRecord(line);
      if (record !== null) hooks.onExchange(record);
    },
  });
}

/** Envoy says that it starts its workers before they listen; its gauge tells when they do. */
async function workersStarted(adminPort: number, signal: AbortSignal): Promise<void> {
  const url = `http://127.0.0.1:${adminPort}/stats?filter=^listener_manager.workers_started$`;
  for (;;) {
    const stats = await fetch(url, { signal }).then((reply) => reply.text());
    if (/: 1$/m.test(stats)) return;
    await pause(WORKERS_LOOK_MS, undefined, { signal });
  }
}

async function envoyConfig(settings: DemoSettings, socket: string, upstream: Upstream): Promise<string> {
  return renderEnvoyConfig(await readFile(TEMPLATE, "utf8"), {
    proxyPort: settings.proxyPort,
    adminPort: settings.envoyAdminPort,
    guard: { kind: "unix", path: socket },
    upstream,
  });
}

/** Node knows the certificates of every system and those that `NODE_EXTRA_CA_CERTS` adds; Envoy wants a file. */
async function realUpstream(upstream: ModelUpstream | null, folder: string): Promise<Upstream> {
  if (upstream === null) throw new Error("neither a stand-in nor a real model server");
  const { host, port, tls } = upstream;
  if (!tls) return { host, port };
  const caFile = join(folder, "certificates.pem");
  const known = new Set([...getCACertificates("default"), ...getCACertificates("system")]);
  await writeFile(caFile, [...known].join("\n"));
  return { host, port, tls: { caFile } };
}

async function before<T>(stop: AbortSignal, work: Promise<T>): Promise<T> {
  stop.throwIfAborted();
  const stopped = Promise.withResolvers<never>();
  const onAbort = (): void => stopped.reject(stop.reason);
  stop.addEventListener("abort", onAbort);
  return Promise.race([work, stopped.promise]).finally(() => stop.removeEventListener("abort", onAbort));
}
