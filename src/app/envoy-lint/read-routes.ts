/**
 * Routes of a connection manager, from wherever they come: written beside it, by RDS, scoped, or under a matcher. A route
 * with weighted clusters is one route for each of them, because each may switch filters off by itself. Pure.
 */
import { types } from "./api.ts";
import { below, type Route, type Spot } from "./model.ts";
import { at, isSet, items, messagesBelow, type Part, text } from "./parts.ts";
import type { Sources } from "./read-filters.ts";

/** `manager` is the connection manager's configuration. */
export function readRoutes(manager: Part, place: string, sources: Sources): readonly Route[] {
  const inline = at(manager, "route_config");
  if (isSet(inline)) return readConfiguration(inline, place, sources);
  const rds = at(manager, "rds");
  if (isSet(rds)) return byName(rds, text(at(rds, "route_config_name")), place, sources);
  const scoped = at(manager, "scoped_routes");
  return isSet(scoped) ? readScoped(scoped, place, sources) : [];
}

function byName(from: Part, name: string, place: string, sources: Sources): readonly Route[] {
  const known = sources.routes.get(name);
  if (known !== undefined) return readConfiguration(known, place, sources);
  sources.hide({ place: below(place, "route configuration", name), part: from }, "these routes");
  return [];
}

function readScoped(scoped: Part, place: string, sources: Sources): readonly Route[] {
  const written = items(at(scoped, "scoped_route_configurations_list", "scoped_route_configurations"));
  const name = text(at(scoped, "name"));
  const known = sources.scopes.get(name) ?? [];
  if (written.length === 0 && known.length === 0) sources.hide({ place, part: scoped }, "the scoped routes");
  return [...written, ...known].flatMap((scope) => {
    const inside = below(place, "scope", text(at(scope, "name")));
    const inline = at(scope, "route_configuration");
    if (isSet(inline)) return readConfiguration(inline, inside, sources);
    return byName(scope, text(at(scope, "route_configuration_name")), inside, sources);
  });
}

function readConfiguration(configuration: Part, above: string, sources: Sources): readonly Route[] {
  const place = below(above, "route configuration", text(at(configuration, "name")));
  const holder = { place, part: configuration };
  if (isSet(at(configuration, "vhds"))) sources.hide(holder, "its virtual hosts");
  return items(at(configuration, "virtual_hosts")).flatMap((host) => {
    const inHost = { place: below(place, "virtual host", text(at(host, "name"))), part: host };
    const matched = [types.route, types.routeList].flatMap((type) => messagesBelow(at(host, "matcher"), type));
    const inMatcher = matched.flatMap((each) => (isSet(at(each, "routes")) ? items(at(each, "routes")) : [each]));
    return [...items(at(host, "routes")), ...inMatcher].flatMap((route, index) =>
      readRoute(route, index, [holder, inHost]),
    );
  });
}

function readRoute(part: Part, index: number, above: readonly [Spot, Spot]): readonly Route[] {
  const name = text(at(part, "name"));
  const place = below(above[1].place, "route", name === "" ? index : name);
  const forward = at(part, "route");
  const own: Omit<Route, "action" | "cluster"> = {
    place,
    part,
    forward,
    virtualHost: above[1].part,
    holders: [...above, { place, part }],
  };
  if (!isSet(forward)) return [{ ...own, action: "answer", cluster: null }];
  const weighted = at(forward, "weighted_clusters", "clusters");
  if (items(weighted).length === 0)
    return [{ ...own, action: "forward", cluster: text(at(forward, "cluster")) || null }];
  return items(weighted).map((each, which) => {
    const cluster = text(at(each, "name"));
    const spot = { place: below(place, "weighted cluster", cluster || which), part: each };
    return { ...own, ...spot, action: "forward", cluster: cluster || null, holders: [...own.holders, spot] };
  });
}
