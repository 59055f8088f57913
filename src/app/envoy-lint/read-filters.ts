/** HTTP filters of a connection manager or of an upgrade. Filters that come by ECDS are looked up in the dump. Pure. */
import { kindOf, types } from "./api.ts";
import { below, type HttpFilter, type Spot } from "./model.ts";
import { at, flag, isSet, items, messageOf, messagesBelow, type Part, text } from "./parts.ts";

/** What else the source says, and where to tell what it does not say. */
export type Sources = {
  /** Filters by ECDS: name to `typed_config`. */
  readonly filters: ReadonlyMap<string, Part>;
  /** Route configurations by RDS. */
  readonly routes: ReadonlyMap<string, Part>;
  /** Scoped route configurations by SRDS: name of the set to its members. */
  readonly scopes: ReadonlyMap<string, readonly Part[]>;
  readonly hide: (spot: Spot, what: string) => void;
};

export function readFilters(list: Part, place: string, sources: Sources): readonly HttpFilter[] {
  return items(list).map((part) => readFilter(part, place, sources));
}

function readFilter(part: Part, above: string, sources: Sources): HttpFilter {
  const name = text(at(part, "name"));
  const place = below(above, "filter", name);
  const discovery = at(part, "config_discovery");
  let config = at(part, "typed_config");
  if (isSet(discovery)) {
    const known = sources.filters.get(name);
    if (known === undefined) sources.hide({ place, part }, "this filter's configuration");
    config = known ?? at(discovery, "default_config");
  }
  const { type, fields } = messageOf(config);
  const isExtProc = type === types.extProc;
  return {
    place,
    part,
    name,
    kind: kindOf(type),
    config: fields,
    disabled: flag(at(part, "disabled")),
    optional: flag(at(part, "is_optional")),
    asks: isExtProc ? serverOf(at(fields, "grpc_service")) : null,
    inside: isExtProc
      ? []
      : messagesBelow(config, types.extProc).map((inner) => ({
          place,
          part: inner,
          asks: serverOf(at(inner, "grpc_service")),
        })),
  };
}

/** The cluster, or the target, of a gRPC service. */
export function serverOf(service: Part): string | null {
  const cluster = text(at(service, "envoy_grpc", "cluster_name"));
  const target = text(at(service, "google_grpc", "target_uri"));
  return cluster || target || null;
}
