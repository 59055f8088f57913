/** Rules on the cluster through which Envoy reaches Sallyport. */
import { httpOptions } from "../api.ts";
import type { Cluster, Model } from "../model.ts";
import { at, count, durationMs, isSet, items, member, type Part } from "../parts.ts";
import { guardFilters } from "../passages.ts";
import { type Hit, hitIf, type Rule } from "../rule.ts";

/** Envoy's own default for the circuit breakers. One exchange is one request to Sallyport, as long as its reply lasts. */
const breakerDefault = 1024;

const options = ({ config }: Cluster): Part => member(at(config, "typed_extension_protocol_options"), httpOptions);

/** Written beside the cluster or, as long ago, on it. `null`: the cluster does not speak HTTP/2. */
function http2Of(cluster: Cluster): Part | null {
  const places = [
    at(options(cluster), "explicit_http_config", "http2_protocol_options"),
    at(options(cluster), "auto_config", "http2_protocol_options"),
    at(options(cluster), "use_downstream_protocol_config", "http2_protocol_options"),
    at(cluster.config, "http2_protocol_options"),
  ];
  return places.find(isSet) ?? null;
}

const atGuard =
  (find: (cluster: Cluster) => readonly Hit[]) =>
  (model: Model): readonly Hit[] => {
    const cluster = model.clusters.get(model.guardCluster ?? "");
    return cluster === undefined || guardFilters(model).length === 0 ? [] : find(cluster);
  };

export const guardClusterRules: readonly Rule[] = [
  {
    id: "cluster-missing",
    severity: "warning",
    what: "the cluster that Sallyport's filter asks is not there",
    why: "Envoy does not start, or every exchange is 500",
    mend: "add the cluster",
    find: (model) => {
      const comesLater = model.hidden.some(({ what }) => what === "clusters" || what.includes("ADS"));
      const isThere = model.guardCluster === null || model.clusters.has(model.guardCluster) || comesLater;
      const byTarget = guardFilters(model).some(({ config }) => isSet(at(config, "grpc_service", "google_grpc")));
      return isThere || byTarget ? [] : guardFilters(model).map((spot) => ({ spot }));
    },
  },
  {
    id: "cluster-not-http2",
    severity: "warning",
    what: "Sallyport's cluster does not speak HTTP/2",
    why: "gRPC needs it; every exchange is 500",
    mend: "set explicit_http_config: { http2_protocol_options: {} } in its HttpProtocolOptions",
    find: atGuard((cluster) => hitIf(http2Of(cluster) === null, cluster)),
  },
  {
    id: "cluster-no-keepalive",
    severity: "warning",
    what: "a Sallyport that hangs is never noticed",
    why: "full duplex has no message time-out: without connection_keepalive its exchanges stay open",
    mend: "set connection_keepalive: { interval: 4s, timeout: 4s } in http2_protocol_options",
    find: atGuard((cluster) => {
      const http2 = http2Of(cluster);
      if (http2 === null) return [];
      const interval = durationMs(at(http2, "connection_keepalive", "interval"));
      return hitIf((interval ?? 0) <= 0, { place: cluster.place, part: http2 });
    }),
  },
  {
    id: "cluster-breakers",
    severity: "warning",
    what: "Sallyport's cluster has Envoy's circuit breakers of 1024",
    why: "each exchange is one request as long as its reply lasts; above the limits it is 500",
    mend: "set max_requests and max_pending_requests to the exchanges you expect at one time, such as 16384",
    find: atGuard((cluster) => {
      const thresholds = items(at(cluster.config, "circuit_breakers", "thresholds"));
      const usual = thresholds.find((each) => [undefined, "DEFAULT", 0].includes(at(each, "priority").value as string));
      const limits = ["max_requests", "max_pending_requests"].map((name) =>
        usual === undefined ? null : count(at(usual, name)),
      );
      return hitIf(
        limits.some((limit) => (limit ?? breakerDefault) <= breakerDefault),
        usual === undefined ? cluster : { place: cluster.place, part: usual },
      );
    }),
  },
  {
    id: "cluster-cleartext",
    severity: "warning",
    what: "prompts and replies go to Sallyport over the network in clear",
    why: "its cluster has an address off loopback and no transport_socket",
    mend: "use a UNIX socket, or mutual TLS",
    find: atGuard((cluster) => {
      const isLocal = (endpoint: string): boolean => /^(\/|@|internal:|127\.|::1:|localhost:)/.test(endpoint);
      const hasTls = ["transport_socket", "transport_socket_matches"].some((name) => isSet(at(cluster.config, name)));
      return hitIf(!hasTls && !cluster.endpoints.every(isLocal), cluster);
    }),
  },
  {
    id: "cluster-outlier",
    severity: "note",
    what: "Sallyport can be ejected as an outlier",
    why: "with outlier_detection a few errors can make every exchange 500 for a while",
    mend: "remove outlier_detection unless there are several Sallyports",
    find: atGuard((cluster) => {
      const part = at(cluster.config, "outlier_detection");
      return hitIf(isSet(part), { place: cluster.place, part });
    }),
  },
];
