// Each rule finds what was seeded into the good gateway, at its place, and nothing is found in the good one. A row names
// all findings of its seed, so that a rule that sees too much shows as well.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { parse } from "yaml";
import { lintEnvoy } from "./lint.ts";
import { rules } from "./rules.ts";

/** A loose view of a configuration, for seeds. */
type Loose = { [key: string]: Loose } & Loose[];

const gateway = await readFile(new URL("../../../envoy/gateway.yaml", import.meta.url), "utf8");
const TYPE = "type.googleapis.com/envoy";
const HTTP = `${TYPE}.extensions.filters.http`;
const OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

class Seed {
  readonly root = parse(gateway) as Loose;

  /** The value at a path of keys and indices, written with dots. */
  get(path: string): Loose {
    return path.split(".").reduce((value, key) => value[key] as Loose, this.root);
  }
  get listeners(): Loose[] {
    return this.get("static_resources.listeners");
  }
  get listener(): Loose {
    return this.get("static_resources.listeners.0");
  }
  get chain(): Loose {
    return this.get("static_resources.listeners.0.filter_chains.0");
  }
  get manager(): Loose {
    return this.get("static_resources.listeners.0.filter_chains.0.filters.0.typed_config");
  }
  get host(): Loose {
    return this.manager["route_config"]?.["virtual_hosts"]?.[0] as Loose;
  }
  get route(): Loose {
    return this.host["routes"]?.[0] as Loose;
  }
  get filters(): Loose[] {
    return this.manager["http_filters"] as Loose[];
  }
  get where(): number {
    return this.filters.findIndex((filter) => String(filter["name"]) === "envoy.filters.http.ext_proc");
  }
  get filter(): Loose {
    return this.filters[this.where] as Loose;
  }
  /** The configuration of Sallyport's filter. */
  get guard(): Loose {
    return this.filter["typed_config"] as Loose;
  }
  cluster(name: string): Loose {
    const found = this.get("static_resources.clusters").find((each) => String(each["name"]) === name);
    assert.ok(found);
    return found;
  }
  /** Field by field; `undefined` removes. */
  set(holder: Loose, fields: Readonly<Record<string, unknown>>): void {
    for (const [key, value] of Object.entries(fields)) {
      if (value === undefined) Reflect.deleteProperty(holder, key);
      else Object.assign(holder, { [key]: value });
    }
  }
  /** Puts filters ahead of (0) or behind (1) Sallyport's. */
  beside(offset: 0 | 1, ...kinds: readonly string[]): void {
    this.filters.splice(this.where + offset, 0, ...kinds.map((kind) => filterOf(kind) as unknown as Loose));
  }
  perRoute(holder: Loose, entry: object, name = "envoy.filters.http.ext_proc"): void {
    this.set(holder, { typed_per_filter_config: { [name]: entry } });
  }
}

const filterOf = (kind: string): object => ({ name: kind, typed_config: { "@type": `${HTTP}.${kind}.v3.Some` } });
const perRoute = (fields: object): object => ({ "@type": `${HTTP}.ext_proc.v3.ExtProcPerRoute`, ...fields });
const filterConfig = (fields: object): object => ({ "@type": `${TYPE}.config.route.v3.FilterConfig`, ...fields });
const router = { name: "r", typed_config: { "@type": `${HTTP}.router.v3.Router` } };
const tcpProxy = (cluster: string): object => ({
  filters: [
    { name: "tcp", typed_config: { "@type": `${TYPE}.extensions.filters.network.tcp_proxy.v3.TcpProxy`, cluster } },
  ],
});
const fullDuplex = {
  request_body_mode: "FULL_DUPLEX_STREAMED",
  response_body_mode: "FULL_DUPLEX_STREAMED",
  request_trailer_mode: "SEND",
  response_trailer_mode: "SEND",
};

function lint(root: unknown, cluster: string | null = null) {
  const linted = lintEnvoy({ label: "seed", value: root, placeOf: () => null }, { cluster, accept: [] });
  assert.ok(linted.ok, linted.ok ? "" : linted.error);
  return linted.value;
}
const idsOf = (root: unknown): readonly string[] => [...new Set(lint(root).findings.map(({ id }) => id))].toSorted();

type Row = readonly [wanted: string | readonly string[], name: string, seed: (seed: Seed) => void];

const unguarded: readonly Row[] = [
  [
    "filter-missing",
    "a second listener",
    (s) => {
      const second = structuredClone(s.listener);
      const manager = second["filter_chains"]?.[0]?.["filters"]?.[0]?.["typed_config"] as Loose;
      s.set(second, { name: "second" });
      s.set(manager, { http_filters: [router] });
      s.listeners.push(second);
    },
  ],
  [
    "filter-missing",
    "a second chain",
    (s) => {
      const second = structuredClone(s.chain);
      s.set(second["filters"]?.[0]?.["typed_config"] as Loose, { http_filters: [router] });
      s.set(s.listener, { default_filter_chain: second });
    },
  ],
  ["filter-disabled", "the filter", (s) => s.set(s.filter, { disabled: true })],
  ["route-disabled", "by the filter's own word on a route", (s) => s.perRoute(s.route, perRoute({ disabled: true }))],
  ["route-disabled", "by FilterConfig on a virtual host", (s) => s.perRoute(s.host, filterConfig({ disabled: true }))],
  [
    "route-disabled",
    "inside FilterConfig",
    (s) => s.perRoute(s.host, filterConfig({ config: perRoute({ disabled: true }) })),
  ],
  [
    "route-disabled",
    "on the route configuration",
    (s) => s.perRoute(s.manager["route_config"] as Loose, perRoute({ disabled: true })),
  ],
  [
    "route-disabled",
    "in camel case, and by yes",
    (s) => {
      const entry = { "envoy.filters.http.ext_proc": perRoute({ disabled: "yes" }) };
      s.set(s.route, { typedPerFilterConfig: entry });
    },
  ],
  [
    "route-disabled",
    "on a weighted cluster",
    (s) => {
      const off = { "envoy.filters.http.ext_proc": perRoute({ disabled: true }) };
      const clusters = [{ name: "model" }, { name: "model", typed_per_filter_config: off }];
      s.set(s.route["route"] as Loose, { cluster: undefined, weighted_clusters: { clusters } });
    },
  ],
  [
    "route-disabled",
    "under a matcher",
    (s) => {
      const route = { ...s.route, "@type": `${TYPE}.config.route.v3.Route` };
      s.perRoute(route as unknown as Loose, perRoute({ disabled: true }));
      s.set(s.host, { routes: undefined, matcher: { on_no_match: { action: { name: "a", typed_config: route } } } });
    },
  ],
  [
    "other-server",
    "an override of the server",
    (s) => s.perRoute(s.route, perRoute({ overrides: { grpc_service: { envoy_grpc: { cluster_name: "other" } } } })),
  ],
  [
    ["filter-conditional", "filter-missing"],
    "a matcher around it",
    (s) => {
      const inner = { name: "inner", typed_config: s.guard };
      const type = `${TYPE}.extensions.common.matching.v3.ExtensionWithMatcher`;
      s.set(s.filter, { typed_config: { "@type": type, extension_config: inner } });
    },
  ],
  ["filter-optional", "the filter", (s) => s.set(s.filter, { is_optional: true })],
  [
    "override-unused",
    "the API's name where the filter has another",
    (s) => {
      s.set(s.filter, { name: "guard" });
      s.perRoute(s.route, perRoute({ overrides: {} }));
    },
  ],
  ["tcp-proxy", "a chain", (s) => s.listener["filter_chains"]?.push(tcpProxy("model") as unknown as Loose)],
  [
    "tcp-proxy",
    "a protocol that is no HTTP",
    (s) => {
      const type = `${TYPE}.extensions.filters.network.redis_proxy.v3.RedisProxy`;
      s.listeners.push({
        name: "r",
        filter_chains: [{ filters: [{ name: "x", typed_config: { "@type": type } }] }],
      } as never);
    },
  ],
  [
    "udp-proxy",
    "a listener",
    (s) => {
      const type = `${TYPE}.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig`;
      s.listeners.push({ name: "u", listener_filters: [{ name: "u", typed_config: { "@type": type } }] } as never);
    },
  ],
  [
    "upgrade-unguarded",
    "filters of its own",
    (s) => s.set(s.manager, { upgrade_configs: [{ upgrade_type: "websocket", filters: [router] }] }),
  ],
  [
    ["upgrade", "fails-open"],
    "with a filter of Sallyport's that is set otherwise",
    (s) => {
      const own = structuredClone(s.filter);
      s.set(own["typed_config"] as Loose, { failure_mode_allow: true });
      s.set(s.manager, { upgrade_configs: [{ upgrade_type: "websocket", filters: [own, router] }] });
    },
  ],
  [
    "upgrade",
    "with the chain's filters",
    (s) => s.set(s.manager, { upgrade_configs: [{ upgrade_type: "websocket" }] }),
  ],
  [
    "upgrade",
    "on a route",
    (s) => s.set(s.route["route"] as Loose, { upgrade_configs: [{ upgrade_type: "CONNECT", connect_config: {} }] }),
  ],
  [
    "route-to-guard",
    "a route",
    (s) =>
      s.host["routes"]?.unshift({ match: { prefix: "/x" }, route: { cluster: "sallyport", timeout: "0s" } } as never),
  ],
];

const modes: readonly Row[] = [
  ["body-none", "both", (s) => s.set(s.guard, { processing_mode: undefined })],
  ["body-none", "one", (s) => s.set(s.guard["processing_mode"] as Loose, { response_body_mode: "NONE" })],
  [
    "body-none",
    "an override that names the other",
    (s) =>
      s.perRoute(
        s.route,
        perRoute({ overrides: { processing_mode: { ...fullDuplex, response_body_mode: undefined } } }),
      ),
  ],
  ["body-none", "by number", (s) => s.set(s.guard["processing_mode"] as Loose, { request_body_mode: 0 })],
  [
    ["body-partial", "body-streamed"],
    "partial",
    (s) =>
      s.set(s.guard["processing_mode"] as Loose, {
        request_body_mode: "STREAMED",
        response_body_mode: "BUFFERED_PARTIAL",
      }),
  ],
  [
    "body-streamed",
    "streamed, small letters",
    (s) => s.set(s.guard["processing_mode"] as Loose, { response_body_mode: "streamed" }),
  ],
  ["body-buffered", "buffered", (s) => s.set(s.guard["processing_mode"] as Loose, { request_body_mode: "BUFFERED" })],
  [
    ["body-buffered", "buffer-small"],
    "buffered in little",
    (s) => {
      s.set(s.guard["processing_mode"] as Loose, { request_body_mode: "BUFFERED" });
      s.set(s.listener, { per_connection_buffer_limit_bytes: 32768 });
    },
  ],
  ["headers-skipped", "heads", (s) => s.set(s.guard["processing_mode"] as Loose, { request_header_mode: "SKIP" })],
  [
    "trailers-skipped",
    "trailers",
    (s) => s.set(s.guard["processing_mode"] as Loose, { response_trailer_mode: "SKIP" }),
  ],
  ["observability-mode", "observability", (s) => s.set(s.guard, { observability_mode: true })],
  [
    ["http-service", "other-server"],
    "http",
    (s) => {
      s.set(s.guard, { http_service: { http_service: {} } });
      s.perRoute(s.route, perRoute({ overrides: { grpc_service: { google_grpc: { target_uri: "x:1" } } } }));
    },
  ],
  ["mode-override", "override", (s) => s.set(s.guard, { allow_mode_override: true, allowed_override_modes: [{}] })],
  ["body-before-answer", "no waiting", (s) => s.set(s.guard, { send_body_without_waiting_for_header_response: true })],
  [
    ["body-buffered", "message-timeout"],
    "the default",
    (s) => {
      s.set(s.guard["processing_mode"] as Loose, { request_body_mode: "BUFFERED" });
      s.set(s.guard, { message_timeout: undefined });
    },
  ],
];

const failure: readonly Row[] = [
  ["fails-open", "the filter", (s) => s.set(s.guard, { failure_mode_allow: true })],
  [
    "fails-open",
    "a wrapped override",
    (s) => s.perRoute(s.host, perRoute({ overrides: { failure_mode_allow: { value: true } } })),
  ],
  [
    "spurious-open",
    "runtime",
    (s) =>
      s.set(s.get("layered_runtime.layers.0.static_layer"), {
        "envoy.reloadable_features.ext_proc_fail_close_spurious_resp": false,
      }),
  ],
  ["no-immediate-response", "no blocks", (s) => s.set(s.guard, { disable_immediate_response: true })],
  ["stream-timeout", "a timeout", (s) => s.set(s.guard["grpc_service"] as Loose, { timeout: "30s" })],
  ["mutations-forbidden", "none", (s) => s.set(s.guard["mutation_rules"] as Loose, { allow_expression: undefined })],
  ["mutations-wide", "routing", (s) => s.set(s.guard["mutation_rules"] as Loose, { allow_all_routing: true })],
  ["route-chosen-again", "clear", (s) => s.set(s.guard, { route_cache_action: "CLEAR" })],
  ["route-kept", "retain", (s) => s.set(s.guard, { route_cache_action: "RETAIN" })],
  ["content-length-kept", "kept", (s) => s.set(s.guard, { allow_content_length_header: true })],
  ["graceful-close", "no runtime", (s) => s.set(s.root, { layered_runtime: undefined })],
];

const order: readonly Row[] = [
  ["filter-behind-guard", "Lua", (s) => s.beside(1, "lua")],
  ["filter-ahead-of-guard", "Wasm", (s) => s.beside(0, "wasm")],
  [
    "filter-ahead-of-guard",
    "bodies for ext_authz",
    (s) => {
      s.beside(0, "ext_authz");
      s.set(s.filters[s.where - 1]?.["typed_config"] as Loose, { with_request_body: { max_request_bytes: 1024 } });
    },
  ],
  [
    "other-ext-proc",
    "another",
    (s) => {
      const other = structuredClone(s.filter);
      s.set(other, { name: "other" });
      s.set((other["typed_config"] as Loose)["grpc_service"]?.["envoy_grpc"] as Loose, { cluster_name: "other" });
      s.filters.splice(s.where, 0, other);
    },
  ],
  [
    "guard-twice",
    "twice",
    (s) => s.filters.splice(s.where, 0, { ...structuredClone(s.filter), name: "first" } as never),
  ],
  ["compression-behind-guard", "compressor", (s) => s.beside(1, "compressor")],
  [
    "no-router",
    "another end",
    (s) => {
      s.filters.pop();
      s.filters.push(filterOf("health_check") as never);
    },
  ],
  [
    "filter-upstream",
    "of a cluster",
    (s) =>
      s.set(s.cluster("model")["typed_extension_protocol_options"]?.[OPTIONS] as Loose, {
        http_filters: [filterOf("buffer")],
      }),
  ],
  [
    "filter-upstream",
    "of the router",
    (s) =>
      s.set(s.filters.at(-1)?.["typed_config"] as Loose, {
        upstream_http_filters: [filterOf("lua"), filterOf("upstream_codec")],
      }),
  ],
  ["filter-unknown", "another's", (s) => s.beside(0, "never_heard_of")],
];

const visibility: readonly Row[] = [
  [
    "headers-hidden",
    "content-type",
    (s) =>
      s.guard["forward_rules"]?.["disallowed_headers"]?.["patterns"]?.push({
        prefix: "Content-",
        ignore_case: true,
      } as never),
  ],
  [
    ["headers-hidden"],
    "an allow list",
    (s) => s.set(s.guard, { forward_rules: { allowed_headers: { patterns: [{ prefix: ":" }] } } }),
  ],
  ["credentials-shown", "no rules", (s) => s.set(s.guard, { forward_rules: undefined })],
  ["namespace-missing", "none", (s) => s.set(s.guard, { metadata_options: undefined })],
  [
    "namespace-missing",
    "an override",
    (s) => s.perRoute(s.route, perRoute({ overrides: { metadata_options: { receiving_namespaces: {} } } })),
  ],
  [
    "namespace-wide",
    "others",
    (s) => s.set(s.guard, { metadata_options: { receiving_namespaces: { untyped: ["sallyport", "other"] } } }),
  ],
  ["code-details-missing", "none", (s) => s.set(s.guard, { response_attributes: [] })],
  ["pending-missing", "none", (s) => void s.filters.shift()],
  ["content-length-missing", "none", (s) => void s.filters.splice(s.where + 1, 1)],
];

/** The lines of the gateway's access log. */
const logConfig = (s: Seed): Loose => s.manager["access_log"]?.[0]?.["typed_config"] as Loose;
const log = (type: string, config: object): Loose =>
  ({
    name: "log",
    typed_config: { "@type": `${TYPE}.extensions.access_loggers.${type}`, ...config },
  }) as unknown as Loose;
const inlined = (format: string): object => ({ log_format: { text_format_source: { inline_string: format } } });
const formatted = (format: string) => (s: Seed) =>
  void s.manager["access_log"]?.push(log("file.v3.FileAccessLog", inlined(format)));
const traced = (custom_tags: unknown) => (s: Seed) => s.set(s.manager, { tracing: { custom_tags } });

const telemetry: readonly Row[] = [
  [["verdict-not-logged", "verdict-not-counted"], "no log", (s) => s.set(s.manager, { access_log: undefined })],
  [
    "verdict-not-logged",
    "other lines",
    (s) => s.set(logConfig(s), { log_format: { json_format: { status: "%RESPONSE_CODE%" } } }),
  ],
  ["verdict-not-counted", "lines alone", (s) => void s.manager["access_log"]?.splice(1)],
  [
    "query-logged",
    "Envoy's own format",
    (s) => void s.manager["access_log"]?.push(log("stream.v3.StdoutAccessLog", {})),
  ],
  [
    "query-logged",
    "the access log service",
    (s) => void s.manager["access_log"]?.push(log("grpc.v3.HttpGrpcAccessLogConfig", {})),
  ],
  ["query-logged", "by the header", formatted("%REQ(:PATH)%")],
  ["query-logged", "by the header, cut", formatted("%req% %REQ(:Path):9%")],
  ["query-logged", "as Envoy's own format does", formatted("%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%")],
  ["query-logged", "by another header first", formatted("%REQ(X-PATH?:PATH)%")],
  ["query-logged", "the whole path", formatted("%PATH%")],
  ["query-logged", "the path with query", formatted("%PATH(WQ:ORIG)%")],
  ["query-logged", "one pair", formatted("%QUERY_PARAM(key)%")],
  ["query-logged", "all pairs", formatted("%QUERY_PARAMS(ORIG)%")],
  ["query-logged", "an expression", formatted("%CEL(request.path)%")],
  [
    "query-logged",
    "an attribute",
    (s) =>
      void s.manager["access_log"]?.push(
        log("open_telemetry.v3.OpenTelemetryAccessLogConfig", {
          attributes: { values: [{ key: "path", value: { string_value: "%REQ(:PATH)%" } }] },
        }),
      ),
  ],
  ["query-traced", "Envoy's own tags", traced(undefined)],
  ["query-traced", "other tags", traced([{ tag: "user_agent", literal: { value: "-" } }])],
  ["query-traced", "a tag with it", traced([{ tag: "http.url", value: "%REQ(:PATH)%" }])],
];

const http: readonly Row[] = [
  ["route-timeout", "the default", (s) => s.set(s.route["route"] as Loose, { timeout: undefined })],
  ["idle-timeout", "of streams", (s) => s.set(s.manager, { stream_idle_timeout: "0s" })],
  ["idle-timeout", "of a route", (s) => s.set(s.route["route"] as Loose, { idle_timeout: "0s" })],
  ["request-timeout", "none", (s) => s.set(s.manager, { request_timeout: undefined })],
  ["head-timeout", "none", (s) => s.set(s.manager, { request_headers_timeout: "0s" })],
  ["route-retries", "of a route", (s) => s.set(s.route["route"] as Loose, { retry_policy: { retry_on: "5xx" } })],
  ["route-retries", "of a virtual host", (s) => s.set(s.host, { retry_policy: { retry_on: "5xx" } })],
  ["path-not-normal", "dots", (s) => s.set(s.manager, { normalize_path: false })],
  ["path-not-normal", "escapes", (s) => s.set(s.manager, { path_with_escaped_slashes_action: undefined })],
  ["chunked-length", "both", (s) => s.set(s.manager["http_protocol_options"] as Loose, { allow_chunked_length: true })],
  ["trailers-dropped", "none", (s) => s.set(s.manager, { http_protocol_options: undefined })],
  ["header-underscores", "allowed", (s) => s.set(s.manager, { common_http_protocol_options: undefined })],
  ["client-controls", "none removed", (s) => s.set(s.manager, { early_header_mutation_extensions: undefined })],
  ["admin-open", "all addresses", (s) => s.set(s.get("admin.address.socket_address"), { address: "0.0.0.0" })],
];

const cluster: readonly Row[] = [
  ["cluster-missing", "none", (s) => s.set(s.cluster("sallyport"), { name: "elsewhere" })],
  [
    "cluster-not-http2",
    "HTTP/1.1",
    (s) => s.set(s.cluster("sallyport"), { typed_extension_protocol_options: undefined }),
  ],
  [
    "cluster-no-keepalive",
    "none",
    (s) => {
      const options = s.cluster("sallyport")["typed_extension_protocol_options"]?.[OPTIONS];
      s.set(options?.["explicit_http_config"]?.["http2_protocol_options"] as Loose, {
        connection_keepalive: undefined,
      });
    },
  ],
  ["cluster-breakers", "the default", (s) => s.set(s.cluster("sallyport"), { circuit_breakers: undefined })],
  [
    "cluster-cleartext",
    "the network",
    (s) => {
      const address = { socket_address: { address: "10.0.0.1", port_value: 50051 } };
      const endpoints = [{ lb_endpoints: [{ endpoint: { address } }] }];
      s.set(s.cluster("sallyport"), { load_assignment: { endpoints } });
    },
  ],
  ["cluster-outlier", "ejected", (s) => s.set(s.cluster("sallyport"), { outlier_detection: {} })],
];

const source: readonly Row[] = [
  ["by-xds", "clusters", (s) => s.set(s.root, { dynamic_resources: { cds_config: {} } })],
  ["by-xds", "routes", (s) => s.set(s.manager, { route_config: undefined, rds: { route_config_name: "r" } })],
  [
    "by-xds",
    "scoped routes",
    (s) => s.set(s.manager, { route_config: undefined, scoped_routes: { name: "r", scoped_rds: {} } }),
  ],
  ["by-xds", "virtual hosts", (s) => s.set(s.manager["route_config"] as Loose, { vhds: {} })],
  ["by-xds", "a filter", (s) => s.filters.unshift({ name: "e", config_discovery: { config_source: {} } } as never)],
  ["nothing-here", "no listener", (s) => s.set(s.get("static_resources"), { listeners: [] })],
];

const table = [
  ...unguarded,
  ...modes,
  ...failure,
  ...order,
  ...visibility,
  ...telemetry,
  ...http,
  ...cluster,
  ...source,
];

test("the configurations that come with Sallyport are clean", async () => {
  const folder = new URL("../../../envoy/", import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith(".yaml"));
  const sources = await Promise.all(files.map((file) => readFile(new URL(file, folder), "utf8")));
  const whole = sources.filter((source) => /^static_resources:/m.test(source));
  assert.ok(whole.length >= 1);
  for (const source of whole) {
    const { findings, seen } = lint(parse(source));
    assert.deepEqual(findings, []);
    assert.ok(seen.passages >= 1);
  }
});

test("queries are told by none of the parts that come with Sallyport, nor by words that only look so", async () => {
  const read = (name: string): Promise<string> =>
    readFile(new URL(`../../../envoy/${name}.yaml`, import.meta.url), "utf8");
  const logs = ["access-log-text", "access-log-grpc", "access-log-otel"].map(read);
  const seed = new Seed();
  for (const part of await Promise.all(logs))
    seed.manager["access_log"]?.push(...((parse(part) as Loose)["access_log"] as Loose[]));
  seed.set(seed.manager, { tracing: (parse(await read("tracing")) as Loose)["tracing"] });
  formatted("%PATH(NQ:PATH)% %REQ(X-PATH)% %REQ_WITHOUT_QUERY(:PATH)% :path %CEL(request.url_path)% %ROUTE_NAME%")(
    seed,
  );
  assert.deepEqual(idsOf(seed.root), []);
});

for (const [wanted, name, plant] of table) {
  const all = [wanted].flat();
  test(`${all[0]}: ${name}`, () => {
    const seed = new Seed();
    plant(seed);
    assert.deepEqual(idsOf(seed.root), all.toSorted());
  });
}

test("filter-missing: the filter asks another cluster than is named", () => {
  const { findings } = lint(new Seed().root, "other");
  assert.deepEqual(
    findings.map(({ id, what }) => [id, what]),
    [
      [
        "filter-missing",
        'requests go to a cluster without Sallyport\'s filter: 1 way out; its ext_proc asks "sallyport"',
      ],
    ],
  );
});

test("every rule has a seed, and ids are said once", () => {
  assert.deepEqual([...new Set(table.flatMap(([wanted]) => wanted))].toSorted(), rules.map(({ id }) => id).toSorted());
});

test("the guide's table is that of the code", async () => {
  const guide = await readFile(new URL("../../../docs/envoy-lint.md", import.meta.url), "utf8");
  const table = guide.split("<!-- rules -->\n")[1]?.split("<!-- /rules -->")[0];
  const rows = rules.map(({ id, severity, what, mend }) => `| \`${id}\` | ${severity} | ${what} | ${mend} |\n`);
  assert.equal(table, rows.join(""));
});
