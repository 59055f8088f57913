/** A listener with its filter chains and connection managers. Pure; routes and filters are read by files of their own. */
import { kindOf, types } from "./api.ts";
import { below, type Chain, type Listener, type Manager, type Upgrade } from "./model.ts";
import { at, count, flag, isSet, items, messageOf, messagesBelow, type Part, text } from "./parts.ts";
import { readFilters, type Sources } from "./read-filters.ts";
import { readRoutes } from "./read-routes.ts";

export function readListener(part: Part, index: number, sources: Sources): Listener {
  const name = text(at(part, "name"));
  const place = below("", "listener", name === "" ? index : name);
  const written = items(at(part, "filter_chains")).map((chain, which) =>
    readChain(chain, below(place, "filter chain", text(at(chain, "name")) || which), sources),
  );
  const fallback = at(part, "default_filter_chain");
  const api = messagesBelow(at(part, "api_listener"), types.manager).map((manager) => {
    const inside = `${place} > api listener`;
    return { place: inside, part: manager, managers: [readManager(manager, inside, sources)], terminal: null };
  });
  const chains = isSet(fallback) ? [readChain(fallback, `${place} > default filter chain`, sources)] : [];
  if (["fcds_config", "filter_chain_discovery"].some((field) => isSet(at(part, field))))
    sources.hide({ place, part }, "its filter chains");
  return {
    place,
    part,
    name,
    internal: isSet(at(part, "internal_listener")),
    addresses: [at(part, "address"), ...items(at(part, "additional_addresses")).map((more) => at(more, "address"))]
      .map(addressOf)
      .filter((address) => address !== null),
    chains: [...written, ...chains, ...api],
    udpProxies: items(at(part, "listener_filters"))
      .filter((filter) => /udp_proxy|\.udp\./.test(messageOf(at(filter, "typed_config")).type))
      .map((filter) => ({ place: below(place, "listener filter", text(at(filter, "name"))), part: filter })),
    bufferBytes: count(at(part, "per_connection_buffer_limit_bytes")),
  };
}

/** `HOST:PORT`, a socket's path, or `internal:LISTENER`. */
export function addressOf(address: Part): string | null {
  const socket = at(address, "socket_address");
  if (isSet(socket)) return `${text(at(socket, "address"))}:${count(at(socket, "port_value")) ?? ""}`;
  const inner = text(at(address, "envoy_internal_address", "server_listener_name"));
  if (inner !== "") return `internal:${inner}`;
  return text(at(address, "pipe", "path")) || null;
}

function readChain(part: Part, place: string, sources: Sources): Chain {
  const filters = items(at(part, "filters"));
  const managers = filters.flatMap((filter) => {
    const found = messagesBelow(at(filter, "typed_config"), types.manager);
    return found.map((manager) => readManager(manager, place, sources));
  });
  for (const filter of filters)
    if (isSet(at(filter, "config_discovery")))
      sources.hide({ place: below(place, "network filter", text(at(filter, "name"))), part: filter }, "this filter");
  const last = filters.at(-1);
  if (managers.length > 0 || last === undefined || isSet(at(last, "config_discovery")))
    return { place, part, managers, terminal: null };
  const { type, fields } = messageOf(at(last, "typed_config"));
  const weighted = items(at(fields, "weighted_clusters", "clusters")).map((each) => text(at(each, "name")) || null);
  return {
    place,
    part,
    managers,
    terminal: {
      place: below(place, "network filter", text(at(last, "name"))),
      part: last,
      kind: kindOf(type),
      clusters: weighted.length > 0 ? weighted : [text(at(fields, "cluster")) || null],
    },
  };
}

function readManager(config: Part, place: string, sources: Sources): Manager {
  return {
    place,
    part: config,
    config,
    filters: readFilters(at(config, "http_filters"), place, sources),
    routes: readRoutes(config, place, sources),
    upgrades: items(at(config, "upgrade_configs"))
      .filter((upgrade) => !isSet(at(upgrade, "enabled")) || flag(at(upgrade, "enabled")))
      .map((upgrade) => readUpgrade(upgrade, place, sources)),
  };
}

function readUpgrade(part: Part, above: string, sources: Sources): Upgrade {
  const type = text(at(part, "upgrade_type"));
  const place = below(above, "upgrade", type);
  const filters = at(part, "filters");
  return { place, part, type, filters: items(filters).length > 0 ? readFilters(filters, place, sources) : null };
}
