// Puts ports, the guard's address and the upstream into an Envoy configuration of envoy/. Works on the parsed document, so
// that comments stay and what is printed can be read. Pure. Knows only the nodes named below; a template without
// them is a mistake of this project and throws.

import { addTelemetry, type Telemetry } from "./envoy-telemetry.ts";
import { type Document, parseDocument } from "./envoy-yaml.ts";

/** Where Sallyport listens. TCP is for loopback: off it, mutual TLS is added by hand (envoy/README.md). */
export type GuardAddress =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

/** The model server. With `tls` its chain is checked against `caFile` and its certificate against `host`. */
export interface Upstream {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly caFile: string };
  /** Cleartext HTTP/2 (prior knowledge); default is HTTP/1.1. Not read where `tls` is set: there ALPN chooses. */
  readonly http2?: boolean;
}

export interface EnvoySettings {
  readonly proxyHost?: string;
  readonly proxyPort: number;
  readonly adminPort: number;
  readonly guard: GuardAddress;
  readonly upstream: Upstream;
  /** Absent: access logs in lines go to stdout. */
  readonly accessLogPath?: string;
  /** Absent: what the template has. */
  readonly telemetry?: Telemetry;
}

/** Debian, Ubuntu, Alpine and the official Envoy image keep the system's certificates here. */
export const SYSTEM_CA_FILE = "/etc/ssl/certs/ca-certificates.crt";

const TYPE = "type.googleapis.com";
const HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
type Path = readonly (string | number)[];

/** The configuration as YAML. Throws where the template lacks a node that a setting belongs to. */
export function renderEnvoyConfig(template: string, settings: EnvoySettings): string {
  const document = parseDocument(template);
  if (document.errors.length > 0) throw new Error(`Envoy template: ${document.errors[0]?.message}`);
  const listener = ["static_resources", "listeners", 0] as const;
  const listening = [...listener, "address", "socket_address"] as const;
  replace(document, [...listening, "port_value"], settings.proxyPort);
  if (settings.proxyHost !== undefined) replace(document, [...listening, "address"], settings.proxyHost);
  replace(document, ["admin", "address", "socket_address", "port_value"], settings.adminPort);
  replace(document, [...endpointOf(document, "sallyport"), "address"], guardAddress(settings.guard));
  setUpstream(document, settings.upstream);
  if (settings.telemetry !== undefined) addTelemetry(document, managerOf(document), settings.telemetry);
  if (settings.accessLogPath !== undefined) logToFile(document, settings.accessLogPath);
  return document.toString({ lineWidth: 0 });
}

function guardAddress(guard: GuardAddress): object {
  if (guard.kind === "unix") return { pipe: { path: guard.path } };
  return socketAddress(guard.host, guard.port);
}

function setUpstream(document: Document, upstream: Upstream): void {
  const cluster = clusterOf(document, "model");
  const endpoint = endpointOf(document, "model");
  replace(document, [...endpoint, "address"], socketAddress(upstream.host, upstream.port));
  const options: Path = [...cluster, "typed_extension_protocol_options", HTTP_OPTIONS];
  if (upstream.tls === undefined) {
    if (upstream.http2 === true)
      replace(document, [...options, "explicit_http_config"], { http2_protocol_options: {} });
    return;
  }
  document.deleteIn([...options, "explicit_http_config"]);
  document.setIn(
    [...options, "auto_config"],
    document.createNode({ http_protocol_options: { enable_trailers: true }, http2_protocol_options: {} }),
  );
  document.setIn([...cluster, "transport_socket"], document.createNode(tlsSocket(upstream.host, upstream.tls.caFile)));
  const route: Path = [...managerOf(document), "route_config", "virtual_hosts", 0, "routes", 0, "route"];
  mustHave(document, route);
  document.setIn([...route, "host_rewrite_literal"], authority(upstream));
}

function tlsSocket(host: string, caFile: string): object {
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      "@type": `${TYPE}/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext`,
      ...(isAddress(host) ? {} : { sni: host }),
      common_tls_context: {
        validation_context: {
          trusted_ca: { filename: caFile },
          match_typed_subject_alt_names: [
            { san_type: isAddress(host) ? "IP_ADDRESS" : "DNS", matcher: { exact: host } },
          ],
        },
      },
    },
  };
}

/** Every log that goes to stdout. */
function logToFile(document: Document, path: string): void {
  const logs: Path = [...managerOf(document), "access_log"];
  mustHave(document, logs);
  for (let index = 0; document.hasIn([...logs, index]); index++) {
    const log: Path = [...logs, index];
    if (document.getIn([...log, "name"]) !== "envoy.access_loggers.stdout") continue;
    replace(document, [...log, "name"], "envoy.access_loggers.file");
    const type = `${TYPE}/envoy.extensions.access_loggers.file.v3.FileAccessLog`;
    replace(document, [...log, "typed_config", "@type"], type);
    document.setIn([...log, "typed_config", "path"], path);
  }
}

const authority = ({ host, port }: Upstream): string => (port === 443 ? host : `${host}:${port}`);
const isAddress = (host: string): boolean => /^[\d.]+$/.test(host) || host.includes(":");
const socketAddress = (address: string, port: number): object => ({ socket_address: { address, port_value: port } });

function managerOf(document: Document): Path {
  const path: Path = ["static_resources", "listeners", 0, "filter_chains", 0, "filters", 0, "typed_config"];
  mustHave(document, path);
  return path;
}

function clusterOf(document: Document, name: string): Path {
  for (let index = 0; document.hasIn(["static_resources", "clusters", index]); index++) {
    const path = ["static_resources", "clusters", index];
    if (document.getIn([...path, "name"]) === name) return path;
  }
  throw new Error(`Envoy template: no cluster ${name}`);
}

function endpointOf(document: Document, cluster: string): Path {
  const path = [...clusterOf(document, cluster), "load_assignment", "endpoints", 0, "lb_endpoints", 0, "endpoint"];
  mustHave(document, path);
  return path;
}

function replace(document: Document, path: Path, value: unknown): void {
  mustHave(document, path);
  const node = document.createNode(value);
  if (typeof value === "object") Object.assign(node, { flow: true });
  document.setIn(path, node);
}

function mustHave(document: Document, path: Path): void {
  if (!document.hasIn(path)) throw new Error(`Envoy template: no ${path.join(".")}`);
}
