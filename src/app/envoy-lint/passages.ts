/**
 * Every way through a connection manager to a cluster that is not Sallyport's, with the settings of Sallyport's filter as
 * they are there: what a more specific place says wins (weighted cluster, route, virtual host, route configuration, filter).
 * `overrides` replace a processing mode whole, and an override switches a filter on that a less specific place disabled.
 * Pure.
 */
import { type BodyMode, bodyModes, sendModes, types } from "./api.ts";
import type { Chain, HttpFilter, Listener, Manager, Model, Route, Spot } from "./model.ts";
import { at, choice, flag, isSet, items, member, messageOf, type Part, text } from "./parts.ts";
import { serverOf } from "./read-filters.ts";

/** A value, and the place that says so. */
export type Setting<T> = { readonly value: T; readonly spot: Spot };

export type Modes = {
  /** `null`: a mode that Envoy does not have. */
  readonly requestBody: BodyMode | null;
  readonly replyBody: BodyMode | null;
  readonly requestHeaders: boolean;
  readonly replyHeaders: boolean;
  readonly requestTrailers: boolean;
  readonly replyTrailers: boolean;
};

export type GuardSettings = {
  readonly filter: HttpFilter;
  /** Where it is switched off. */
  readonly off: Spot | null;
  readonly modes: Setting<Modes>;
  readonly failsOpen: Setting<boolean>;
  readonly server: Setting<string | null>;
  /** Metadata namespaces that it may write. */
  readonly receives: Setting<readonly string[]>;
};

export type Passage = {
  readonly manager: Manager;
  readonly listener: Listener;
  /** `null`: no route is known, because they come by xDS. */
  readonly route: Route | null;
  /** `null`: the manager has no filter of Sallyport's. */
  readonly guard: GuardSettings | null;
};

export const managersOf = (model: Model): readonly (readonly [Manager, Listener])[] =>
  model.listeners.flatMap((listener) =>
    listener.chains.flatMap(({ managers }) => managers.map((manager) => [manager, listener] as const)),
  );

export const guardsIn = (filters: readonly HttpFilter[], { guardCluster }: Model): readonly HttpFilter[] =>
  guardCluster === null ? [] : filters.filter(({ asks }) => asks === guardCluster);

/** Sallyport's own filters, wherever they stand. */
export const guardFilters = (model: Model): readonly HttpFilter[] =>
  managersOf(model).flatMap(([{ filters, upgrades }]) =>
    [filters, ...upgrades.map((upgrade) => upgrade.filters ?? [])].flatMap((each) => guardsIn(each, model)),
  );

export function passagesOf(model: Model): readonly Passage[] {
  return managersOf(model).flatMap(([manager, listener]): readonly Passage[] => {
    const filter = guardsIn(manager.filters, model)[0];
    // Upgrades with filters of their own; those without Sallyport's are a finding in any case.
    const others = manager.upgrades.flatMap(({ filters }) => guardsIn(filters ?? [], model).slice(0, 1));
    const isEntered = filter === undefined && listener.internal; // then it is judged where it is entered
    const chosen = isEntered ? others : [filter, ...others];
    return chosen.flatMap((each) => passagesBy(each, manager, listener, model));
  });
}

/** The manager's ways out under one filter of Sallyport's, or without one. */
function passagesBy(
  filter: HttpFilter | undefined,
  manager: Manager,
  listener: Listener,
  model: Model,
): readonly Passage[] {
  const guardFor = (holders: readonly Spot[]) => (filter === undefined ? null : settingsOf(filter, holders));
  if (manager.routes.length === 0)
    return filter === undefined ? [] : [{ manager, listener, route: null, guard: guardFor([]) }];
  return manager.routes
    .filter(({ action, cluster }) => action === "forward" && !leadsToGuard(cluster, model))
    .map((route) => ({ manager, listener, route, guard: guardFor(route.holders) }));
}

/** The guard's own cluster, or one whose endpoints are all listeners of this Envoy where every chain has the guard. */
export function leadsToGuard(cluster: string | null, model: Model): boolean {
  if (cluster === null) return false;
  if (cluster === model.guardCluster) return true;
  const endpoints = model.clusters.get(cluster)?.endpoints ?? [];
  return endpoints.length > 0 && endpoints.every((endpoint) => isGuardedListener(endpoint, model));
}

function isGuardedListener(endpoint: string, model: Model): boolean {
  const target = model.listeners.find(({ name, internal, addresses }) =>
    internal ? endpoint === `internal:${name}` : addresses.includes(endpoint),
  );
  return target !== undefined && target.chains.length > 0 && target.chains.every((chain) => isGuarded(chain, model));
}

const isGuarded = ({ managers, terminal }: Chain, model: Model): boolean =>
  terminal === null &&
  managers.length > 0 &&
  managers.every(({ filters }) => guardsIn(filters, model).some(({ disabled }) => !disabled));

/** What one place says of the filter; `null`: nothing. */
type Entry = { readonly spot: Spot; readonly off: boolean; readonly overrides: Part };

function entryOf(holder: Spot, name: string): Entry | null {
  const entry = member(at(holder.part, "typed_per_filter_config"), name);
  if (!isSet(entry)) return null;
  const outer = messageOf(entry);
  const spot = { place: holder.place, part: entry };
  if (outer.type !== types.filterConfig) return perRoute(spot, outer.fields);
  if (flag(at(outer.fields, "disabled"))) return { spot, off: true, overrides: { value: undefined, path: [] } };
  return perRoute(spot, messageOf(at(outer.fields, "config")).fields);
}

const perRoute = (spot: Spot, fields: Part): Entry => ({
  spot,
  off: flag(at(fields, "disabled")),
  overrides: at(fields, "overrides"),
});

function settingsOf(filter: HttpFilter, holders: readonly Spot[]): GuardSettings {
  const said = holders.map((holder) => entryOf(holder, filter.name)).filter((entry) => entry !== null);
  const last = said.at(-1);
  const overrides = said.filter(({ off }) => !off);
  /** The most specific place that sets the field, else the filter itself. */
  const setting = <T>(field: string, read: (part: Part) => T): Setting<T> => {
    const from = overrides.findLast((entry) => isSet(at(entry.overrides, ...field.split("."))));
    const part = at(from?.overrides ?? filter.config, ...field.split("."));
    const spot = from?.spot ?? filter;
    return { value: read(part), spot: { place: spot.place, part: isSet(part) ? part : spot.part } };
  };
  const off = last === undefined ? (filter.disabled ? filter : null) : last.off ? last.spot : null;
  return {
    filter,
    off,
    modes: setting("processing_mode", readModes),
    failsOpen: setting("failure_mode_allow", flag),
    server: setting("grpc_service", serverOf),
    receives: setting("metadata_options.receiving_namespaces", (part) => items(at(part, "untyped")).map(text)),
  };
}

function readModes(mode: Part): Modes {
  const sends = (field: string, byDefault: boolean): boolean => {
    const value = choice(at(mode, field), sendModes);
    return value === "SEND" || (value !== "SKIP" && byDefault);
  };
  return {
    requestBody: choice(at(mode, "request_body_mode"), bodyModes),
    replyBody: choice(at(mode, "response_body_mode"), bodyModes),
    requestHeaders: sends("request_header_mode", true),
    replyHeaders: sends("response_header_mode", true),
    requestTrailers: sends("request_trailer_mode", false),
    replyTrailers: sends("response_trailer_mode", false),
  };
}
