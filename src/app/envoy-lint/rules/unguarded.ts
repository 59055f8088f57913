/** Rules on ways around Sallyport's filter: chains, routes and upgrades where it does not run. */
import { harmlessEnds, types } from "../api.ts";
import { type Manager, type Model, quoted, type Spot } from "../model.ts";
import { at, entries, flag, isSet, items, member, messageOf } from "../parts.ts";
import { guardFilters, guardsIn, leadsToGuard, managersOf, type Passage } from "../passages.ts";
import { type Hit, hitIf, once, type Rule } from "../rule.ts";

export const unguardedRules: readonly Rule[] = [
  {
    id: "filter-missing",
    severity: "error",
    what: "requests go to a cluster without Sallyport's filter",
    why: "what this connection manager forwards is never judged",
    mend: "add the ext_proc filter ahead of the router, or name Sallyport's cluster with --cluster",
    find: (model) => {
      const without = Map.groupBy(
        model.passages.filter(({ guard }) => guard === null),
        ({ manager }) => manager,
      );
      return [...without].map(([manager, passages]) => ({ spot: manager, detail: escapeWords(manager, passages) }));
    },
  },
  {
    id: "filter-disabled",
    severity: "error",
    what: "Sallyport's filter is disabled, and this route does not enable it",
    why: "a filter with disabled: true runs only where a route has a configuration for it",
    mend: "remove disabled: true from the filter",
    find: (model) =>
      once(
        model.passages.flatMap(({ guard, route, manager }) =>
          hitIf(guard !== null && guard.off === guard.filter, {
            place: (route ?? manager).place,
            part: spotPart(guard),
          }),
        ),
      ),
  },
  {
    id: "route-disabled",
    severity: "error",
    what: "Sallyport's filter is switched off for a route that goes to a cluster",
    why: "what matches the route is never judged",
    mend: "remove disabled: true from its typed_per_filter_config",
    find: (model) =>
      once(
        model.passages.flatMap(({ guard }) =>
          guard === null || guard.off === null || guard.off === guard.filter ? [] : [{ spot: guard.off }],
        ),
      ),
  },
  {
    id: "other-server",
    severity: "error",
    what: "a route sends the filter's messages to another server",
    why: "the server that is asked there is not Sallyport",
    mend: "remove grpc_service from the overrides, or let it name Sallyport's cluster",
    find: (model) =>
      once(
        model.passages.flatMap(({ guard }) =>
          guard === null || guard.off !== null
            ? []
            : hitIf(guard.server.value !== model.guardCluster, guard.server.spot, serverWords(guard.server.value)),
        ),
      ),
  },
  {
    id: "filter-conditional",
    severity: "error",
    what: "Sallyport's filter stands inside another filter that decides when it runs",
    why: "a matcher, composite or filter chain lets requests by that it does not choose",
    mend: "put the ext_proc filter into http_filters itself",
    find: (model) =>
      managersOf(model).flatMap(([{ filters }]) =>
        filters
          .filter(({ inside }) => inside.some(({ asks }) => asks === model.guardCluster))
          .map((spot) => ({ spot })),
      ),
  },
  {
    id: "filter-optional",
    severity: "warning",
    what: "Sallyport's filter is marked is_optional",
    why: "an Envoy that does not know the filter runs without it",
    mend: "remove is_optional",
    find: (model) =>
      guardFilters(model)
        .filter(({ optional }) => optional)
        .map((spot) => ({ spot })),
  },
  {
    id: "override-unused",
    severity: "warning",
    what: "a route configures ext_proc under a name that no filter of its chain has",
    why: "Envoy goes by the configured name of the filter; the entry does nothing",
    mend: "use the name that the filter has in http_filters",
    find: unusedOverrides,
  },
  {
    id: "tcp-proxy",
    severity: "error",
    what: "a chain hands on raw bytes, without HTTP",
    why: "ext_proc judges HTTP only; these bytes are never judged",
    mend: "use an http_connection_manager with the filter, or remove the chain",
    find: (model) =>
      model.listeners
        .filter(({ internal }) => !internal)
        .flatMap(({ chains }) => chains)
        .flatMap(({ terminal }) =>
          terminal === null ||
          harmlessEnds.has(terminal.kind) ||
          terminal.clusters.every((cluster) => leadsToGuard(cluster, model))
            ? []
            : [{ spot: terminal, detail: terminal.kind }],
        ),
  },
  {
    id: "udp-proxy",
    severity: "error",
    what: "a listener hands on datagrams",
    why: "ext_proc judges HTTP only; these bytes are never judged",
    mend: "remove the listener, or serve HTTP/3 with an http_connection_manager",
    find: (model) => model.listeners.flatMap(({ udpProxies }) => udpProxies.map((spot) => ({ spot }))),
  },
  {
    id: "upgrade-unguarded",
    severity: "error",
    what: "an upgrade has filters of its own, without Sallyport's",
    why: "any client can ask for the upgrade, and its bytes then meet only those filters",
    mend: "remove filters from the upgrade, or the upgrade",
    find: (model) =>
      managersOf(model).flatMap(([{ upgrades }]) =>
        upgrades.flatMap((upgrade) =>
          hitIf(upgrade.filters !== null && guardsIn(upgrade.filters, model).length === 0, upgrade),
        ),
      ),
  },
  {
    id: "upgrade",
    severity: "warning",
    what: "a protocol upgrade (WebSocket, CONNECT) is allowed",
    why: "what follows it is no body that ends: Sallyport refuses it, or holds it until a time-out",
    mend: "remove the upgrade",
    find: (model) =>
      managersOf(model).flatMap(([manager]) =>
        [
          ...manager.upgrades.filter(({ filters }) => filters === null || guardsIn(filters, model).length > 0),
          ...upgradesOfRoutes(manager),
        ].map((spot) => ({ spot })),
      ),
  },
  {
    id: "route-to-guard",
    severity: "warning",
    what: "a route leads to Sallyport itself",
    why: "clients could speak ext_proc with it and take its places",
    mend: "remove the route",
    find: (model) =>
      managersOf(model).flatMap(([{ routes }]) =>
        routes.filter(({ cluster }) => cluster !== null && cluster === model.guardCluster).map((spot) => ({ spot })),
      ),
  },
];

const spotPart = (guard: Passage["guard"]): Spot["part"] => guard?.filter.part ?? { value: undefined, path: [] };

const serverWords = (server: string | null): string =>
  server === null ? "no gRPC server (http_service sees no bodies)" : `cluster ${quoted(server)}`;

function escapeWords({ filters }: Manager, passages: readonly Passage[]): string {
  const others = filters.map(({ asks }) => asks).filter((asks) => asks !== null);
  const ways = `${passages.length} ${passages.length === 1 ? "way" : "ways"} out`;
  return others.length === 0 ? ways : `${ways}; its ext_proc asks ${others.map(quoted).join(", ")}`;
}

function upgradesOfRoutes({ routes }: Manager): readonly Spot[] {
  return routes.flatMap(({ place, forward }) =>
    items(at(forward, "upgrade_configs"))
      .filter((upgrade) => !isSet(at(upgrade, "enabled")) || flag(at(upgrade, "enabled")))
      .map((part) => ({ place, part })),
  );
}

function unusedOverrides(model: Model): readonly Hit[] {
  return once(
    managersOf(model).flatMap(([{ filters, routes }]) => {
      const names = new Set(filters.map(({ name }) => name));
      return routes.flatMap(({ holders }) =>
        holders.flatMap(({ place, part }) =>
          entries(at(part, "typed_per_filter_config"))
            .filter(([name, entry]) => !names.has(name) && isExtProcEntry(entry))
            .map(([name]) => ({
              spot: { place, part: member(at(part, "typed_per_filter_config"), name) },
              detail: quoted(name),
            })),
        ),
      );
    }),
  );
}

function isExtProcEntry(entry: Spot["part"]): boolean {
  const { type, fields } = messageOf(entry);
  return (type === types.filterConfig ? messageOf(at(fields, "config")).type : type) === types.extProcPerRoute;
}
