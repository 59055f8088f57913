// How a configuration is read: places in files, live dumps, what is more specific, inner listeners, acceptances; and that
// nothing is printed that could be secret.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import { type LintOptions, lintEnvoy, parseAcceptance, type Report } from "./lint.ts";
import { reportJson, reportLines } from "./report.ts";
import { readSource } from "./source.ts";

const gateway = await readFile(new URL("../../../envoy/gateway.yaml", import.meta.url), "utf8");
const TYPE = "type.googleapis.com/envoy";
const EXT_PROC = `${TYPE}.extensions.filters.http.ext_proc.v3`;

function lint(source: string | object, options: Partial<LintOptions> = {}): Report {
  const bytes = Buffer.from(typeof source === "string" ? source : JSON.stringify(source));
  const read = readSource(bytes, "envoy.yaml");
  assert.ok(read.ok, read.ok ? "" : read.error);
  const linted = lintEnvoy(read.value, { cluster: null, accept: [], ...options });
  assert.ok(linted.ok, linted.ok ? "" : linted.error);
  return linted.value;
}
const ids = (source: string | object): readonly string[] => [...new Set(lint(source).findings.map(({ id }) => id))];

function refused(source: string | Uint8Array): string {
  const read = readSource(Buffer.from(source), "x");
  const linted = read.ok ? lintEnvoy(read.value, { cluster: null, accept: [] }) : read;
  assert.ok(!linted.ok);
  return linted.error;
}

/** The good gateway with an entry for ext_proc on the virtual host and one on its route; `null` leaves one out. */
function withEntries(onHost: object | null, onRoute: object | null): object {
  const root = parse(gateway) as {
    static_resources: { listeners: { filter_chains: { filters: { typed_config: never }[] }[] }[] };
  };
  const manager = root.static_resources.listeners[0]?.filter_chains[0]?.filters[0]?.typed_config as unknown as {
    route_config: {
      virtual_hosts: { typed_per_filter_config?: object; routes: { typed_per_filter_config?: object }[] }[];
    };
  };
  const host = manager.route_config.virtual_hosts[0];
  const route = host?.routes[0];
  assert.ok(host !== undefined && route !== undefined);
  const entry = (fields: object) => ({ "envoy.filters.http.ext_proc": fields });
  if (onHost !== null) host.typed_per_filter_config = entry(onHost);
  if (onRoute !== null) route.typed_per_filter_config = entry(onRoute);
  return root;
}
const perRoute = (fields: object): object => ({ "@type": `${EXT_PROC}.ExtProcPerRoute`, ...fields });
const filterConfig = (fields: object): object => ({ "@type": `${TYPE}.config.route.v3.FilterConfig`, ...fields });

/** A dump of the bootstrap as Envoy writes it, with routes by RDS. */
function dumpOf(bootstrap: string, routes: "there" | "not yet" = "there"): object {
  const root = parse(bootstrap) as { static_resources: { listeners: object[]; clusters: object[] } };
  const listener = structuredClone(root.static_resources.listeners[0]) as {
    filter_chains: { filters: { typed_config: object }[] }[];
  };
  const filter = listener.filter_chains[0]?.filters[0];
  assert.ok(filter);
  const { route_config: configuration, ...manager } = filter.typed_config as { route_config: object };
  filter.typed_config = { ...manager, rds: { route_config_name: "routes", config_source: { ads: {} } } };
  const section = (name: string, fields: object) => ({ "@type": `${TYPE}.admin.v3.${name}`, ...fields });
  return {
    configs: [
      section("BootstrapConfigDump", { bootstrap: root }),
      section("ClustersConfigDump", {
        dynamic_active_clusters: root.static_resources.clusters.map((cluster) => ({ cluster })),
      }),
      section("ListenersConfigDump", { dynamic_listeners: [{ name: "proxy", active_state: { listener } }] }),
      section(
        "RoutesConfigDump",
        routes === "there" ? { dynamic_route_configs: [{ route_config: configuration }] } : {},
      ),
    ],
  };
}

test("a finding has its place in words and in the file", () => {
  const bad = gateway.replace("failure_mode_allow: false", "failure_mode_allow: true");
  const line = bad.split("\n").findIndex((each) => each.includes("failure_mode_allow: true")) + 1;
  const [finding] = lint(bad).findings;
  assert.deepEqual(finding?.at, { line, column: 23 });
  assert.equal(finding?.place, 'listener "proxy" > filter chain 0 > filter "envoy.filters.http.ext_proc"');
  const [first = "", place = "", why = "", mend = ""] = reportLines(lint(bad));
  assert.equal(first, `envoy.yaml:${line}:23: error fails-open: without an answer everything passes`);
  assert.match(place, /^ {2}at {4}listener "proxy" > /);
  assert.match(why, /^ {2}why {3}with failure_mode_allow/);
  assert.match(mend, /^ {2}mend {2}set failure_mode_allow: false$/);
});

test("JSON has places too, and large JSON is read without", () => {
  const bad = JSON.stringify(parse(gateway.replace("failure_mode_allow: false", "failure_mode_allow: true")), null, 1);
  assert.ok((lint(bad).findings[0]?.at?.line ?? 0) > 10);
  const large = bad.replace("{", `{ "stats_config": { "padding": "${"x".repeat(1024 * 1024)}" },`);
  assert.deepEqual(
    lint(large).findings.map(({ id, at }) => [id, at]),
    [["fails-open", null]],
  );
});

test("what is more specific wins", () => {
  const off = perRoute({ disabled: true });
  const empty = perRoute({ overrides: {} });
  const cases: readonly (readonly [object | null, object | null, readonly string[]])[] = [
    [off, null, ["route-disabled"]],
    [off, empty, []],
    [empty, off, ["route-disabled"]],
    [filterConfig({ disabled: true }), empty, []],
    [filterConfig({ disabled: true }), filterConfig({ config: empty }), []],
    [off, filterConfig({ config: {} }), []],
    [perRoute({ overrides: { failure_mode_allow: true } }), empty, ["fails-open"]],
    [perRoute({ overrides: { failure_mode_allow: true } }), perRoute({ overrides: { failure_mode_allow: false } }), []],
    [perRoute({ overrides: { failure_mode_allow: true } }), off, ["route-disabled"]],
  ];
  for (const [onHost, onRoute, wanted] of cases) {
    const found = ids(withEntries(onHost, onRoute));
    assert.deepEqual(found, wanted, JSON.stringify([onHost, onRoute]));
  }
});

test("a filter that is off by default is on where a route says so", () => {
  const off = gateway.replace(
    "- name: envoy.filters.http.ext_proc\n",
    "- name: envoy.filters.http.ext_proc\n                    disabled: true\n",
  );
  assert.deepEqual(ids(off), ["filter-disabled"]);
  const on = `typed_per_filter_config:
                            envoy.filters.http.ext_proc:
                              "@type": ${EXT_PROC}.ExtProcPerRoute
                              overrides: {}
                          match: { prefix: / }`;
  assert.deepEqual(ids(off.replace("match: { prefix: / }", on)), []);
});

test("a live dump: dynamic listeners, and routes by RDS", () => {
  assert.deepEqual(ids(dumpOf(gateway)), []);
  assert.deepEqual(ids(dumpOf(gateway.replace("failure_mode_allow: false", "failure_mode_allow: true"))), [
    "fails-open",
  ]);
  assert.deepEqual(ids(dumpOf(gateway, "not yet")), ["by-xds"]);
  const off = gateway.replace(
    "match: { prefix: / }",
    `match: { prefix: / }\n                          typed_per_filter_config: { envoy.filters.http.ext_proc: { "@type": ${EXT_PROC}.ExtProcPerRoute, disabled: true } }`,
  );
  assert.deepEqual(ids(dumpOf(off)), ["route-disabled"]);
});

test("a listener in front of a guarded one needs no filter; one that goes on to the model does", () => {
  const front = (cluster: string): string =>
    gateway.replace(
      "static_resources:\n  listeners:\n",
      `static_resources:
  listeners:
    - name: front
      address: { socket_address: { address: 127.0.0.1, port_value: 1 } }
      filter_chains:
        - filters:
            - name: tcp
              typed_config:
                "@type": ${TYPE}.extensions.filters.network.tcp_proxy.v3.TcpProxy
                stat_prefix: front
                cluster: ${cluster}
`,
    );
  const inner = (yaml: string): string =>
    yaml.replace(
      "  clusters:\n",
      `  clusters:
    - name: inner
      load_assignment:
        endpoints:
          - lb_endpoints: [{ endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: 10000 } } } }]
`,
    );
  assert.deepEqual(ids(inner(front("inner"))), []);
  assert.deepEqual(ids(inner(front("model"))), ["tcp-proxy"]);
});

test("an internal listener without the filter is judged where it is entered", () => {
  const internal = gateway.replace("    - name: proxy\n", "    - name: proxy\n      internal_listener: {}\n");
  const plain = internal.replace(/ {18}- name: envoy\.filters\.http\.ext_proc\n.*?(?=\n {18}# A body that may)/s, "");
  assert.deepEqual(lint(plain).seen.passages, 0);
  assert.deepEqual(
    ids(plain).filter((id) => id === "filter-missing"),
    [],
  );
});

test("!ignore, aliases and what Envoy itself does not take", () => {
  const anchored = gateway.replace(
    "failure_mode_allow: false",
    "!ignore seed: &seed { overrides: { failure_mode_allow: true } }",
  );
  assert.deepEqual(ids(anchored), []);
  const used = anchored.replace(
    "match: { prefix: / }",
    `typed_per_filter_config: { envoy.filters.http.ext_proc: { "@type": ${EXT_PROC}.ExtProcPerRoute, <<: 0 } }
                          match: { prefix: / }`,
  );
  assert.deepEqual(ids(used), []);
  const early = `!ignore on: &on true\n${gateway.replace("failure_mode_allow: false", "failure_mode_allow: *on")}`;
  assert.deepEqual(ids(early), ["fails-open"]);
  assert.match(refused(`${gateway}\nadmin: {}\n`), /:[0-9]+:1: this key stands here a second time/);
  assert.match(refused("a: &a { b: *a }\n"), /inside its own anchor/);
  assert.match(refused("static_resources: *none\n"), /has no anchor|Unresolved alias/);
  assert.match(refused("static_resources: [\n"), /^x:[0-9]+:[0-9]+: /);
  const bomb = Array.from({ length: 20 }, (_, index) =>
    index === 0 ? "a0: &a0 [x, x]" : `a${index}: &a${index} [*a${index - 1}, *a${index - 1}, *a${index - 1}]`,
  );
  assert.match(refused(`static_resources: {}\n${bomb.join("\n")}\n`), /aliases/);
});

test("what is no configuration of Envoy is refused in one line", () => {
  assert.match(refused("kind: Policy\nversion: 1\n"), /^x: neither an Envoy bootstrap/);
  assert.match(refused("[1, 2]"), /neither/);
  assert.match(refused(""), /neither/);
  assert.match(refused(Buffer.alloc(1024 * 1024 + 1, "a")), /only JSON is read/);
  const part = { configs: [{ "@type": `${TYPE}.admin.v3.ClustersConfigDump` }] };
  assert.match(refused(JSON.stringify(part)), /without its listeners/);
});

test("acceptances: everywhere, at a place and below it, and those that meet nothing", () => {
  const bad = gateway.replace("failure_mode_allow: false", "failure_mode_allow: true");
  const accept = (...written: readonly string[]): Report => {
    const parsed = written.map(parseAcceptance).map((each) => (each.ok ? each.value : assert.fail(each.error)));
    return lint(bad, { accept: parsed });
  };
  const counts = ({ findings, accepted, unused }: Report) => [findings.length, accepted.length, unused.length];
  assert.deepEqual(counts(accept("fails-open")), [0, 1, 0]);
  assert.deepEqual(counts(accept('fails-open@listener "proxy"')), [0, 1, 0]);
  assert.deepEqual(counts(accept('fails-open@listener "pro')), [1, 0, 1]);
  assert.deepEqual(counts(accept("body-none")), [1, 0, 1]);
  assert.deepEqual(parseAcceptance("fails-opn"), {
    ok: false,
    error: 'is no rule of envoy lint; did you mean "fails-open"?',
  });
});

test("the cluster: the usual one, else the one that all ask, else the one that is named", () => {
  const renamed = gateway.replaceAll(/\b(cluster_name|name): sallyport\b/g, "$1: guard");
  assert.match(lint(renamed).guard, /cluster "guard"/);
  assert.deepEqual(ids(renamed), []);
  assert.match(lint(gateway, { cluster: "other" }).guard, /"other"/);
  assert.match(lint({ static_resources: { listeners: [] } }).guard, /no ext_proc filter/);
});

test("nothing that could be secret is printed", () => {
  const secret = "s3cret-" + "value";
  const bad = gateway
    .replace("failure_mode_allow: false", "failure_mode_allow: true")
    .replace(
      "grpc_service:\n",
      `grpc_service:\n                        initial_metadata: [{ key: authorization, value: ${secret} }]\n`,
    )
    .replace("timeout: 0s #", `request_headers_to_add: [{ header: { key: x-api-key, value: ${secret} } }] #`);
  const report = lint(bad);
  assert.ok(report.findings.length >= 2);
  assert.ok(!reportLines(report).join("\n").includes(secret));
  assert.ok(!reportJson(report).includes(secret));
});

test("names cannot steer a terminal", () => {
  const bad = gateway
    .replace("failure_mode_allow: false", "failure_mode_allow: true")
    .replace("    - name: proxy\n", '    - name: "pro\\e[2Jxy\\n"\n');
  const [finding] = lint(bad).findings;
  assert.match(finding?.place ?? "", /^listener "pro\?\[2Jxy\?" > /);
});

test("values count however Envoy lets them be spelt", () => {
  const type = `"@type": ${EXT_PROC}.ExternalProcessor`;
  const wrapped = gateway.replace(
    type,
    `"@type": type.googleapis.com/xds.type.v3.TypedStruct\n                      type_url: ${EXT_PROC}.ExternalProcessor\n                      value: { grpcService: { envoyGrpc: { clusterName: sallyport } }, failureModeAllow: on, processingMode: { requestBodyMode: "4", responseBodyMode: 3 } }\n                      unread:`,
  );
  assert.notEqual(wrapped, gateway);
  const found = ids(wrapped.replace(/unread:\n(?: {22}.*\n|\n)*/, "\n"));
  for (const id of ["fails-open", "body-partial", "trailers-skipped"]) assert.ok(found.includes(id), found.join());
  assert.ok(!found.includes("body-none") && !found.includes("filter-missing"), found.join());
});

test("whatever stands in a configuration, reading it ends", () => {
  const paths: (readonly (string | number)[])[] = [];
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    paths.push(path);
    if (typeof value !== "object" || value === null) return;
    for (const [key, below] of Object.entries(value)) walk(below, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  walk(parse(gateway), []);
  assert.ok(paths.length > 200);
  const junk = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(null, "", [], {}, -1, "FULL_DUPLEX_STREAMED", true),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), junk), { minLength: 1, maxLength: 4 }), (changes) => {
      const root = { top: parse(gateway) as unknown };
      for (const [which, value] of changes) {
        const path = ["top", ...(paths[which % paths.length] ?? [])];
        let holder = root as unknown;
        for (const key of path.slice(0, -1)) {
          if (typeof holder !== "object" || holder === null) break;
          holder = (holder as Record<string | number, unknown>)[key];
        }
        if (typeof holder === "object" && holder !== null)
          (holder as Record<string | number, unknown>)[path.at(-1) ?? "top"] = value;
      }
      // A place behind the end of an array leaves holes in it, which no YAML or JSON can hold: through JSON they are null.
      const value = JSON.parse(JSON.stringify(root.top)) as unknown;
      const linted = lintEnvoy({ label: "x", value, placeOf: () => null }, { cluster: null, accept: [] });
      if (linted.ok) reportLines(linted.value);
    }),
    { numRuns: 300 },
  );
});
