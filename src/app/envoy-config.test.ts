import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { isNode, parse, parseDocument } from "yaml";
import { type EnvoySettings, renderEnvoyConfig } from "./envoy-config.ts";

const template = await readFile(new URL("../../envoy/gateway.yaml", import.meta.url), "utf8");
const settings: EnvoySettings = {
  proxyPort: 1,
  adminPort: 2,
  guard: { kind: "unix", path: "/tmp/guard.sock" },
  upstream: { host: "127.0.0.1", port: 3 },
};
const listener = ["static_resources", "listeners", 0];
const manager = [...listener, "filter_chains", 0, "filters", 0, "typed_config"];
const tls = ["static_resources", "clusters", 1, "transport_socket", "typed_config"];
const check = [...tls, "common_tls_context", "validation_context"];

type Get = (...path: readonly (string | number)[]) => unknown;

/** Renders with some settings changed; reads plain values by their path. */
function render(change: Partial<EnvoySettings> = {}): Get {
  const document = parseDocument(renderEnvoyConfig(template, { ...settings, ...change }));
  return (...path) => {
    const node = document.getIn(path);
    return isNode(node) ? node.toJS(document) : node;
  };
}

const endpoint = (cluster: number): (string | number)[] => [
  ...["static_resources", "clusters", cluster],
  ...["load_assignment", "endpoints", 0, "lb_endpoints", 0, "endpoint", "address"],
];

test("puts ports and addresses in", () => {
  const get = render({ proxyHost: "0.0.0.0" });
  assert.deepEqual(get(...listener, "address", "socket_address"), { address: "0.0.0.0", port_value: 1 });
  assert.equal(get("admin", "address", "socket_address", "port_value"), 2);
  assert.deepEqual(get(...endpoint(0)), { pipe: { path: "/tmp/guard.sock" } });
  assert.deepEqual(get(...endpoint(1)), { socket_address: { address: "127.0.0.1", port_value: 3 } });
});

test("a guard on TCP and an upstream with HTTP/2", () => {
  const get = render({
    guard: { kind: "tcp", host: "127.0.0.1", port: 4 },
    upstream: { host: "localhost", port: 3, http2: true },
  });
  assert.deepEqual(get(...endpoint(0)), { socket_address: { address: "127.0.0.1", port_value: 4 } });
  const options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  const path = ["static_resources", "clusters", 1, "typed_extension_protocol_options", options, "explicit_http_config"];
  assert.deepEqual(get(...path), { http2_protocol_options: {} });
});

test("changes nothing else, and keeps the comments", () => {
  const rendered = renderEnvoyConfig(template, {
    proxyPort: 10000,
    adminPort: 9901,
    guard: { kind: "unix", path: "/run/sallyport/ext-proc.sock" },
    upstream: { host: "127.0.0.1", port: 8080 },
  });
  assert.deepEqual(parse(rendered), parse(template));
  assert.equal(rendered.match(/#/g)?.length, template.match(/#/g)?.length);
});

test("a TLS upstream is checked by chain and name, and gets its own authority", () => {
  const get = render({ upstream: { host: "api.example.com", port: 443, tls: { caFile: "/ca.pem" } } });
  assert.equal(get(...tls, "sni"), "api.example.com");
  assert.equal(get(...check, "trusted_ca", "filename"), "/ca.pem");
  assert.deepEqual(get(...check, "match_typed_subject_alt_names"), [
    { san_type: "DNS", matcher: { exact: "api.example.com" } },
  ]);
  const route = [...manager, "route_config", "virtual_hosts", 0, "routes", 0, "route"];
  assert.equal(get(...route, "host_rewrite_literal"), "api.example.com");
});

test("an address as TLS host is checked as an address", () => {
  const get = render({ upstream: { host: "10.0.0.1", port: 8443, tls: { caFile: "/ca.pem" } } });
  assert.equal(get(...tls, "sni"), undefined);
  assert.equal(get(...check, "match_typed_subject_alt_names", 0, "san_type"), "IP_ADDRESS");
});

test("the log goes to a file where one is named", () => {
  const get = render({ accessLogPath: "/tmp/access.log" });
  assert.equal(get(...manager, "access_log", 0, "typed_config", "path"), "/tmp/access.log");
  assert.match(String(get(...manager, "access_log", 0, "typed_config", "@type")), /FileAccessLog$/);
});

test("a template without a node that a setting belongs to is refused", () => {
  assert.throws(() => renderEnvoyConfig("static_resources: { clusters: [] }", settings), /no static_resources/);
  assert.throws(() => renderEnvoyConfig("a: [", settings), /Envoy template/);
});
