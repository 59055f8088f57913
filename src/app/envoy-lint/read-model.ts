/**
 * A bootstrap or a config dump to the model that the rules look at. In a dump the live lists count and not the bootstrap
 * that it repeats; of dynamic listeners what is active and what is about to be. Pure.
 */
import { err, ok, type Result } from "../../stdx/result.ts";
import { below, type Cluster, type Listener, type Model, quoted } from "./model.ts";
import { at, isSet, items, member, type Part, rootOf, text } from "./parts.ts";
import type { Sources } from "./read-filters.ts";
import { addressOf, readListener } from "./read-listeners.ts";

/** The cluster's name in the configurations that come with Sallyport. */
export const usualCluster = "sallyport";

type Parts = {
  readonly origin: Model["origin"];
  readonly bootstrap: Part;
  readonly listeners: readonly Part[];
  readonly clusters: readonly Part[];
  readonly sources: Omit<Sources, "hide">;
};

/** `cluster`: where the operator says Sallyport is. The error says why the value is no configuration. */
export function readModel(value: unknown, cluster: string | null): Result<Model, string> {
  const root = rootOf(value);
  const dump = dumpSections(root);
  const isBootstrap = ["static_resources", "dynamic_resources", "admin", "node"].some((key) => isSet(at(root, key)));
  if (dump === null && !isBootstrap)
    return err("neither an Envoy bootstrap (static_resources) nor a config dump (configs)");
  if (dump !== null && !dump.has("ListenersConfigDump"))
    return err("a config dump without its listeners; ask for /config_dump without resource or mask");
  const parts = dump === null ? fromBootstrap(root) : fromDump(dump);
  const hidden: { place: string; part: Part; what: string }[] = [];
  const hide: Sources["hide"] = (spot, what) => void hidden.push({ ...spot, what });
  if (dump === null) hideDynamic(root, hide);
  const listeners = parts.listeners.map((part, index) => readListener(part, index, { ...parts.sources, hide }));
  return ok({
    origin: parts.origin,
    bootstrap: parts.bootstrap,
    listeners,
    clusters: new Map(parts.clusters.map((part) => [text(at(part, "name")), readCluster(part)])),
    hidden,
    guardCluster: cluster ?? guardClusterIn(listeners),
  });
}

/** The usual one if any ext_proc filter asks it; else the one that all of them ask. */
function guardClusterIn(listeners: readonly Listener[]): string | null {
  const filters = listeners
    .flatMap(({ chains }) => chains)
    .flatMap(({ managers }) => managers)
    .flatMap(({ filters, upgrades }) => [...filters, ...upgrades.flatMap((upgrade) => upgrade.filters ?? [])]);
  const asked = new Set(
    filters
      .flatMap(({ asks, inside }) => [asks, ...inside.map((each) => each.asks)])
      .filter((server) => server !== null),
  );
  if (asked.has(usualCluster)) return usualCluster;
  return asked.size === 1 ? ([...asked][0] ?? null) : null;
}

function fromBootstrap(root: Part): Parts {
  const fixed = at(root, "static_resources");
  return {
    origin: "bootstrap",
    bootstrap: root,
    listeners: items(at(fixed, "listeners")),
    clusters: items(at(fixed, "clusters")),
    sources: { filters: new Map(), routes: new Map(), scopes: new Map() },
  };
}

function hideDynamic(root: Part, hide: Sources["hide"]): void {
  const dynamic = at(root, "dynamic_resources");
  const named = { lds_config: "listeners", cds_config: "clusters", ads_config: "what is asked for by ADS" };
  for (const [field, what] of Object.entries(named)) {
    const part = at(dynamic, field);
    if (isSet(part)) hide({ place: `dynamic_resources ${field}`, part }, what);
  }
}

type Sections = ReadonlyMap<string, readonly Part[]>;

/** By message name without package. `null`: no config dump. */
function dumpSections(root: Part): Sections | null {
  const configs = items(at(root, "configs"));
  const named = configs.map((part) => [text(member(part, "@type")).split(".").at(-1) ?? "", part] as const);
  if (!named.some(([name]) => name.endsWith("ConfigDump"))) return null;
  const sections = new Map<string, Part[]>();
  for (const [name, part] of named) sections.set(name, [...(sections.get(name) ?? []), part]);
  return sections;
}

function fromDump(dump: Sections): Parts {
  const all = (section: string, list: string): readonly Part[] =>
    (dump.get(section) ?? []).flatMap((part) => items(at(part, list)));
  const below = (section: string, lists: readonly string[], field: string): readonly Part[] =>
    lists.flatMap((list) => all(section, list).map((each) => at(each, field))).filter(isSet);
  const dynamic = all("ListenersConfigDump", "dynamic_listeners").flatMap((each) =>
    ["active_state", "warming_state"].map((state) => at(each, state, "listener")).filter(isSet),
  );
  const routes = below("RoutesConfigDump", ["dynamic_route_configs", "static_route_configs"], "route_config");
  const filters = below("EcdsConfigDump", ["ecds_filters"], "ecds_filter");
  const scopes = ["inline_scoped_route_configs", "dynamic_scoped_route_configs"].flatMap((list) =>
    all("ScopedRoutesConfigDump", list),
  );
  return {
    origin: "config dump",
    bootstrap: at((dump.get("BootstrapConfigDump") ?? [])[0] ?? rootOf(undefined), "bootstrap"),
    listeners: [...below("ListenersConfigDump", ["static_listeners"], "listener"), ...dynamic],
    clusters: below(
      "ClustersConfigDump",
      ["static_clusters", "dynamic_active_clusters", "dynamic_warming_clusters"],
      "cluster",
    ),
    sources: {
      filters: new Map(filters.map((part) => [text(at(part, "name")), at(part, "typed_config")])),
      // The first of a name wins: dynamic ones are what RDS means.
      routes: new Map(routes.toReversed().map((part) => [text(at(part, "name")), part])),
      scopes: new Map(scopes.map((part) => [text(at(part, "name")), items(at(part, "scoped_route_configs"))])),
    },
  };
}

function readCluster(config: Part): Cluster {
  const name = text(at(config, "name"));
  const endpoints = items(at(config, "load_assignment", "endpoints"))
    .flatMap((locality) => items(at(locality, "lb_endpoints")))
    .map((endpoint) => addressOf(at(endpoint, "endpoint", "address")))
    .filter((address) => address !== null);
  return { place: below("", "cluster", name), part: config, name, config, endpoints };
}

/** What the report says of the cluster it took for Sallyport. */
export const guardWords = ({ guardCluster }: Model): string =>
  guardCluster === null ? "no ext_proc filter that could be Sallyport" : `Sallyport is cluster ${quoted(guardCluster)}`;
