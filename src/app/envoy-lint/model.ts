/**
 * What the rules look at: an Envoy's listeners, filter chains, connection managers, routes and clusters, from whichever
 * source they were read. Types, and the words for places; reading stands in read-*.ts.
 */
import type { Part } from "./parts.ts";

/** Where a finding points: in words that stay the same while lines move, and in the source. */
export type Spot = { readonly place: string; readonly part: Part };

export type HttpFilter = Spot & {
  readonly name: string;
  /** Folder of its API, such as `ext_proc`; the whole type for one that is not Envoy's. */
  readonly kind: string;
  readonly config: Part;
  readonly disabled: boolean;
  readonly optional: boolean;
  /** ext_proc only: the cluster (or, with google_grpc, the target) it asks. */
  readonly asks: string | null;
  /** ext_proc filters that stand inside this one, which then decides when they run. */
  readonly inside: readonly (Spot & { readonly asks: string | null })[];
};

/** One way a request can leave: a route, or one of its weighted clusters. */
export type Route = Spot & {
  /** `answer`: Envoy replies itself (redirect, direct response). */
  readonly action: "forward" | "answer";
  /** `null`: chosen while it runs. */
  readonly cluster: string | null;
  /** The `route` field. */
  readonly forward: Part;
  readonly virtualHost: Part;
  /** Who may hold a `typed_per_filter_config`, least specific first. */
  readonly holders: readonly Spot[];
};

export type Upgrade = Spot & {
  readonly type: string;
  /** `null`: those of the connection manager. */
  readonly filters: readonly HttpFilter[] | null;
};

export type Manager = Spot & {
  readonly config: Part;
  readonly filters: readonly HttpFilter[];
  readonly routes: readonly Route[];
  /** Upgrades that the manager allows; routes can allow more (read-routes.ts). */
  readonly upgrades: readonly Upgrade[];
};

export type Chain = Spot & {
  readonly managers: readonly Manager[];
  /** The network filter at the end, where it is not a connection manager. */
  readonly terminal: (Spot & { readonly kind: string; readonly clusters: readonly (string | null)[] }) | null;
};

export type Listener = Spot & {
  readonly name: string;
  /** Reached only from within this Envoy. */
  readonly internal: boolean;
  /** `HOST:PORT` or a socket's path. */
  readonly addresses: readonly string[];
  readonly chains: readonly Chain[];
  readonly udpProxies: readonly Spot[];
  readonly bufferBytes: number | null;
};

export type Cluster = Spot & {
  readonly name: string;
  readonly config: Part;
  /** `HOST:PORT`, a socket's path, or `internal:LISTENER`. */
  readonly endpoints: readonly string[];
};

export type Model = {
  readonly origin: "bootstrap" | "config dump";
  readonly bootstrap: Part;
  readonly listeners: readonly Listener[];
  readonly clusters: ReadonlyMap<string, Cluster>;
  /** Parts that this source does not show. */
  readonly hidden: readonly (Spot & { readonly what: string })[];
  /** The cluster by which Sallyport is known; `null` where no filter asks it. */
  readonly guardCluster: string | null;
};

/** A name from the configuration, fit for a terminal. In UTF-16 code units. */
const nameLengthMax = 80;
const unprintable = /[^\P{C} ]/gu;

/** `listener "proxy"`, below another place if there is one. */
export function below(place: string, kind: string, name: string | number): string {
  const clean = typeof name === "number" ? String(name) : quoted(name);
  return `${place === "" ? "" : `${place} > `}${kind} ${clean}`;
}

export function quoted(name: string): string {
  const clean = name.replaceAll(unprintable, "?").replaceAll('"', "'");
  return `"${clean.length <= nameLengthMax ? clean : `${clean.slice(0, nameLengthMax)}...`}"`;
}
