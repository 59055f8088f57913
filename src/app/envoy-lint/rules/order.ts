/** Rules on the filters around Sallyport's: what they can do to a body before or after it was judged. */
import { bodyFilters, httpOptions, plainFilters } from "../api.ts";
import { below, type HttpFilter, type Model, type Spot } from "../model.ts";
import { at, isSet, items, member, messageOf } from "../parts.ts";
import { guardFilters, guardsIn, managersOf } from "../passages.ts";
import { type Hit, hitIf, type Rule } from "../rule.ts";

type Around = {
  readonly ahead: readonly HttpFilter[];
  /** Between Sallyport's filter and the router. */
  readonly behind: readonly HttpFilter[];
};

/** Filters ahead of and behind the first filter of Sallyport's; nothing of managers without one. */
function aroundGuards(model: Model): readonly Around[] {
  return managersOf(model).flatMap(([{ filters }]) => {
    const guard = guardsIn(filters, model)[0];
    if (guard === undefined) return [];
    const where = filters.indexOf(guard);
    const router = filters.findIndex(({ kind }) => kind === "router");
    return [{ ahead: filters.slice(0, where), behind: filters.slice(where + 1, router === -1 ? undefined : router) }];
  });
}

const isOtherExtProc = ({ kind, asks }: HttpFilter, { guardCluster }: Model): boolean =>
  kind === "ext_proc" && asks !== guardCluster;

const readsBodies = (filter: HttpFilter): boolean =>
  bodyFilters.has(filter.kind) || (filter.kind === "ext_authz" && isSet(at(filter.config, "with_request_body")));

const spotsOf = (filters: readonly HttpFilter[]): readonly Hit[] =>
  filters.map((filter) => ({ spot: filter, detail: filter.kind }));

export const orderRules: readonly Rule[] = [
  {
    id: "filter-behind-guard",
    severity: "warning",
    what: "a filter between Sallyport and the router can change what goes to the model",
    why: "what it writes into a prompt was not judged",
    mend: "put it ahead of Sallyport's filter",
    find: (model) =>
      aroundGuards(model).flatMap(({ behind }) =>
        spotsOf(behind.filter((filter) => bodyFilters.has(filter.kind) && filter.kind !== "ext_proc")),
      ),
  },
  {
    id: "filter-ahead-of-guard",
    severity: "warning",
    what: "a filter ahead of Sallyport can send a prompt elsewhere, or change a reply that was judged",
    why: "it meets a request before Sallyport and a reply after it",
    mend: "check that it does neither, or put it behind Sallyport's filter",
    find: (model) =>
      aroundGuards(model).flatMap(({ ahead }) =>
        spotsOf(ahead.filter((filter) => readsBodies(filter) && filter.kind !== "ext_proc")),
      ),
  },
  {
    id: "other-ext-proc",
    severity: "warning",
    what: "another ext_proc filter stands in the chain",
    why: "its server can change bodies; and two in full duplex have truncated and stalled bodies in Envoy",
    mend: "put what changes prompts ahead of Sallyport, use full duplex in one of them, and try large bodies",
    find: (model) =>
      aroundGuards(model).flatMap(({ ahead, behind }) =>
        spotsOf([...ahead, ...behind].filter((filter) => isOtherExtProc(filter, model))),
      ),
  },
  {
    id: "guard-twice",
    severity: "warning",
    what: "Sallyport's filter stands twice in a chain",
    why: "every body is judged twice, and two filters in full duplex can stall each other",
    mend: "keep the one next to the router",
    find: (model) =>
      managersOf(model).flatMap(([{ filters }]) =>
        guardsIn(filters, model)
          .slice(1)
          .map((spot) => ({ spot })),
      ),
  },
  {
    id: "compression-behind-guard",
    severity: "warning",
    what: "bodies are compressed or unpacked between Sallyport and the router",
    why: "Sallyport then gets replies compressed by Envoy itself, or prompts that are not yet unpacked",
    mend: "put compressor and decompressor ahead of Sallyport's filter",
    find: (model) =>
      aroundGuards(model).flatMap(({ behind }) =>
        spotsOf(behind.filter(({ kind }) => kind === "compressor" || kind === "decompressor")),
      ),
  },
  {
    id: "no-router",
    severity: "warning",
    what: "the last filter is not the router",
    why: "where it sends requests does not show in routes",
    mend: "check by hand that nothing passes by Sallyport",
    find: (model) =>
      managersOf(model).flatMap(([{ filters }]) => {
        const last = filters.at(-1);
        const isRouter = last === undefined || last.kind === "router" || last.config.value === undefined;
        return isRouter ? [] : [{ spot: last, detail: last.kind }];
      }),
  },
  {
    id: "filter-upstream",
    severity: "warning",
    what: "filters of a cluster or of the router run behind Sallyport",
    why: "they see and can change what was judged, once for every try",
    mend: "move them into http_filters, ahead of Sallyport's filter",
    find: (model) => upstreamFilters(model).map((spot) => ({ spot })),
  },
  {
    id: "filter-unknown",
    severity: "note",
    what: "a filter that this linter does not know",
    why: "what it does to bodies cannot be told",
    mend: "check that it neither sends nor changes bodies",
    find: (model) =>
      managersOf(model).flatMap(([{ filters }]) =>
        filters.flatMap((filter) =>
          hitIf(isSet(filter.config) && !plainFilters.has(filter.kind) && !bodyFilters.has(filter.kind), filter),
        ),
      ),
  },
];

/** All but the codec, which must be there and does nothing else. */
function upstreamFilters(model: Model): readonly Spot[] {
  if (guardFilters(model).length === 0) return [];
  const ofClusters = [...model.clusters.values()]
    .filter(({ name }) => name !== model.guardCluster)
    .map(({ place, config }) => ({
      place,
      part: at(member(at(config, "typed_extension_protocol_options"), httpOptions), "http_filters"),
    }));
  const ofRouters = managersOf(model)
    .flatMap(([{ filters }]) => filters)
    .filter(({ kind }) => kind === "router")
    .map(({ place, config }) => ({ place, part: at(config, "upstream_http_filters") }));
  return [...ofClusters, ...ofRouters].flatMap(({ place, part }) =>
    items(part)
      .filter((filter) => !messageOf(at(filter, "typed_config")).type.includes(".upstream_codec."))
      .map((filter) => ({ place: below(place, "filter", nameOf(filter)), part: filter })),
  );
}

const nameOf = (filter: Spot["part"]): string => {
  const { value } = at(filter, "name");
  return typeof value === "string" ? value : "";
};
