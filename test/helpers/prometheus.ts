// A real Prometheus on a free port that scrapes what it is told to, for queries as an operator would send them.
// It owns the process, its folder, and a relay before each target, which tells when a scrape came.

import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Child } from "./child.ts";
import { openTempDir } from "./temp-dir.ts";

export type ScrapeTarget = {
  readonly job: string;
  readonly port: number;
  /** `/metrics` where left out. */
  readonly path?: string;
};

/** One series of an answer. An instant query gives one value, a range query as many as there are steps with a value. */
export type Series = {
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since the epoch, and the value, `NaN` and infinities among them. */
  readonly values: readonly (readonly [number, number])[];
};

export type Range = { readonly fromS: number; readonly toS: number; readonly stepS: number };

type Answer = {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly resultType: "vector" | "matrix" | "scalar" | "string";
    readonly result: readonly {
      readonly metric: Record<string, string>;
      readonly value?: readonly [number, string];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
};

export class PrometheusServer implements AsyncDisposable {
  readonly url: string;
  readonly #parts: AsyncDisposableStack;
  readonly #relays: readonly Relay[];

  private constructor(parts: AsyncDisposableStack, url: string, relays: readonly Relay[]) {
    this.#parts = parts;
    this.url = url;
    this.#relays = relays;
  }

  /** Resolves when it answers queries. Its first scrape comes some 5 s later. `everyMs`: between two scrapes. */
  static async open(targets: readonly ScrapeTarget[], everyMs: number): Promise<PrometheusServer> {
    await using parts = new AsyncDisposableStack();
    const dir = parts.use(await openTempDir());
    const relays: Relay[] = [];
    for (const target of targets) relays.push(parts.use(await Relay.open(target)));
    const configs = relays.map(({ target, port }) => ({
      job_name: target.job,
      static_configs: [{ targets: [`127.0.0.1:${port}`] }],
    }));
    const config = { global: { scrape_interval: `${everyMs}ms`, scrape_timeout: `${everyMs}ms` } };
    await writeFile(dir.join("prometheus.yml"), JSON.stringify({ ...config, scrape_configs: configs }));
    const child = parts.use(
      new Child("prometheus", [
        `--config.file=${dir.join("prometheus.yml")}`,
        `--storage.tsdb.path=${dir.join("data")}`,
        "--web.listen-address=127.0.0.1:0",
        "--enable-feature=exemplar-storage",
      ]),
    );
    const [, address = ""] = await child.line(/msg="Listening on" address=(127\.0\.0\.1:\d+)/);
    await child.line(/Server is ready to receive web requests/);
    return new PrometheusServer(parts.move(), `http://${address}`, relays);
  }

  /** Throws with Prometheus's own words where it does not take the expression. */
  query(expression: string): Promise<readonly Series[]> {
    return this.#ask("query", { query: expression });
  }

  range(expression: string, { fromS, toS, stepS }: Range): Promise<readonly Series[]> {
    const range = { start: String(fromS), end: String(toS), step: String(stepS) };
    return this.#ask("query_range", { query: expression, ...range });
  }

  /** Resolves once every target has answered so many scrapes that begin from now on, and Prometheus has stored them. */
  async scraped(times: number): Promise<void> {
    // The first may have begun before; and what one brought is stored before the next begins.
    await Promise.all(this.#relays.map((relay) => relay.answered(times + 2)));
  }

  async #ask(path: "query" | "query_range", parameters: Record<string, string>): Promise<readonly Series[]> {
    const reply = await fetch(`${this.url}/api/v1/${path}`, {
      method: "POST",
      body: new URLSearchParams(parameters),
    });
    const { data, error } = (await reply.json()) as Answer;
    if (data === undefined) throw new Error(`${error ?? reply.status}: ${parameters["query"]}`);
    if (data.resultType === "scalar" || data.resultType === "string") throw new Error("not a vector");
    return data.result.map(({ metric, value, values }) => ({
      labels: metric,
      values: (values ?? (value === undefined ? [] : [value])).map(([atS, text]) => [atS, numberOf(text)] as const),
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }
}

const numberOf = (text: string): number =>
  text === "+Inf" ? Number.POSITIVE_INFINITY : text === "-Inf" ? Number.NEGATIVE_INFINITY : Number(text);

/** Passes scrapes on to a target, and counts those that it answered. */
class Relay implements AsyncDisposable {
  readonly target: ScrapeTarget;
  readonly #server: Server;
  #next = Promise.withResolvers<void>();

  private constructor(target: ScrapeTarget) {
    this.target = target;
    this.#server = createServer((request, response) => {
      this.#pass(request, response).catch(() => response.destroy());
    });
  }

  static async open(target: ScrapeTarget): Promise<Relay> {
    const relay = new Relay(target);
    relay.#server.listen(0, "127.0.0.1");
    await once(relay.#server, "listening");
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async answered(times: number): Promise<void> {
    for (let left = times; left > 0; left--) await this.#next.promise;
  }

  async #pass({ headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const begun = this.#next;
    const { port, path = "/metrics" } = this.target;
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { accept: headers.accept ?? "*/*" } });
    const page = await reply.text();
    response.writeHead(reply.status, { "content-type": reply.headers.get("content-type") ?? "text/plain" }).end(page);
    if (!reply.ok || begun !== this.#next) return;
    this.#next = Promise.withResolvers();
    begun.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
