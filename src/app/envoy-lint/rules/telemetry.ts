/** Rules on what leaves Envoy about exchanges: whether verdicts are told and counted, and whether queries are told with them. */
import { at, isSet, items, mentions, messageOf, type Part, text, textsBelow } from "../parts.ts";
import { guardsIn, managersOf } from "../passages.ts";
import { type Hit, hitIf, type Rule, type View } from "../rule.ts";
import type { Manager, Spot } from "../model.ts";

/** The metadata namespace of verdicts. */
const namespace = "sallyport";
const stats = "envoy.extensions.access_loggers.stats.v3.Config";
const grpc = "envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig";
/** What writes lines. Without a format of its own such a log has Envoy's, which begins with the path and its query. */
const lines = /^envoy\.extensions\.access_loggers\.(file|stream)\.v3\./;
const formats = ["log_format", "format", "json_format", "typed_json_format"];

const withGuard = (view: View): readonly Manager[] =>
  managersOf(view)
    .map(([manager]) => manager)
    .filter(({ filters }) => guardsIn(filters, view).length > 0);

type Log = { readonly part: Part; readonly type: string; readonly config: Part };

const logsOf = ({ config }: Manager): readonly Log[] =>
  items(at(config, "access_log")).map((part) => {
    const { type, fields } = messageOf(at(part, "typed_config"));
    return { part, type, config: fields };
  });

const logSpot = ({ place, part, config }: Manager): Spot => {
  const log = at(config, "access_log");
  return { place, part: isSet(log) ? log : part };
};

/** The operators in it that give a path with its query, or the query alone. */
function queryOperators(format: string): readonly string[] {
  const found = format.match(/%(REQ|PATH|QUERY_PARAMS?|CEL)\b[^%]*%/g) ?? [];
  return found.filter((operator) => {
    if (operator.startsWith("%QUERY_PARAM")) return true;
    if (operator.startsWith("%PATH")) return !operator.startsWith("%PATH(NQ");
    if (operator.startsWith("%CEL")) return /\brequest\.(path|query)\b|':path'|":path"/.test(operator);
    const names = /^%REQ\(([^)]*)\)/.exec(operator)?.[1]?.toLowerCase().split("?") ?? [];
    return names.some((name) => name === ":path" || name === "x-envoy-original-path");
  });
}

const namesOf = (part: Part): readonly string[] =>
  textsBelow(part).flatMap((format) =>
    queryOperators(format).map((operator) => operator.slice(1, -1).split(/[(:]/)[0] ?? ""),
  );

/** Why a log tells queries; `null` where it does not. */
function tellsQuery({ part, type, config }: Log): string | null {
  if (type === grpc) return mentions(at(part, "filter"), ":path") ? null : "the access log service always sends it";
  if (lines.test(type) && !formats.some((field) => isSet(at(config, field)))) return "Envoy's own format has it";
  const operators = [...new Set(namesOf(config))];
  return operators.length === 0 ? null : `%${operators.join("%, %")}%`;
}

export const telemetryRules: readonly Rule[] = [
  {
    id: "verdict-not-logged",
    severity: "note",
    what: "the access log has no verdicts",
    why: `no access log names the metadata of ${namespace}, and none sends all metadata`,
    mend: "copy the part sallyport of the access log from envoy/gateway.yaml",
    find: (view) =>
      withGuard(view).flatMap((manager) => {
        const told = logsOf(manager).some(
          ({ type, config }) => type === grpc || (type !== stats && mentions(config, namespace)),
        );
        return hitIf(!told, logSpot(manager));
      }),
  },
  {
    id: "verdict-not-counted",
    severity: "note",
    what: "Envoy's statistics have no verdicts",
    why: "what passes without a verdict then rings nowhere",
    mend: "copy the entries envoy.access_loggers.stats of the access log from envoy/gateway.yaml",
    find: (view) =>
      withGuard(view).flatMap((manager) => {
        const counted = logsOf(manager).some(({ type, config }) => type === stats && mentions(config, namespace));
        return hitIf(!counted, logSpot(manager));
      }),
  },
  {
    id: "query-logged",
    severity: "warning",
    what: "an access log tells query strings",
    why: "they hold keys (?key=) and words of clients",
    mend: "set a log_format with %PATH(NQ:PATH)%; for the access log service copy the filter of envoy/access-log-grpc.yaml",
    find: (view) =>
      withGuard(view).flatMap((manager) =>
        logsOf(manager).flatMap((log): readonly Hit[] => {
          const why = tellsQuery(log);
          return why === null ? [] : [{ spot: { place: manager.place, part: log.part }, detail: why }];
        }),
      ),
  },
  {
    id: "query-traced",
    severity: "warning",
    what: "spans tell query strings",
    why: "Envoy writes the path with its query into http.url, unless a custom tag of that name stands in its place",
    mend: "copy custom_tags from envoy/tracing.yaml",
    find: (view) =>
      withGuard(view).flatMap(({ place, config }) => {
        const tracing = at(config, "tracing");
        if (!isSet(tracing)) return [];
        const tags = at(tracing, "custom_tags");
        const isOverwritten = items(tags).some((tag) => text(at(tag, "tag")) === "http.url");
        return hitIf(!isOverwritten || namesOf(tags).length > 0, { place, part: isSet(tags) ? tags : tracing });
      }),
  },
];
