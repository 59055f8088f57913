import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { parse } from "yaml";
import { type EnvoySettings, renderEnvoyConfig } from "./envoy-config.ts";
import type { EnvoyPart, Telemetry } from "./envoy-telemetry.ts";

const read = (name: string): Promise<string> => readFile(new URL(`../../envoy/${name}.yaml`, import.meta.url), "utf8");
const template = await read("gateway");
const part = async (name: string, server?: EnvoyPart["server"]): Promise<EnvoyPart> =>
  server === undefined ? { yaml: await read(name) } : { yaml: await read(name), server };

type Entry = { readonly name: string };
type Root = {
  static_resources: {
    clusters: readonly {
      name: string;
      load_assignment: { endpoints: readonly { lb_endpoints: readonly { endpoint: { address: object } }[] }[] };
    }[];
    listeners: readonly {
      filter_chains: readonly {
        filters: readonly { typed_config: { access_log: readonly Entry[]; tracing?: object } }[];
      }[];
    }[];
  };
};

function render(telemetry: Telemetry, more: Partial<EnvoySettings> = {}) {
  const settings: EnvoySettings = {
    proxyPort: 1,
    adminPort: 2,
    guard: { kind: "unix", path: "/tmp/guard.sock" },
    upstream: { host: "127.0.0.1", port: 3 },
    telemetry,
    ...more,
  };
  const text = renderEnvoyConfig(template, settings);
  const { listeners, clusters } = (parse(text) as Root).static_resources;
  const manager = listeners[0]?.filter_chains[0]?.filters[0]?.typed_config;
  assert.ok(manager !== undefined);
  const logs = manager.access_log.map(({ name }) => name.split(".").at(-1));
  const statistics = logs.filter((name) => name === "stats").length;
  assert.ok(statistics > 0, "statistics stay");
  return { text, manager, clusters, logs: logs.slice(0, -statistics) };
}

test("forms of the access log stand in the place of the JSON lines, or beside them", async () => {
  const [text, grpc, otel] = [
    await part("access-log-text"),
    await part("access-log-grpc"),
    await part("access-log-otel"),
  ];
  assert.deepEqual(render({}).logs, ["stdout"]);
  assert.deepEqual(render({ accessLogs: [] }).logs, []);
  assert.deepEqual(render({ accessLogs: [text] }).logs, ["stdout"]);
  assert.match(render({ accessLogs: [text] }).text, /text_format_source/);
  assert.doesNotMatch(render({ accessLogs: [text] }).text, /json_format/);
  assert.deepEqual(render({ accessLogs: [otel, "json", grpc] }).logs, ["open_telemetry", "stdout", "http_grpc"]);
});

test("servers get their clusters and addresses; comments stay", async () => {
  const otel = await part("access-log-otel", { host: "10.0.0.1", port: 5 });
  const { clusters, manager, text } = render({ accessLogs: [otel], tracing: await part("tracing") });
  const named = clusters.map(({ name, load_assignment }) => [
    name,
    load_assignment.endpoints[0]?.lb_endpoints[0]?.endpoint.address,
  ]);
  assert.deepEqual(named.slice(2), [
    ["otlp_logs", { socket_address: { address: "10.0.0.1", port_value: 5 } }],
    ["otlp_traces", { socket_address: { address: "127.0.0.1", port_value: 4317 } }],
  ]);
  assert.ok(manager.tracing !== undefined);
  assert.match(text, /# Of exchanges that bring no `traceparent`/);
});

test("all lines go to a file where one is named", async () => {
  const { logs } = render(
    { accessLogs: ["json", await part("access-log-text")] },
    { accessLogPath: "/tmp/access.log" },
  );
  assert.deepEqual(logs, ["file", "file"]);
});

test("a part that is none is refused", () => {
  const wrong = (yaml: string): EnvoyPart => ({ yaml, server: { host: "a", port: 1 } });
  assert.throws(() => render({ tracing: wrong("access_log: []") }), /no tracing/);
  assert.throws(() => render({ accessLogs: [wrong("access_log: 1")] }), /access_log is no list/);
  assert.throws(() => render({ accessLogs: [wrong("a: [")] }), /Envoy part/);
  assert.throws(() => render({ tracing: wrong("tracing: {}\nclusters: [{}]") }), /no clusters\.0/);
});
