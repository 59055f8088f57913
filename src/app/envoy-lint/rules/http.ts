/** Rules on connection managers and routes around the filter: time-outs, retries, paths, codecs. */
import { choice, at, durationMs, flag, isSet, items, member, messagesBelow, type Part, text } from "../parts.ts";
import type { Model, Route } from "../model.ts";
import { guardsIn, managersOf } from "../passages.ts";
import { guarded, type Hit, hitIf, once, type Rule, type View } from "../rule.ts";

const escapedSlashes = [
  "IMPLEMENTATION_SPECIFIC_DEFAULT",
  "KEEP_UNCHANGED",
  "REJECT_REQUEST",
  "UNESCAPE_AND_REDIRECT",
  "UNESCAPE_AND_FORWARD",
] as const;
const isSafeSlash = new Set<string | null>(["REJECT_REQUEST", "UNESCAPE_AND_REDIRECT", "UNESCAPE_AND_FORWARD"]);
const underscores = ["ALLOW", "REJECT_REQUEST", "DROP_HEADER"] as const;

/** Hits in connection managers that have Sallyport's filter. */
const inManagers =
  (path: readonly string[], isBad: (part: Part, config: Part) => boolean) =>
  (model: Model): readonly Hit[] =>
    managersOf(model).flatMap(([{ place, config, filters }]) => {
      const part = at(config, ...path);
      return hitIf(guardsIn(filters, model).length > 0 && isBad(part, config), { place, part });
    });

const inRoutes = (view: View, isBad: (route: Route) => Part | null): readonly Hit[] =>
  once(
    guarded(view).flatMap(({ route }) => {
      const part = route === null ? null : isBad(route);
      return route === null || part === null ? [] : [{ spot: { place: route.place, part } }];
    }),
  );

const isZero = (part: Part): boolean => isSet(part) && durationMs(part) === 0;
const isUnsetOrZero = (part: Part): boolean => !isSet(part) || durationMs(part) === 0;
const partOr = (part: Part, other: Part): Part => (isSet(part) ? part : other);

export const httpRules: readonly Rule[] = [
  {
    id: "route-timeout",
    severity: "warning",
    what: "the route has Envoy's time-out of 15 s for a whole reply",
    why: "a model that writes longer is cut off",
    mend: "set timeout: 0s and an idle_timeout on the route",
    find: (model) =>
      inRoutes(model, ({ forward }) =>
        isSet(at(forward, "timeout")) ? null : partOr(at(forward, "cluster"), forward),
      ),
  },
  {
    id: "idle-timeout",
    severity: "warning",
    what: "nothing ends a silent exchange",
    why: "with stream_idle_timeout or the route's idle_timeout 0 it holds its places in Envoy and Sallyport for ever",
    mend: "set stream_idle_timeout, and idle_timeout where a route has one",
    find: (model) => [
      ...inManagers(["stream_idle_timeout"], isZero)(model),
      ...inRoutes(model, ({ forward }) => {
        const part = at(forward, "idle_timeout");
        return isZero(part) && isUnsetOrZero(at(forward, "timeout")) ? part : null;
      }),
    ],
  },
  {
    id: "request-timeout",
    severity: "warning",
    what: "a client may take for ever to send a request",
    why: "without request_timeout a slow upload holds its places in Envoy and Sallyport",
    mend: "set request_timeout, such as 300s",
    find: inManagers(["request_timeout"], isUnsetOrZero),
  },
  {
    id: "head-timeout",
    severity: "note",
    what: "a client may take for ever to send a head",
    why: "without request_headers_timeout it holds a connection",
    mend: "set request_headers_timeout, such as 10s",
    find: inManagers(["request_headers_timeout"], isUnsetOrZero),
  },
  {
    id: "route-retries",
    severity: "warning",
    what: "the route tries again by itself",
    why: "outside BUFFERED a second try can send the prompt twice in one body, and every try costs tokens",
    mend: "remove retry_policy and hedge_policy from route and virtual host",
    find: (model) =>
      inRoutes(model, ({ forward, virtualHost }) => {
        const policies = ["retry_policy", "retry_policy_typed_config", "hedge_policy"];
        const found = [forward, virtualHost].flatMap((holder) => policies.map((name) => at(holder, name)));
        return found.find(isSet) ?? null;
      }),
  },
  {
    id: "path-not-normal",
    severity: "warning",
    what: "a path may reach Sallyport in another spelling than the model server reads",
    why: "Sallyport goes by the exact path; //v1/chat/completions or %2F are unknown to it, and the policy's onUnreadable decides",
    mend: "set normalize_path: true, merge_slashes: true and path_with_escaped_slashes_action: REJECT_REQUEST",
    find: (model) =>
      inManagers(["normalize_path"], (part, config) => {
        const slashes = choice(at(config, "path_with_escaped_slashes_action"), escapedSlashes);
        return !flag(part) || !flag(at(config, "merge_slashes")) || !isSafeSlash.has(slashes);
      })(model),
  },
  {
    id: "chunked-length",
    severity: "warning",
    what: "requests with both content-length and chunks are taken",
    why: "with allow_chunked_length Envoy and another reader can see different bodies",
    mend: "remove allow_chunked_length",
    find: inManagers(["http_protocol_options", "allow_chunked_length"], flag),
  },
  {
    id: "trailers-dropped",
    severity: "note",
    what: "HTTP/1.1 trailers of clients are dropped",
    why: "Envoy keeps them only with enable_trailers",
    mend: "set http_protocol_options: { enable_trailers: true }",
    find: inManagers(["http_protocol_options", "enable_trailers"], (part) => !flag(part)),
  },
  {
    id: "header-underscores",
    severity: "note",
    what: "header names with underscores are taken",
    why: "some model servers read x_api_key as x-api-key, which Envoy's rules on names do not match",
    mend: "set common_http_protocol_options: { headers_with_underscores_action: DROP_HEADER }",
    find: inManagers(
      ["common_http_protocol_options", "headers_with_underscores_action"],
      (part) => choice(part, underscores) === "ALLOW",
    ),
  },
  {
    id: "client-controls",
    severity: "note",
    what: "clients may send headers that steer Envoy or speak for the guard",
    why: "x-envoy-* from an address that Envoy takes for internal sets time-outs and retries; x-sallyport-* could mislead what reads them",
    mend: "remove the prefixes x-envoy-, x-sallyport- and x-guard- by early_header_mutation_extensions",
    find: inManagers(["early_header_mutation_extensions"], (part) => {
      const removed = items(part).flatMap((extension) => earlyRemovals(at(extension, "typed_config")));
      return ["x-envoy-", "x-sallyport-"].some((prefix) => !removed.includes(prefix));
    }),
  },
  {
    id: "admin-open",
    severity: "warning",
    what: "Envoy's admin page listens beyond loopback",
    why: "who reaches it can stop Envoy, change its runtime and read its configuration",
    mend: "let admin.address be 127.0.0.1",
    find: (model) => {
      const part = at(model.bootstrap, "admin", "address", "socket_address", "address");
      const isLoopback = /^127\.|^::1$|^localhost$/.test(text(part));
      return hitIf(isSet(part) && !isLoopback, { place: "admin", part });
    },
  },
];

const earlyMutation = "envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation";

const earlyRemovals = (extension: Part): readonly string[] =>
  messagesBelow(extension, earlyMutation)
    .flatMap((mutation) => items(member(mutation, "mutations")))
    .map((mutation) => text(at(mutation, "remove_on_match", "key_matcher", "prefix")).toLowerCase());
