// A real Prometheus on a free port that scrapes what it is told to, for queries as an operator would send them.
// It owns the process and its folder.

import { writeFile } from "node:fs/promises";
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
  readonly #jobs: number;

  private constructor(parts: AsyncDisposableStack, url: string, jobs: number) {
    this.#parts = parts;
    this.url = url;
    this.#jobs = jobs;
  }

  /** Resolves when it answers queries. `everyMs`: between two scrapes. */
  static async open(targets: readonly ScrapeTarget[], everyMs: number): Promise<PrometheusServer> {
    await using parts = new AsyncDisposableStack();
    const dir = parts.use(await openTempDir());
    const configs = targets.map(({ job, port, path = "/metrics" }) => ({
      job_name: job,
      metrics_path: path,
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
    return new PrometheusServer(parts.move(), `http://${address}`, targets.length);
  }

  /** Throws with Prometheus's own words where it does not take the expression. */
  query(expression: string): Promise<readonly Series[]> {
    return this.#ask("query", { query: expression });
  }

  range(expression: string, { fromS, toS, stepS }: Range): Promise<readonly Series[]> {
    const range = { start: String(fromS), end: String(toS), step: String(stepS) };
    return this.#ask("query_range", { query: expression, ...range });
  }

  /** Resolves once every target has been scraped so often more, from now on. Asks again as soon as it is answered. */
  async scraped(times: number): Promise<void> {
    const counts = async (): Promise<readonly number[]> => {
      if ((await this.query("up == 1")).length < this.#jobs) return [];
      const seen = await this.query("sum by (job) (count_over_time(scrape_samples_scraped[1h]))");
      return seen.map(({ values }) => Number(values[0]?.[1]));
    };
    let before: readonly number[] = [];
    while (before.length < this.#jobs) before = await counts();
    for (let now = before; now.some((count, index) => count < (before[index] ?? 0) + times); now = await counts());
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
