// A real Prometheus reads a real guard and a real Envoy: it takes the page as OpenMetrics with its exemplars, evaluates the rules that
// come with Sallyport, and finds in Envoy the statistics that they name. Waiting is by what Prometheus says of itself.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { request } from "node:http";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Child } from "../helpers/child.ts";
import { skipUnless } from "../helpers/require.ts";
import { openTempDir } from "../helpers/temp-dir.ts";
import { model, System, user } from "./system.ts";

const rulesFolder = fileURLToPath(new URL("../../docs/examples/prometheus/", import.meta.url));
const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

type Exemplars = readonly {
  readonly seriesLabels: Readonly<Record<string, string>>;
  readonly exemplars: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: string }[];
}[];
type Targets = { readonly activeTargets: readonly { readonly lastError: string; readonly health: string }[] };
type Rules = {
  readonly groups: readonly { readonly rules: readonly { readonly name: string; readonly health: string }[] }[];
};
type Vector = { readonly result: readonly { readonly metric: Readonly<Record<string, string>> }[] };

class Prometheus implements AsyncDisposable {
  readonly #parts: AsyncDisposableStack;
  readonly #url: string;

  private constructor(parts: AsyncDisposableStack, url: string) {
    this.#parts = parts;
    this.#url = url;
  }

  static async open(scrapeConfigs: readonly object[]): Promise<Prometheus> {
    await using parts = new AsyncDisposableStack();
    const dir = parts.use(await openTempDir());
    const config = {
      global: { scrape_interval: "500ms", scrape_timeout: "500ms", evaluation_interval: "500ms" },
      rule_files: [`${rulesFolder}recording-rules.yml`, `${rulesFolder}alert-rules.yml`],
      scrape_configs: scrapeConfigs,
    };
    await writeFile(dir.join("prometheus.yml"), JSON.stringify(config));
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
    return new Prometheus(parts.move(), `http://${address}/api/v1`);
  }

  /** Asks again as soon as it is answered, until the answer is as wanted; the test's own limit ends a wait that is in vain. */
  async until<T>(path: string, query: Readonly<Record<string, string>>, wanted: (data: T) => boolean): Promise<T> {
    for (;;) {
      const reply = await fetch(`${this.#url}/${path}?${new URLSearchParams(query).toString()}`);
      const { status, data } = (await reply.json()) as { status: string; data: T };
      assert.equal(status, "success", path);
      if (wanted(data)) return data;
    }
  }

  async names(query: string): Promise<Vector["result"]> {
    return (await this.until<Vector>("query", { query }, ({ result }) => result.length > 0)).result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }
}

const target = (job: string, port: number, path: string): object => ({
  job_name: job,
  metrics_path: path,
  static_configs: [{ targets: [`127.0.0.1:${port}`] }],
});

test(
  "exemplars lead to the trace, rules are evaluated, Envoy has what they name",
  skipUnless("prometheus"),
  async () => {
    await using system = await System.open({});
    await using prometheus = await Prometheus.open([
      target("sallyport", system.guard.adminPort, "/metrics"),
      target("envoy", system.envoy.adminPort, "/stats/prometheus"),
    ]);
    const all = (data: Targets): boolean =>
      data.activeTargets.length === 2 && data.activeTargets.every(({ health }) => health !== "unknown");
    const { activeTargets } = await prometheus.until<Targets>("targets", {}, all);
    assert.deepEqual(
      activeTargets.map(({ health, lastError }) => [health, lastError]),
      [
        ["up", ""],
        ["up", ""],
      ],
    );

    const traced = { traceparent: `00-${traceId}-${spanId}-01` };
    const untraced = { traceparent: `00-${"f".repeat(32)}-${spanId}-00` };
    for (const headers of [traced, untraced]) {
      await (await system.post("/v1/chat/completions", { model, messages: user("about words") }, headers)).text();
      await (await system.post("/v1/nobody/knows", { model, messages: user("about words") }, headers)).text();
    }
    const window = {
      start: String(Math.floor(Date.now() / 1000) - 600),
      end: String(Math.floor(Date.now() / 1000) + 600),
    };
    for (const name of ["sallyport_added_seconds_bucket", "sallyport_hold_seconds_bucket", "sallyport_blocks_total"]) {
      const found = await prometheus.until<Exemplars>(
        "query_exemplars",
        { query: name, ...window },
        (data) => data.length > 0,
      );
      for (const { exemplars } of found)
        for (const { labels, value } of exemplars) {
          assert.deepEqual(labels, { trace_id: traceId, span_id: spanId });
          assert.ok(Number(value) >= 0);
        }
    }

    for (const name of ["server_half_closed", "streams_failed", "streams_started", "failure_mode_allowed"])
      assert.equal((await prometheus.names(`envoy_http_ext_proc_sallyport_${name}`)).length, 1, name);
    const evaluated = (data: Rules): boolean =>
      data.groups.every(({ rules }) => rules.every(({ health }) => health !== "unknown"));
    const { groups } = await prometheus.until<Rules>("rules", {}, evaluated);
    const rules = groups.flatMap((group) => group.rules);
    assert.ok(rules.length > 40);
    assert.deepEqual(
      rules.filter(({ health }) => health !== "ok").map(({ name }) => name),
      [],
    );
    for (const record of ["sallyport:exchanges:rate5m", "sallyport:permits:ratio", "sallyport:coverage:ratio_rate5m"])
      assert.ok((await prometheus.names(record)).length > 0, record);
  },
);

test("a stream of Envoy's is counted by how it ended", async () => {
  await using system = await System.open({});
  const path = "/v1/chat/completions";
  await (await system.post(path, { model, messages: user("about words") })).text();
  const seen = async (name: string): Promise<Readonly<Record<string, number>>> => {
    const lines = (await system.guard.metrics()).matchAll(
      new RegExp(`^sallyport_${name}(?:\\{\\w+="([\\w-]+)"\\})? (\\d+)$`, "gm"),
    );
    return Object.fromEntries([...lines].map(([, label = "", count]) => [label, Number(count)]));
  };
  const headers = { "content-type": "application/json", "content-length": "1000" };
  const leaving = request(system.url + path, { method: "POST", headers });
  leaving.on("error", () => undefined);
  leaving.write('{"messages":[');
  while ((await seen("exchanges_in_flight"))[""] !== 1);
  leaving.destroy();
  let now = await seen("stream_ends_total");
  while (Object.values(now).reduce((sum, count) => sum + count, 0) < 2) now = await seen("stream_ends_total");
  assert.deepEqual(now, { "half-closed": 1, reset: 0, undecided: 1, failed: 0 });
});
