// Puts the telemetry parts of envoy/ (access-log-*.yaml, tracing.yaml) into a configuration of envoy/: entries of the access
// log, the tracing of the connection manager, and the clusters that they send to. Works on parsed documents, so that comments
// stay. Pure. A part or a template without the nodes named below is a mistake of this project and throws.

import { type Document, parseDocument } from "./envoy-yaml.ts";

/** A file to paste: `access_log` or `tracing`, and `clusters` where it sends to a server. */
export type EnvoyPart = {
  readonly yaml: string;
  /** Absent: the address that the file has. Not read where a part sends to nobody. */
  readonly server?: { readonly host: string; readonly port: number };
};

export type Telemetry = {
  /** In place of the JSON lines, in this order; `json` keeps those. Absent: the JSON lines alone. Statistics stay in any case. */
  readonly accessLogs?: readonly ("json" | EnvoyPart)[];
  readonly tracing?: EnvoyPart;
};

type Path = readonly (string | number)[];

/** `manager`: where the http_connection_manager stands. Its access log begins with the JSON lines. */
export function addTelemetry(document: Document, manager: Path, { accessLogs, tracing }: Telemetry): void {
  if (accessLogs !== undefined) setAccessLogs(document, [...manager, "access_log"], accessLogs);
  if (tracing === undefined) return;
  const part = read(tracing);
  document.setIn([...manager, "tracing"], must(part, ["tracing"]));
  addClusters(document, part);
}

function setAccessLogs(document: Document, place: Path, wanted: readonly ("json" | EnvoyPart)[]): void {
  const log = must(document, place);
  if (!isList(log)) throw new Error("Envoy template: access_log is no list");
  const [json, ...statistics] = log.items;
  const entries = wanted.flatMap((each) => {
    if (each === "json") return [json];
    const part = read(each);
    const entry = must(part, ["access_log"]);
    if (!isList(entry)) throw new Error("Envoy part: access_log is no list");
    addClusters(document, part);
    return entry.items;
  });
  log.items = [...entries, ...statistics];
}

function read({ yaml, server }: EnvoyPart): Document {
  const part = parseDocument(yaml);
  if (part.errors.length > 0) throw new Error(`Envoy part: ${part.errors[0]?.message}`);
  if (server === undefined || !part.hasIn(["clusters"])) return part;
  const address: Path = ["clusters", 0, "load_assignment", "endpoints", 0, "lb_endpoints", 0, "endpoint", "address"];
  must(part, [...address, "socket_address"]);
  part.setIn([...address, "socket_address", "address"], server.host);
  part.setIn([...address, "socket_address", "port_value"], server.port);
  return part;
}

function addClusters(document: Document, part: Document): void {
  const clusters = part.get("clusters");
  if (!isList(clusters)) return;
  for (const cluster of clusters.items) document.addIn(["static_resources", "clusters"], cluster);
}

/** The node there. */
function must(document: Document, path: Path): unknown {
  const node = document.getIn(path);
  if (node === undefined) throw new Error(`Envoy template: no ${path.join(".")}`);
  return node;
}

const isList = (node: unknown): node is { items: unknown[] } =>
  typeof node === "object" && node !== null && "items" in node && Array.isArray(node.items);
